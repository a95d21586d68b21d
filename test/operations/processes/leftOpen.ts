// Ends with code 7, and with "socket" leaves a listening socket open.
import { createServer } from "node:net";
import { endWithin } from "../../../src/endWithin.ts";

const isOpen = process.argv[2] === "socket";
if (isOpen) createServer().listen(0, "127.0.0.1");
process.exitCode = 7;
// With nothing open the process must end long before.
endWithin({
  ...{ ms: isOpen ? 50 : 600_000, exitCode: 7, what: "What was left open" },
  complain: (line) => process.stderr.write(`${line}\n`),
});
