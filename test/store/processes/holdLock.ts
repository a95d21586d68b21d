/** Locks the folder of argv[2] at the first line of its input, says how that went, and lives until its input ends. */
import { createInterface } from "node:readline";
import { AppError } from "../../../src/shared/errors.ts";
import { type FolderLock, lockFolder } from "../../../src/store/lock.ts";

let lock: FolderLock | undefined;

async function attempt(folder: string): Promise<string> {
  try {
    lock = await lockFolder(folder);
    return "locked";
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

const input = createInterface({ input: process.stdin });
input.on("line", () => void attempt(process.argv[2] ?? "").then((outcome) => process.stdout.write(`${outcome}\n`)));
input.on("close", () => lock?.release());
process.stdout.write("ready\n");
