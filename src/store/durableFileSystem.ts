import fs from "node:fs";
import type { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/**
 * PGlite's file system on real files. As delivered it has no route for fsync: PostgreSQL asks for one at every
 * commit and gets "done" for nothing. Here the request reaches the disk, files and directories alike, and a write
 * that failed is remembered, because an engine that met a failed log write must not be believed afterwards.
 *
 * Names that were given since are forced with the next file. The engine leaves that to the file system where it makes a
 * table's file, and a file system may forget the name of a file whose content it was made to keep.
 */
export interface DurableFileSystem {
  readonly fs: NodeFS;
  /** Forced writes so far. */
  syncCount(): number;
  /** Bytes written to the write-ahead log so far. */
  logBytes(): number;
  /** The host's word for a failed write (`ENOSPC`, `EIO` …) since the last call. */
  takeFault(): string | undefined;
  /** True once the write-ahead log or a forced write failed, or the engine aborted: only a restart is safe then. */
  isBroken(): boolean;
}

/** Shared with a test's thread. [0]: bytes that the disk still takes, -1 for no bound. [1]: 1 drops every fsync. */
export type DiskFaults = Int32Array;

interface FileNode {
  readonly mode: number;
  readonly parent: FileNode;
}
interface Stream {
  readonly nfd: number;
  readonly path?: string;
  readonly node: FileNode;
}
type Write = (
  stream: Stream,
  ...piece: [bytes: Uint8Array, offset: number, length: number, position?: number]
) => number;
interface NodeFsModule {
  readonly NODEFS: {
    stream_ops: { write: Write; fsync?: (stream: Stream) => number };
    node_ops: {
      mknod: (folder: FileNode, ...file: [name: string, mode: number, device: number]) => FileNode;
      rename: (file: FileNode, folder: FileNode, name: string) => void;
    };
    tryFSOperation: <T>(operation: () => T) => T;
    realPath(node: FileNode): string;
  };
  readonly FS: { isDir(mode: number): boolean };
  onAbort?: (reason: unknown) => void;
}

const writeFaults: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EIO", "EROFS", "EFBIG"]);
// A directory that cannot be opened or synced by itself (Windows) has its entries kept by the file system.
const directorySyncUnsupported: ReadonlySet<string> = new Set(["EBADF", "EINVAL", "EPERM", "EISDIR", "ENOTSUP"]);

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

function outOfSpace(): Error {
  return Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
}

/** Mounts `root` (an existing folder) as the data directory of one PGlite instance. */
export function createDurableFileSystem(root: string, faults?: DiskFaults): DurableFileSystem {
  const nodeFs = new NodeFS(root);
  let syncs = 0;
  let logBytes = 0;
  let fault: string | undefined;
  let broken = false;

  function install(module: NodeFsModule): void {
    const { NODEFS, FS } = module;
    const { stream_ops: operations } = NODEFS;
    const hostWrite = operations.write;
    const hostTry = NODEFS.tryFSOperation;
    const forceNames = watchNames(NODEFS);

    NODEFS.tryFSOperation = (operation) =>
      hostTry(() => {
        try {
          return operation();
        } catch (error) {
          const code = codeOf(error);
          if (code !== undefined && writeFaults.has(code)) fault = code;
          throw error;
        }
      });

    operations.write = (stream, ...piece) => {
      const [, , length, position] = piece;
      const isLog = stream.path?.includes("/pg_wal/") ?? false;
      try {
        if (faults) NODEFS.tryFSOperation(() => takeSpace(faults, growth(stream, length, position)));
        const written = hostWrite(stream, ...piece);
        if (isLog) logBytes += written;
        return written;
      } catch (error) {
        if (isLog) broken = true;
        throw error;
      }
    };

    operations.fsync = (stream) => {
      if (faults?.[1] === 1) return 0;
      try {
        NODEFS.tryFSOperation(() => {
          forceNames();
          syncHandle(stream.nfd, FS.isDir(stream.node.mode));
        });
        syncs += 1;
        return 0;
      } catch (error) {
        // After a failed fsync nobody knows what reached the disk; PostgreSQL itself panics here.
        broken = true;
        throw error;
      }
    };
    module.onAbort = () => {
      broken = true;
    };
  }

  const hostInit = nodeFs.init.bind(nodeFs);
  nodeFs.init = async (engine: PGlite, options) => {
    const initialised = await hostInit(engine, options);
    initialised.emscriptenOpts.preRun?.push((module) => install(module as unknown as NodeFsModule));
    return initialised;
  };

  return {
    fs: nodeFs,
    syncCount: () => syncs,
    logBytes: () => logBytes,
    takeFault() {
      const taken = fault;
      fault = undefined;
      return taken;
    },
    isBroken: () => broken,
  };
}

/** Bytes by which a write makes its file longer; what is overwritten needs no room. */
function growth(stream: Stream, length: number, position: number | undefined): number {
  const { size } = fs.fstatSync(stream.nfd);
  return Math.max(0, (position ?? size) + length - size);
}

function takeSpace(faults: DiskFaults, bytes: number): void {
  const left = faults[0] ?? -1;
  if (left < 0) return;
  if (left < bytes) throw outOfSpace();
  faults[0] = left - bytes;
}

/** @returns forces the names that were given since it was last called */
function watchNames(NODEFS: NodeFsModule["NODEFS"]): () => void {
  const { node_ops: operations, realPath } = NODEFS;
  const hostMake = operations.mknod;
  const hostRename = operations.rename;
  const folders = new Set<string>();

  operations.mknod = (folder, ...file) => {
    const node = hostMake(folder, ...file);
    folders.add(realPath(folder));
    return node;
  };
  operations.rename = (file, folder, name) => {
    const before = realPath(file.parent);
    hostRename(file, folder, name);
    folders.add(before).add(realPath(folder));
  };
  return () => {
    for (const folder of folders) {
      syncFolder(folder);
      folders.delete(folder);
    }
  };
}

function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = fs.openSync(folder, "r");
  } catch (error) {
    const code = codeOf(error);
    // What was removed meanwhile has no names left; Windows does not open directories.
    if (code === "ENOENT" || (code !== undefined && directorySyncUnsupported.has(code))) return;
    throw error;
  }
  try {
    syncHandle(handle, true);
  } finally {
    fs.closeSync(handle);
  }
}

function syncHandle(handle: number, isDirectory: boolean): void {
  try {
    fs.fsyncSync(handle);
  } catch (error) {
    const code = codeOf(error);
    if (isDirectory && code !== undefined && directorySyncUnsupported.has(code)) return;
    throw error;
  }
}
