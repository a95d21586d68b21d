import fs from "node:fs";
import path from "node:path";
import { readTextFile } from "../shared/secretFile.ts";

/** Folder of a complete store. It appears by one rename, so if it exists, the first start was finished. */
export const completeName = "pg";
/** Folder of a first start in progress. Found at start, it is what an interrupted first start left. */
const unfinishedName = "pg.unfinished";
/** Folder beside it with a copy that a backup is being read from. Found at start, it is what an ended one left. */
export const copyName = "copy";

export const engineMajor = "18";

export interface PgliteFolder {
  readonly complete: string;
  readonly unfinished: string;
  readonly isNew: boolean;
  /** Major version of PostgreSQL that wrote the files; undefined for a new folder, and for one that does not say. */
  readonly foundMajor: string | undefined;
}

/** Looks at `dataDir`, creates it if needed and clears what an interrupted first start left. */
export function inspectPgliteFolder(dataDir: string): PgliteFolder {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const complete = path.join(dataDir, completeName);
  const unfinished = path.join(dataDir, unfinishedName);
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.rmSync(path.join(dataDir, copyName), { recursive: true, force: true });
  // The engine's own lock file proves nothing here (the folder's lock does), and after a power cut it may be there
  // without its content, which the engine takes for another server's.
  fs.rmSync(path.join(complete, "postmaster.pid"), { force: true });
  const isNew = !fs.existsSync(complete);
  const foundMajor = isNew ? undefined : readTextFile(path.join(complete, "PG_VERSION"))?.trim() || undefined;
  return { complete, unfinished, isNew, foundMajor };
}

/** Forces the finished first start to the disk, file by file, and only then gives the folder its name. */
export function completePgliteFolder(folder: PgliteFolder): void {
  syncTree(folder.unfinished);
  fs.renameSync(folder.unfinished, folder.complete);
  syncPath(path.dirname(folder.complete));
}

function syncTree(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) syncTree(child);
    else syncPath(child);
  }
  syncPath(folder);
}

function syncPath(target: string): void {
  // Windows neither opens directories nor needs this for them.
  if (process.platform === "win32" && fs.statSync(target).isDirectory()) return;
  const handle = fs.openSync(target, process.platform === "win32" ? "r+" : "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
