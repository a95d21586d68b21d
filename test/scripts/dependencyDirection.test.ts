import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { binOf, root } from "../../scripts/command.ts";

/** Importing file, what it imports, and the rule that must object; null where the import is right. */
const imports: readonly (readonly [from: string, to: string, rule: string | null])[] = [
  ["src/shared/money.ts", "src/domain/credit.ts", "shared-sees-only-below"],
  ["src/domain/credit.ts", "src/store/store.ts", "domain-sees-only-below"],
  ["src/domain/terms.ts", "src/shared/identifiers.ts", null],
  ["src/store/store.ts", "src/chain/rpc.ts", "store-sees-only-below"],
  ["src/chain/rpc.ts", "src/delivery/outbox.ts", "chain-sees-only-below"],
  ["src/delivery/outbox.ts", "src/integrations/swift/mt.ts", "delivery-sees-only-below"],
  ["src/integrations/swift/mt.ts", "src/features/endpoint.ts", "integrations-sees-only-below"],
  ["src/integrations/pdf/page.ts", "src/integrations/swift/mt.ts", "integrations-do-not-meet"],
  ["src/features/credits/commands.ts", "src/http/server.ts", "features-sees-only-below"],
  ["src/features/credits/endpoints.ts", "src/features/escrows/commands.ts", "features-meet-in-queries"],
  ["src/features/credits/queries.ts", "src/features/escrows/queries.ts", null],
  ["src/features/escrows/endpoints.ts", "src/features/endpoint.ts", null],
  ["src/features/endpoint.ts", "src/features/escrows/queries.ts", "shared-feature-files-know-no-feature"],
  ["src/http/server.ts", "src/gateway.ts", "http-sees-only-below"],
  ["src/http/mount.ts", "src/features/credits/endpoints.ts", null],
  ["src/config.ts", "src/store/store.ts", "config-sees-only-below"],
  ["src/gateway.ts", "src/main.ts", "gateway-sees-only-below"],
  ["src/main.ts", "src/config.ts", null],
  ["src/cli.ts", "src/portal/page.ts", "cli-sees-only-below"],
  ["src/demo/story.ts", "src/features/endpoint.ts", "demo-sees-only-below"],
  ["src/demo/message.ts", "src/integrations/swift/mt.ts", null],
  ["src/portal/page.ts", "src/shared/clock.ts", "portal-sees-only-below"],
  ["src/portal/amount.ts", "src/shared/money.ts", null],
  ["src/features/credits/requests.ts", "express", "only-one-place-knows-express"],
  ["src/features/credits/rows.ts", "kysely", "only-one-place-knows-sql"],
  ["src/features/credits/sums.ts", "ethers", "only-one-place-knows-ledger"],
  ["src/chain/signer.ts", "ethers", null],
  ["src/store/one.ts", "src/store/two.ts", "no-cycles"],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe("the direction of imports", () => {
  let folder = "";
  let violations: readonly Violation[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hansa-direction-"));
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json", "package.json"]) {
      copyFileSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    const files = new Map<string, string>();
    for (const [from, to] of imports) {
      const specifier = to.startsWith("src/") ? `${"../".repeat(from.split("/").length - 1)}${to}` : to;
      files.set(from, `import "${specifier}";\n`);
      if (to.startsWith("src/") && !files.has(to)) files.set(to, "");
    }
    files.set("src/store/two.ts", 'import "./one.ts";\n');
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const given = [
      binOf("dependency-cruiser", "depcruise"),
      "--config",
      ".dependency-cruiser.mjs",
      "-T",
      "json",
      "src",
    ];
    const { stdout } = spawnSync(process.execPath, given, { cwd: folder, encoding: "utf8", maxBuffer: 1e8 });
    violations = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [from, to, rule] of imports) {
    it(`${from} ${rule === null ? "may" : "may not"} import ${to}`, () => {
      const broken = violations.filter((violation) => violation.from === from).map((violation) => violation.rule.name);
      expect(broken).to.deep.equal(rule === null ? [] : [rule]);
    });
  }
});
