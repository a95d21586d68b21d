/** Takes the lock that is named first, writes "taken", and holds it until it is killed or told to let go. */
import { withLock } from "../../../scripts/bootstrap/lock.mjs";

const [path = ""] = process.argv.slice(2);
await withLock({ path, onWait: () => process.stdout.write("waiting\n") }, async () => {
  process.stdout.write("taken\n");
  await new Promise((resolve) => process.stdin.once("data", resolve));
});
process.stdout.write("released\n");
process.exit(0);
