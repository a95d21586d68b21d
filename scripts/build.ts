/** Compiles contracts and portal when their sources changed. Run before everything that needs them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./bootstrap/lock.mjs";
import { root } from "./command.ts";
import { type Built, hashSources, isFresh, stamp } from "./stamps.ts";

const options = { folder: root, file: join(root, "dist", "stamps.json") };

interface Step extends Built {
  readonly present: boolean;
  readonly build: () => Promise<void>;
}

const contracts: Step = {
  name: "contracts",
  // The lock file names the compiler and OpenZeppelin's sources.
  sources: ["contracts/**/*.sol", "hardhat.config.ts", "package-lock.json"],
  results: ["artifacts", "types/index.ts"],
  present: existsSync(join(root, "contracts")),
  build: compileContracts,
};

const portal: Step = {
  name: "portal",
  sources: ["src/portal/**/*", "src/shared/**/*.ts", "docs/api/openapi.json", "package-lock.json"],
  results: ["dist/portal/index.html"],
  present: existsSync(join(root, "src", "portal", "index.html")),
  build: buildPortal,
};

/**
 * Hardhat's own cache compiles only what changed. Tests' contracts are compiled by the tests. Quiet, because what a
 * command prints must stay its own.
 */
async function compileContracts(): Promise<void> {
  const { default: hardhat } = await import("hardhat");
  await hardhat.tasks.getTask("build").run({ noTests: true, quiet: true });
}

async function buildPortal(): Promise<void> {
  const [{ build }, { default: react }] = await Promise.all([import("vite"), import("@vitejs/plugin-react")]);
  await build({
    root: join(root, "src", "portal"),
    configFile: false,
    logLevel: "warn",
    plugins: [react()],
    build: { outDir: join(root, "dist", "portal"), emptyOutDir: true },
  });
}

async function buildStale({ build, ...step }: Step): Promise<void> {
  if (!step.present || isFresh(step, options)) return;
  const startedAt = performance.now();
  process.stderr.write(`Building ${step.name} …\n`);
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(0);
  const ticker = setInterval(() => process.stderr.write(`  ${seconds()} s\n`), 5_000);
  const hash = hashSources(root, step.sources);
  try {
    await build();
  } finally {
    clearInterval(ticker);
  }
  stamp(step, hash, options);
  process.stderr.write(`Built ${step.name} in ${seconds()} s.\n`);
}

/** Builds what is stale; instant when nothing is. Two commands at once do not build the same thing twice. */
export async function buildAll(): Promise<void> {
  const stale = [contracts, portal].filter((step) => step.present && !isFresh(step, options));
  if (stale.length === 0) return;
  const path = join(root, ".hansa-node", "build.lock");
  const onWait = (owner: string) => process.stderr.write(`Another command (process ${owner}) is building; waiting …\n`);
  await withLock({ path, onWait }, async () => {
    for (const step of stale) await buildStale(step);
  });
}

if (import.meta.filename === process.argv[1]) {
  try {
    await buildAll();
  } catch (error) {
    // The compiler has already printed what is wrong and where; our own stack adds nothing to that.
    process.stderr.write(`The build failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
