// @ts-check
/**
 * `node scripts/run.mjs <task> [arguments]`: what every script of package.json runs. Prepares the clone, then
 * starts the task under the Node that fits, passes signals on once, and ends with the task's exit code.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./bootstrap/launch.mjs";
import { bootstrap, root } from "./bootstrap.mjs";

/**
 * `entry` is TypeScript, run by tsx. `build` compiles contracts and portal first when their sources changed.
 * @type {Readonly<Record<string, { entry: string, arguments?: readonly string[], build?: boolean }>>}
 */
const tasks = {
  start: { entry: "src/main.ts", arguments: ["start"], build: true },
  hansa: { entry: "src/cli.ts", build: true },
  bench: { entry: "scripts/bench.ts", build: true },
  chaos: { entry: "scripts/chaos.ts", build: true },
  mutation: { entry: "scripts/mutation.ts", build: true },
  breaks: { entry: "scripts/breaks.ts" },
  build: { entry: "scripts/build.ts" },
  test: { entry: "scripts/test.ts" },
  "test:systems": { entry: "scripts/test.ts", arguments: ["systems"] },
  check: { entry: "scripts/check.ts" },
  format: { entry: "node_modules/@biomejs/biome/bin/biome", arguments: ["check", "--write"] },
  hardhat: { entry: "node_modules/hardhat/dist/src/cli.js" },
  snapshots: { entry: "scripts/snapshots.ts" },
  generate: { entry: "scripts/generate.ts", build: true },
  tools: { entry: "scripts/tools.ts" },
  ci: { entry: "scripts/ci.ts" },
};

const [name = "", ...rest] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (!task) {
  process.stderr.write(`There is no task ${JSON.stringify(name)}. Tasks: ${Object.keys(tasks).join(", ")}.\n`);
  process.exit(2);
}
const node = await bootstrap();
if (!existsSync(join(root, task.entry))) {
  process.stderr.write(`${task.entry} is not part of this clone.\n`);
  process.exit(2);
}
const commands = [[task.entry, ...(task.arguments ?? []), ...rest]];
if (task.build) commands.unshift(["scripts/build.ts"]);
let exitCode = 0;
for (const command of commands) {
  exitCode = await launch({ root, node, command });
  if (exitCode !== 0) break;
}
process.exit(exitCode);
