/** A gateway in small: starts the ledger, says where it is, and lives until it is killed. */
import { startLedger } from "../../../src/chain/ledger/spawn.ts";
import { createClock } from "../../../src/shared/clock.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";

const [dataDir = "", genesis = ""] = process.argv.slice(2);
const context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
const ledger = await startLedger({ context, dataDir, genesisSeconds: Number(genesis) });
process.stdout.write(`${ledger.url}\n`);
