/**
 * What is on a disk after a power cut. The contents of a file are there as far as the file was forced; of the rest, any
 * sectors. Names (created, renamed, removed) are there in the order in which they were given: on `journalling` file
 * systems (ext4, XFS, APFS, NTFS) every forced write takes all earlier names along, on a `strict` one only the forced
 * folder's own.
 */
import path from "node:path";
import type { DiskOperation } from "./diskOperation.ts";
import type { Draw } from "./draw.ts";
import { type Fate, fatesOf, survivors } from "./pieces.ts";

export type FileSystem = "journalling" | "strict";

/** Contents by relative name, and folders, which may be empty. */
export interface Tree {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly folders: ReadonlySet<string>;
}

type NameOperation = Extract<DiskOperation, { kind: "create" | "folder" | "rename" | "remove" }>;
type ContentOperation = Extract<DiskOperation, { kind: "write" | "truncate" }>;

interface File {
  forced: Buffer;
  /** Somebody has `forced`: it is not changed in place any more, so that an unchanged file stays the same buffer. */
  isGiven: boolean;
  unforced: ContentOperation[];
}

export interface DiskState {
  /** The next operation of the history happened. */
  advance(operation: DiskOperation): void;
  /** What the disk would have now. */
  cut(fate: Fate, draw: Draw): Tree;
}

export function createDiskState(base: Tree, fileSystem: FileSystem): DiskState {
  const files = new Map<number, File>();
  const names = createNames(base);
  let unforcedNames: NameOperation[] = [];

  function force(file: File): void {
    if (file.unforced.length === 0) return;
    file.forced = contentOf(file, "all", neverDraws);
    file.isGiven = false;
    file.unforced = [];
  }

  function forceNames(isForced: (operation: NameOperation) => boolean): void {
    for (const operation of unforcedNames.filter(isForced)) names.apply(operation);
    unforcedNames = unforcedNames.filter((operation) => !isForced(operation));
  }

  return {
    advance(operation) {
      if (operation.kind === "known") {
        files.set(operation.id, { forced: names.takeContent(operation.name), isGiven: true, unforced: [] });
        names.name(operation.name, operation.id);
      } else if (operation.kind === "write" || operation.kind === "truncate") {
        files.get(operation.id)?.unforced.push(operation);
      } else if (operation.kind === "sync") {
        const file = files.get(operation.id);
        if (file) force(file);
        if (fileSystem === "journalling") forceNames(() => true);
      } else if (operation.kind === "syncFolder") {
        forceNames((named) => fileSystem === "journalling" || foldersOf(named).includes(operation.name));
      } else {
        if (operation.kind === "create")
          files.set(operation.id, { forced: Buffer.alloc(0), isGiven: true, unforced: [] });
        unforcedNames.push(operation);
      }
    },
    cut(fate, draw) {
      const kept = namesThatSurvive(unforcedNames, { fate, draw, fileSystem });
      const after = names.copy();
      for (const operation of kept) after.apply(operation);
      return after.tree((id) => {
        const file = files.get(id);
        if (!file) return Buffer.alloc(0);
        file.isGiven = true;
        return contentOf(file, fate, draw);
      });
    },
  };
}

function neverDraws(): never {
  throw new Error("nothing is left to chance here");
}

function contentOf({ forced, isGiven, unforced }: File, fate: Fate, draw: Draw | typeof neverDraws): Buffer {
  if (unforced.length === 0 || fate === "none") return forced;
  const own = fate === "all" ? undefined : fatesOf(unforced.length, fate, draw as Draw);
  const end = Math.max(forced.length, ...unforced.map((operation) => endOf(operation)));
  const room = isGiven || end > forced.length ? Buffer.alloc(end) : forced;
  if (room !== forced) forced.copy(room);
  let length = forced.length;
  for (const [index, operation] of unforced.entries()) {
    const its = own?.[index] ?? "all";
    if (operation.kind === "truncate") {
      if (its !== "all" && (its === "none" || (draw as Draw).chance(1, 2))) continue;
      if (operation.size < length) room.fill(0, operation.size, length);
      length = operation.size;
    } else {
      for (const { position, bytes } of survivors(operation, its, draw as Draw)) {
        room.set(bytes, position);
        length = Math.max(length, position + bytes.length);
      }
    }
  }
  return room.subarray(0, length);
}

