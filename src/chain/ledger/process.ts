/**
 * Entry of the ledger's own process, forked by spawn.ts. It imports almost nothing, so that it listens to
 * its channel before the engine loads: when the parent dies, at whatever moment, the channel closes.
 */
import { armFailpoint } from "../../shared/failpoint.ts";

const EXIT_NO_PARENT = 64;

// Ctrl-C and a closed terminal reach the whole group; the gateway needs the ledger until it has stopped itself.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});

if (process.send === undefined) {
  process.stderr.write("The embedded ledger is started by the gateway, not by hand.\n");
  process.exit(EXIT_NO_PARENT);
}
process.on("disconnect", () => process.exit(0));
if (!process.connected) process.exit(0);

armFailpoint(
  process.env["HANSA_FAILPOINT"],
  process.env["HANSA_FAILPOINT_KILLS"] === "gateway" ? process.ppid : process.pid,
);
const { serveLedger } = await import("./serve.ts");
await serveLedger(process.argv.slice(2));
