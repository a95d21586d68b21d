/**
 * Opens an image in this thread: the same engine, file system and parameters as `src/store/pgliteWorker.ts`, but the
 * WebAssembly is compiled once for all images. What recovery does to the disk is recorded in turn.
 */
import fs from "node:fs";
import { setFlagsFromString } from "node:v8";
import { PGlite } from "@electric-sql/pglite";
import { createDurableFileSystem } from "../../src/store/durableFileSystem.ts";
import { inspectPgliteFolder } from "../../src/store/pgliteFolder.ts";
import type { DiskOperation } from "./diskOperation.ts";
import { recordDisk } from "./recordDisk.ts";

// As src/store/workerStream.ts, and for its reason.
setFlagsFromString("--wasm-wrapper-tiering-budget=2147483647");

const startParams = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...["-c", "wal_sync_method=fsync"],
];

export interface Recovered {
  readonly marks: readonly { readonly n: number; readonly parts: number; readonly digest: string }[];
  readonly replies: readonly { readonly key: string; readonly digest: string }[];
  readonly tally: number;
  readonly auditSubjects: readonly string[];
  /** Audit entries that do not name the hash of the entry before them. */
  readonly auditBreaks: number;
  readonly byIndex: unknown;
  readonly byScan: unknown;
  /** What was done to the disk meanwhile. */
  readonly operations: readonly DiskOperation[];
}

let parts: Promise<{ pgliteWasmModule: WebAssembly.Module; fsBundle: Blob }> | undefined;

async function load() {
  const at = (name: string) => fs.readFileSync(new URL(name, import.meta.resolve("@electric-sql/pglite")));
  return { pgliteWasmModule: await WebAssembly.compile(at("pglite.wasm")), fsBundle: new Blob([at("pglite.data")]) };
}

/** `dataDir` holds a complete store. @throws Error when the engine does not start or a query fails */
export async function recover(dataDir: string): Promise<Recovered> {
  parts ??= load();
  const options = await parts;
  const operations: DiskOperation[] = [];
  const recording = recordDisk(dataDir, (operation) => operations.push(operation));
  const words: string[] = [];
  try {
    const disk = createDurableFileSystem(inspectPgliteFolder(dataDir).complete);
    const engine = new PGlite({
      ...options,
      fs: disk.fs,
      startParams,
      onStderr(line) {
        words.push(line);
        return false;
      },
    });
    try {
      await engine.waitReady;
      return { ...(await readAll(engine)), operations };
    } finally {
      await engine.close().catch(() => undefined);
    }
  } catch (error) {
    throw new Error(`${String(error)}\n${words.slice(-6).join("\n")}`, { cause: error });
  } finally {
    recording.end();
  }
}

async function readAll(engine: PGlite): Promise<Omit<Recovered, "operations">> {
  const rows = async <Row>(text: string) => (await engine.query<Row>(text)).rows;
  const keys = "select count(*) as marked, count(distinct n) as marks from marked where n > 0";
  await engine.exec("set enable_seqscan = off; set enable_bitmapscan = off");
  const byIndex = [
    await rows(keys),
    await rows("select md5(string_agg(md5(filling), '' order by md5(filling))) from marked"),
  ];
  await engine.exec("set enable_seqscan = on; set enable_indexscan = off; set enable_indexonlyscan = off");
  const byScan = [
    await rows(keys),
    await rows("select md5(string_agg(md5(filling), '' order by md5(filling))) from marked"),
  ];
  return {
    marks: await rows(`select n, parts, md5(filling || coalesce((select string_agg(filling, '' order by part)
      from marked where marked.n = marks.n having count(*) = marks.parts), '?')) as digest from marks order by n`),
    replies: await rows("select key, md5(body) as digest from idempotency order by length(key), key"),
    tally: (await rows<{ commits: number }>("select commits from tally"))[0]?.commits ?? -1,
    auditSubjects: (await rows<{ subject: string }>("select subject from audit order by position")).map(
      ({ subject }) => subject,
    ),
    auditBreaks:
      (
        await rows<{ breaks: number }>(`select count(*)::int as breaks from (select position, previous_hash,
          lag(hash, 1, '') over (order by position) as before, row_number() over (order by position) as at from audit) chain
          where previous_hash <> before or position <> at`)
      )[0]?.breaks ?? -1,
    byIndex,
    byScan,
  };
}