function endOf(operation: ContentOperation): number {
  return operation.kind === "truncate" ? operation.size : operation.position + operation.bytes.length;
}

/** Empty for the folder of the history itself. */
function folderOf(name: string): string {
  const folder = path.dirname(name);
  return folder === "." ? "" : folder;
}

function foldersOf(operation: NameOperation): readonly string[] {
  return operation.kind === "rename" ? [folderOf(operation.name), folderOf(operation.to)] : [folderOf(operation.name)];
}

interface Chance {
  readonly fate: Fate;
  readonly draw: Draw;
  readonly fileSystem: FileSystem;
}

/** In order: of all names on a journalling file system, of each folder's on a strict one. */
function namesThatSurvive(unforced: readonly NameOperation[], { fate, draw, fileSystem }: Chance) {
  if (fate === "none") return [];
  if (fate === "all") return unforced;
  if (fileSystem === "journalling") return unforced.slice(0, draw(unforced.length + 1));
  const left = new Map<string, number>();
  for (const folder of unforced.flatMap(foldersOf)) left.set(folder, (left.get(folder) ?? 0) + 1);
  for (const [folder, count] of left) left.set(folder, draw(count + 1));
  return unforced.filter((operation) => {
    const folders = foldersOf(operation);
    const isKept = folders.every((folder) => (left.get(folder) ?? 0) > 0);
    for (const folder of folders) left.set(folder, isKept ? (left.get(folder) ?? 0) - 1 : 0);
    return isKept;
  });
}

interface Names {
  apply(operation: NameOperation): void;
  name(name: string, id: number): void;
  /** Content of a file of the base, which from now on has an id. */
  takeContent(name: string): Buffer;
  copy(): Names;
  tree(contentOf: (id: number) => Buffer): Tree;
}

/** The table of names: to a file of the history by its id, or to a file of the base by its content. */
function createNames({
  files,
  folders,
}: {
  files: ReadonlyMap<string, Buffer | number>;
  folders: ReadonlySet<string>;
}): Names {
  const entries = new Map(files);
  const open = new Set(folders);

  function remove(name: string): void {
    entries.delete(name);
    open.delete(name);
    for (const key of [...entries.keys(), ...open]) if (key.startsWith(`${name}/`)) remove(key);
  }

  function rename(name: string, to: string): void {
    const moved = [...entries].filter(([key]) => key === name || key.startsWith(`${name}/`));
    const movedFolders = [...open].filter((key) => key === name || key.startsWith(`${name}/`));
    if (moved.length === 0 && movedFolders.length === 0) return;
    remove(to);
    remove(name);
    for (const [key, entry] of moved) entries.set(`${to}${key.slice(name.length)}`, entry);
    for (const key of movedFolders) open.add(`${to}${key.slice(name.length)}`);
  }

  return {
    apply(operation) {
      if (operation.kind === "create") entries.set(operation.name, operation.id);
      else if (operation.kind === "folder") open.add(operation.name);
      else if (operation.kind === "remove") remove(operation.name);
      else rename(operation.name, operation.to);
    },
    name: (name, id) => void entries.set(name, id),
    takeContent(name) {
      const entry = entries.get(name);
      return typeof entry === "object" ? entry : Buffer.alloc(0);
    },
    copy: () => createNames({ files: entries, folders: open }),
    tree(contentOfId) {
      // A name inside a folder that is not there leads to nothing.
      const isThere = (name: string): boolean => {
        const folder = folderOf(name);
        return folder === "" || (open.has(folder) && isThere(folder));
      };
      const made = [...entries].filter(([name]) => isThere(name));
      const contents = made.map(([name, entry]): [string, Buffer] => {
        return [name, typeof entry === "number" ? contentOfId(entry) : entry];
      });
      return { files: new Map(contents), folders: new Set([...open].filter(isThere)) };
    },
  };
}
