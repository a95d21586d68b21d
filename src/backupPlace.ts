import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "./shared/errors.ts";

/** Whether a file can be made there, asked before anything is opened. @throws AppError `backup.place_unusable` */
export async function refuseUnusablePlace(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const refuse = (reason: string) => new AppError("backup.place_unusable", { folder, reason });
  const failed = (error: unknown) => {
    throw refuse(reasonOf(error));
  };
  if (!(await stat(folder).catch(failed)).isDirectory()) throw refuse("it is no folder");
  await access(folder, constants.W_OK).catch(failed);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is no folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "its disk can only be read",
};

/** What the host says of a file or folder, in words where there are any. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return reasons[code] ?? code;
}
