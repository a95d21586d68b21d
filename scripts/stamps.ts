import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** One thing that is built: from which files, into which. Globs are relative to the folder. */
export interface Built {
  readonly name: string;
  readonly sources: readonly string[];
  /** Files that must be there afterwards; one missing means that the work is to be done again. */
  readonly results: readonly string[];
}

export interface StampOptions {
  readonly folder: string;
  /** File that remembers what each thing was last built from. */
  readonly file: string;
}

/** Names the content of all sources; independent of order, times and the platform's path separator. */
export function hashSources(folder: string, globs: readonly string[]): string {
  const hash = createHash("sha256");
  const paths = globs.flatMap((glob) => globSync(glob, { cwd: folder }));
  for (const path of [...new Set(paths)].sort()) {
    const file = join(folder, path);
    if (!statSync(file).isFile()) continue;
    const content = readFileSync(file);
    hash.update(`${path.split(sep).join("/")}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Whether the thing was built from exactly these sources and all of it is still there. */
export function isFresh(built: Built, { folder, file }: StampOptions): boolean {
  if (!built.results.every((path) => existsSync(join(folder, path)))) return false;
  return readStamps(file)[built.name] === hashSources(folder, built.sources);
}

/** Remembers that the thing was built from `hash`, which is taken before building: an edit meanwhile counts as new. */
export function stamp(built: Built, hash: string, { file }: StampOptions): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readStamps(file), [built.name]: hash }, null, 2)}\n`);
}

function readStamps(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    // Torn by a power cut: building again costs time only.
    return {};
  }
}
