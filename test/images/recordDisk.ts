/**
 * Writes down what this thread does to the files under one folder, below everything that is tested: the functions of
 * `node:fs` themselves are replaced, which PGlite's file system, the durable one and our own code all end in. A forced
 * write is written down when `fsync` of the host returned, so a layer that swallows one is found out.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import type { DiskOperation } from "./diskOperation.ts";

export interface DiskRecording {
  /** Gives this thread its own functions back. */
  end(): void;
}

type Patch = { [Name in keyof typeof fs]?: (typeof fs)[Name] };

export function recordDisk(root: string, write: (operation: DiskOperation) => void): DiskRecording {
  const names = createNames(path.resolve(root), write);
  const { nameOf } = names;
  const own = { ...fs };

  function inRoot<Rest extends unknown[], Result>(
    call: (target: fs.PathLike, ...rest: Rest) => Result,
    note: (name: string, before: boolean, ...rest: Rest) => void,
  ) {
    return (target: fs.PathLike, ...rest: Rest): Result => {
      const name = nameOf(target);
      if (name === undefined) return call(target, ...rest);
      const existed = own.existsSync(target);
      const result = call(target, ...rest);
      note(name, existed, ...rest);
      return result;
    };
  }

  const patch: Patch = {
    openSync: (target, flags, mode) => {
      const name = nameOf(target);
      const existed = name === undefined || own.existsSync(target);
      const handle = own.openSync(target, flags, mode);
      if (name !== undefined) names.opened(handle, name, { isNew: !existed, empties: empties(flags) });
      return handle;
    },
    closeSync: (handle) => {
      names.closed(handle);
      own.closeSync(handle);
    },
    writeSync: ((handle: number, bytes: Uint8Array, ...where: [number?, number?, number?]) => {
      const [offset = 0, length = bytes.byteLength - offset, position] = where;
      const written = own.writeSync(handle, bytes, offset, length, position);
      names.wrote(handle, position ?? 0, bytes.subarray(offset, offset + written));
      return written;
    }) as typeof fs.writeSync,
    // By the functions above: Node's own may or may not go through them.
    writeFileSync: ((target, content, options) => {
      if (typeof target === "number" || nameOf(target) === undefined) {
        own.writeFileSync(target, content, options);
        return;
      }
      const mode = typeof options === "object" ? options?.mode : undefined;
      const handle = fs.openSync(target, "w", mode);
      try {
        const bytes = Buffer.from(content as string | Uint8Array<ArrayBuffer>);
        for (let done = 0; done < bytes.length; ) done += fs.writeSync(handle, bytes, done, bytes.length - done, done);
      } finally {
        fs.closeSync(handle);
      }
    }) as typeof fs.writeFileSync,
    truncateSync: inRoot(own.truncateSync, (name, _existed, size) =>
      write({ kind: "truncate", id: names.at(name, true), size: size ?? 0 }),
    ),
    ftruncateSync: (handle, size) => {
      own.ftruncateSync(handle, size);
      names.truncated(handle, size ?? 0);
    },
    fsyncSync: (handle) => {
      own.fsyncSync(handle);
      names.synced(handle);
    },
    fdatasyncSync: (handle) => {
      own.fdatasyncSync(handle);
      names.synced(handle);
    },
    mkdirSync: inRoot(own.mkdirSync as (target: fs.PathLike, options?: object) => undefined, (name, existed) => {
      if (!existed) write({ kind: "folder", name });
    }) as typeof fs.mkdirSync,
    rmdirSync: inRoot(own.rmdirSync, (name) => names.removed(name)),
    unlinkSync: inRoot(own.unlinkSync, (name) => names.removed(name)),
    rmSync: inRoot(own.rmSync, (name, existed) => existed && names.removed(name)),
    renameSync: (from, to) => {
      const [name, target] = [nameOf(from), nameOf(to)];
      const isKnown = name !== undefined && target !== undefined;
      // What moves is spoken of by its old name first.
      if (isKnown) for (const file of filesUnder(String(from))) names.at(nameOf(file) ?? "", true);
      own.renameSync(from, to);
      if (isKnown) names.renamed(name, target);
    },
  };
  Object.assign(fs, patch);
  syncBuiltinESMExports();
  return {
    end() {
      for (const name of Object.keys(patch) as (keyof typeof fs)[]) Object.assign(fs, { [name]: own[name] });
      syncBuiltinESMExports();
    },
  };
}

function filesUnder(target: string): readonly string[] {
  if (!fs.statSync(target).isDirectory()) return [target];
  return fs.readdirSync(target).flatMap((name) => filesUnder(path.join(target, name)));
}

function empties(flags: fs.OpenMode): boolean {
  return typeof flags === "number" ? (flags & fs.constants.O_TRUNC) !== 0 : flags.startsWith("w");
}

interface Opened {
  readonly name: string;
  /** Absent for a folder. */
  readonly id: number | undefined;
}

/** Which file is behind a name and behind a handle. */
function createNames(root: string, write: (operation: DiskOperation) => void) {
  const ids = new Map<string, number>();
  const handles = new Map<number, Opened>();
  let nextId = 1;

  function at(name: string, existed: boolean): number {
    const found = ids.get(name);
    if (found !== undefined && existed) return found;
    const id = nextId++;
    ids.set(name, id);
    write({ kind: existed ? "known" : "create", name, id });
    return id;
  }

  function under(name: string): string[] {
    return [...ids.keys()].filter((key) => key === name || key.startsWith(`${name}/`));
  }

  return {
    at,
    nameOf(target: fs.PathLike): string | undefined {
      const relative = path.relative(root, path.resolve(String(target)));
      return relative.startsWith("..") || path.isAbsolute(relative) ? undefined : relative;
    },
    opened(handle: number, name: string, { isNew, empties: empty }: { isNew: boolean; empties: boolean }) {
      const id = fs.fstatSync(handle).isDirectory() ? undefined : at(name, !isNew);
      handles.set(handle, { name, id });
      if (id !== undefined && empty && !isNew) write({ kind: "truncate", id, size: 0 });
    },
    closed: (handle: number) => void handles.delete(handle),
    wrote(handle: number, position: number, bytes: Uint8Array) {
      const id = handles.get(handle)?.id;
      // The engine's memory is written over afterwards.
      if (id !== undefined) write({ kind: "write", id, position, bytes: Uint8Array.from(bytes) });
    },
    truncated(handle: number, size: number) {
      const id = handles.get(handle)?.id;
      if (id !== undefined) write({ kind: "truncate", id, size });
    },
    synced(handle: number) {
      const file = handles.get(handle);
      if (!file) return;
      write(file.id === undefined ? { kind: "syncFolder", name: file.name } : { kind: "sync", id: file.id });
    },
    removed(name: string) {
      for (const key of under(name)) ids.delete(key);
      write({ kind: "remove", name });
    },
    renamed(name: string, to: string) {
      for (const key of under(to)) ids.delete(key);
      for (const key of under(name)) {
        const id = ids.get(key);
        ids.delete(key);
        if (id !== undefined) ids.set(`${to}${key.slice(name.length)}`, id);
      }
      write({ kind: "rename", name, to });
    },
  };
}
