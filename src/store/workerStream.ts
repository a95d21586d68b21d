import { Duplex } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { AppError } from "../shared/errors.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./workerMessages.ts";

/**
 * A socket in the eyes of a `pg` client, and behind it a thread with the embedded engine. One stream is one engine:
 * when the engine fails the stream is destroyed with an AppError, the pool drops the client, and the next query opens
 * a new thread, which recovers from the write-ahead log as after a crash.
 */
export interface WorkerStream {
  readonly stream: Duplex;
  /** Settles when the thread has ended, by closing or by failing. */
  readonly ended: Promise<void>;
  /** Forced writes that the engine has made, as of its last answer. */
  syncCount(): number;
}

/**
 * V8 13.6 (Node 24) frees a compiled wrapper of a WebAssembly import while another engine of the same process still
 * has it, and the process crashes: once in some hundred openings (`Runtime_TierUpWasmToJSWrapper`, then
 * `NativeModule::FreeCode`). The generic wrappers that every engine begins with take no longer that can be measured, so
 * this number of calls, after which V8 would replace one, is never reached. Set before the first engine starts.
 */
setFlagsFromString("--wasm-wrapper-tiering-budget=2147483647");

const bootFile = new URL("./pgliteWorkerBoot.mjs", import.meta.url);

/** `after` is the end of the engine before: two engines must never have the same folder open. */
export function createWorkerStream(settings: WorkerSettings, after: Promise<void>): WorkerStream {
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();
  let worker: Worker | undefined;
  let syncs = 0;

  const stream = new Duplex({
    read() {},
    writev(chunks, done) {
      const joined = Buffer.concat(chunks.map(({ chunk }) => chunk as Uint8Array));
      const bytes = new Uint8Array(joined.length);
      bytes.set(joined);
      send(worker, { kind: "bytes", bytes }, [bytes.buffer]);
      done();
    },
    final(done) {
      send(worker, { kind: "close" });
      void ended.then(() => {
        stream.push(null);
        done();
      });
    },
    destroy(error, done) {
      // The client learns of the end only when the thread is gone.
      if (worker) void worker.terminate().then(() => done(error));
      else done(error);
    },
  });

  function receive(message: FromWorker): void {
    if (message.kind === "ready") stream.emit("connect");
    else if (message.kind === "bytes") {
      syncs = message.syncs;
      stream.push(Buffer.from(message.bytes.buffer));
    } else if (message.kind === "failed") {
      stream.destroy(new AppError(message.code, message.facts, { cause: new Error(message.detail) }));
    }
  }

  function start(): void {
    if (stream.destroyed) {
      resolveEnded();
      return;
    }
    worker = new Worker(bootFile, { execArgv: [], workerData: settings });
    worker.on("message", receive);
    worker.on("error", (cause) => stream.destroy(new AppError("store.unavailable", {}, { cause })));
    worker.on("exit", () => {
      resolveEnded();
      // A clean end is the answer to `final`; any other end of the thread is a fault of the connection.
      if (!stream.writableEnded) stream.destroy(new AppError("store.unavailable"));
    });
  }

  void after.then(start);
  // What a `pg` client asks of a socket beyond a stream. The thread starts by itself, so connecting is waiting.
  const manners = {
    connect() {},
    setNoDelay() {},
    setKeepAlive() {},
    ref: () => worker?.ref(),
    unref: () => worker?.unref(),
  };
  return { stream: Object.assign(stream, manners), ended, syncCount: () => syncs };
}

function send(worker: Worker | undefined, message: ToWorker, transfer: ArrayBuffer[] = []): void {
  worker?.postMessage(message, transfer);
}
