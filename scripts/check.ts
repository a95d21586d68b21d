/** `npm run check [-- name …]`: what can be told without running the system, in a minute or two. */
import { buildAll } from "./build.ts";
import { staticChecks } from "./checks.ts";
import { createTally } from "./tally.ts";

const wanted = process.argv.slice(2);
await buildAll();
const tally = createTally();
for (const { name, command, why = "" } of staticChecks()) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (command) await tally.command(name, command);
  else tally.skip(name, why);
}
process.exit(tally.close());
