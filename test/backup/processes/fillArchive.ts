/** Writes an archive of twenty megabytes to argv[2] and prints how that ended. */
import { createArchiveWriter } from "../../../src/backupArchive.ts";
import { AppError } from "../../../src/shared/errors.ts";

const writer = await createArchiveWriter(process.argv[2] ?? "", 0);
try {
  for (let n = 0; n < 20; n += 1) await writer.add({ name: `${n}`, bytes: new Uint8Array(1024 * 1024) });
  await writer.finish();
  process.stdout.write("finished\n");
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : String(error)}\n`);
} finally {
  await writer.discard();
}
