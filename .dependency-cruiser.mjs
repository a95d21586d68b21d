/**
 * Who may import whom (docs/architecture.md): each layer sees itself and the layers below it, siblings do not see
 * each other, and each outside library has one place. `npm run check` fails on anything else.
 */

/** Layers as patterns of paths. */
const shared = "^src/shared/";
const domain = "^src/domain/";
const store = "^src/store/";
const chain = "^src/chain/";
const delivery = "^src/delivery/";
const integrations = "^src/integrations/";
const features = "^src/features/";
const http = "^src/http/";
const operations = "^src/operations/";
const demo = "^src/demo/";
const portal = "^src/portal/";
const config = "^src/(config|environment)\\.ts$";
const cli = "^src/cli(\\.ts$|/)";
// The composition root and its parts.
const gateway = "^src/(?!main\\.|cli\\.|config\\.|environment\\.)[^/]+\\.ts$";
const main = "^src/main\\.ts$";

const siblings = [store, chain, delivery, integrations];
const belowFeatures = [shared, domain, ...siblings];
const belowGateway = [...belowFeatures, features, http, operations, config];

/** What each layer may see beside itself. */
const sees = {
  shared: { from: shared, to: [] },
  domain: { from: domain, to: [shared] },
  store: { from: store, to: [shared, domain] },
  // TypeChain's output is part of the ledger's side.
  chain: { from: chain, to: [shared, domain, "^types/", "^artifacts/"] },
  delivery: { from: delivery, to: [shared, domain] },
  integrations: { from: integrations, to: [shared, domain] },
  features: { from: features, to: belowFeatures },
  http: { from: http, to: [...belowFeatures, features] },
  // Beside features: metrics, health and traces of the parts, which do not know them. It fills the shapes that http asks for.
  operations: { from: operations, to: [...belowFeatures, "^src/http/operations\\.ts$"] },
  config: { from: config, to: [shared, domain] },
  // API clients like any other: the demo reads its message with the same pure codec that the gateway uses.
  demo: { from: demo, to: [shared, domain, "^src/integrations/swift/"] },
  portal: { from: portal, to: ["^src/shared/(money|identifiers)\\.ts$", "^src/locales/"] },
  cli: { from: cli, to: [...belowGateway, demo, gateway] },
  gateway: { from: gateway, to: belowGateway },
  main: { from: main, to: [...belowGateway, demo, gateway, "^src/cli/say\\.ts$"] },
};

const layerRules = Object.entries(sees).map(([layer, { from, to }]) => ({
  name: `${layer}-sees-only-below`,
  comment: `${layer} may import ${to.length === 0 ? "nothing of ours" : to.join(", ")}`,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|types|artifacts|test|scripts|contracts)/", pathNot: [from, ...to] },
}));

/** The one folder that knows a library. */
const homes = [
  ["express", "^src/http/", "node_modules/(express|helmet|@types/express[^/]*|swagger-ui-dist)/"],
  ["sql", "^src/store/", "node_modules/(kysely|pg|pg-[^/]+|@types/pg|@electric-sql/pglite[^/]*)/"],
  ["ledger", "^src/chain/", "node_modules/(ethers|hardhat|@nomicfoundation|@openzeppelin|solc)/"],
  ["metrics", "^src/(operations|http)/|^src/gateway\\.ts$", "node_modules/prom-client/"],
  ["logs", "^src/operations/|^src/main\\.ts$", "node_modules/pino/"],
  // What stages of a trace are made of is one file's; who records and sends them, one folder's.
  ["traces", "^src/(operations/|shared/tracing\\.ts$)", "node_modules/@opentelemetry/api/"],
  ["trace export", "^src/operations/", "node_modules/@opentelemetry/(?!api/)"],
  ["browser", "^src/portal/", "node_modules/(react|react-dom|react-i18next|i18next|wouter|@tanstack|openapi-fetch)/"],
];

const homeRules = homes.map(([name, home, library]) => ({
  name: `only-one-place-knows-${name.replaceAll(" ", "-")}`,
  comment: `only ${home} may import ${library}`,
  severity: "error",
  from: { path: "^src/", pathNot: home },
  to: { path: library },
}));

export default {
  forbidden: [
    ...layerRules,
    ...homeRules,
    {
      name: "features-meet-in-queries",
      comment: "a feature imports another feature only through its queries.ts; files beside the folders are shared",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/[^/]+/", pathNot: ["^src/features/$1/", "^src/features/[^/]+/queries\\.ts$"] },
    },
    {
      name: "shared-feature-files-know-no-feature",
      severity: "error",
      from: { path: "^src/features/[^/]+\\.ts$" },
      to: { path: "^src/features/[^/]+/" },
    },
    {
      name: "integrations-do-not-meet",
      severity: "error",
      from: { path: "^src/integrations/([^/]+)/" },
      to: { path: "^src/integrations/[^/]+/", pathNot: "^src/integrations/$1/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "declared",
      comment: "running code needs what `npm start` installs",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
