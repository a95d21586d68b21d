/**
 * The driver behind .ci/run: starts the servers that tests need, runs the README's test command and then every
 * other check. Counts them all; the count is the last line.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNpm } from "./bootstrap/npm.mjs";
import { staticChecks } from "./checks.ts";
import { binOf, type Command, root, runCommand } from "./command.ts";
import { startPostgres } from "./postgres.ts";
import { type Count, createTally } from "./tally.ts";
import { installTools } from "./tools.ts";

/** Longest that each may take: whatever hangs is ended, so that the count is always told. */
const limits = { testMs: 45 * 60_000, startMs: 4 * 60_000, benchMs: 12 * 60_000 };

const tally = createTally();
const scratch = mkdtempSync(join(tmpdir(), "hansa-ci-"));
const coverage = join(root, "coverage");

/** The commands that a person would type. */
function npm(...given: readonly string[]): Command {
  const cli = findNpm({ execPath: process.execPath, env: process.env });
  if (!cli) throw new Error("npm was not found");
  return { file: cli, arguments: given };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** A command of tests with every optional suite demanded. Each of its tests counts here too. */
async function runTests(command: Command, databaseUrl: string): Promise<Count> {
  const countFile = join(scratch, "count.json");
  const code = await runCommand({
    ...command,
    timeoutMs: limits.testMs,
    env: {
      HANSA_DATABASE_URL: databaseUrl,
      HANSA_REQUIRE_POSTGRES: "1",
      HANSA_REQUIRE_BROWSER: "1",
      HANSA_CHECK_SNAPSHOTS: "1",
      HANSA_COUNT_FILE: countFile,
      NODE_V8_COVERAGE: join(coverage, "tmp"),
    },
  });
  if (!existsSync(countFile)) return { passed: 0, failed: 1 };
  const count = JSON.parse(readFileSync(countFile, "utf8")) as Count;
  rmSync(countFile);
  return { ...count, failed: code !== 0 && count.failed === 0 ? 1 : count.failed };
}

async function runTestsOnPostgres(command: Command): Promise<Count> {
  const postgres = await startPostgres();
  try {
    return await runTests(command, postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function runSystem(): Promise<void> {
  const data = join(scratch, "data");
  const port = String(await freePort());
  const start = { ...npm("start", "--", "--once", "--data", data, "--port", port), timeoutMs: limits.startMs };
  await tally.command("npm start -- --once", start);
  await tally.command("npm start -- --once, again", start);
}

const has = (path: string): boolean => existsSync(join(root, path));

await tally.step("tools", async () => {
  await installTools();
  return undefined;
});
await tally.command("build", npm("run", "build"));
rmSync(coverage, { recursive: true, force: true });
await tally.step("npm test", () => runTestsOnPostgres(npm("test")));
await tally.step("npm run test:systems", () => runTestsOnPostgres(npm("run", "test:systems")));
for (const { name, command, why = "" } of staticChecks()) {
  if (command) await tally.command(name, command);
  else tally.skip(name, why);
}
await tally.command("npm run breaks", npm("run", "breaks"));
await tally.command("coverage", {
  file: binOf("c8"),
  arguments: ["report", "--temp-directory", join(coverage, "tmp")],
});
if (has("src/main.ts")) await runSystem();
else tally.skip("npm start", "there is no gateway yet");
// Two that pass through everything; the others take a quiet machine and their time.
await tally.command("npm run bench -- --short R1b R2", {
  ...npm("run", "bench", "--", "--short", "R1b", "R2"),
  timeoutMs: limits.benchMs,
});
rmSync(scratch, { recursive: true, force: true });
process.exit(tally.close());
