/** Stands in for scripts/run.mjs with a task of the test's own. */
import { launch } from "../../../scripts/bootstrap/launch.mjs";
import { root } from "../../../scripts/command.ts";

const command = ["test/scripts/processes/task.ts", ...process.argv.slice(2)];
process.exit(await launch({ root, node: process.execPath, command }));
