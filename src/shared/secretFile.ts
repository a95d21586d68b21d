import fs from "node:fs";
import path from "node:path";

/** Writes a file that only this user can read, durably: after a crash it is there whole or not at all. */
export function writeSecretFile(file: string, text: string): void {
  const temporary = `${file}.new`;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = fs.openSync(temporary, "w", 0o600);
  fs.writeFileSync(handle, text);
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  fs.renameSync(temporary, file);
  // The name is durable only with its folder. Windows has no handles of folders.
  if (process.platform === "win32") return;
  const folder = fs.openSync(path.dirname(file), "r");
  fs.fsyncSync(folder);
  fs.closeSync(folder);
}

/** The text of a file, or undefined when there is none. */
export function readTextFile(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
