/** Makes one backup after the other of the data folder in argv[2] into the folder in argv[3], and prints each file's name. */
import path from "node:path";
import { backupFolder } from "../../../src/backupDesk.ts";
import { context } from "../folderFixture.ts";

const [, , dataDir = "", target = ""] = process.argv;
process.stdout.write("begun\n");
for (let n = 1; ; n += 1) {
  const file = path.join(target, `${n}.tar`);
  await backupFolder({ context, dataDir, file });
  process.stdout.write(`${file}\n`);
}
