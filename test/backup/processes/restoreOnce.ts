/** Restores the backup in argv[2] into the folder in argv[3]. */
import { restore } from "../../../src/restore.ts";
import { context } from "../folderFixture.ts";

const [, , file = "", dataDir = ""] = process.argv;
process.stdout.write("begun\n");
await restore({ file, dataDir, context });
process.stdout.write("restored\n");
