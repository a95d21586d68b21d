/** `npm run snapshots`: writes the committed gas numbers anew. */
import { writeGasSnapshots } from "./gasSnapshots.ts";

process.exitCode = (await writeGasSnapshots()) ? 0 : 1;
