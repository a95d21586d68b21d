/** The two ends of a recording: the thread that runs the engine writes a trace, the thread of the test reads it. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";
import { type DiskOperation, decodeOperations, encodeOperation } from "./diskOperation.ts";
import { recordDisk } from "./recordDisk.ts";

interface RecordingSettings {
  readonly recordedRoot: string;
  readonly traceFile: string;
  /** [0]: operations so far. */
  readonly counter: Int32Array;
}

/** In the engine's thread, before anything of it is loaded. */
export function startRecording(): void {
  const { recordedRoot, traceFile, counter } = threads.workerData as RecordingSettings;
  const trace = fs.openSync(traceFile, "a");
  const { writeSync } = fs;
  recordDisk(recordedRoot, (operation) => {
    writeSync(trace, encodeOperation(operation));
    Atomics.add(counter, 0, 1);
  });
}

export interface EngineRecording {
  /** Operations so far. */
  instant(): number;
  /** Everything that the engine did; called when it has ended. */
  operations(): readonly DiskOperation[];
  /** From now on engines are started as usual. */
  end(): void;
}

/** Until `end`, every engine that this thread starts has its operations under `root` recorded in `traceFile`. */
export function recordEngines(root: string, traceFile: string): EngineRecording {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const settings: RecordingSettings = { recordedRoot: root, traceFile, counter };
  const RealWorker = threads.Worker;
  const boot = new URL("./processes/recordingBoot.mjs", import.meta.url);

  class RecordingWorker extends RealWorker {
    constructor(file: string | URL, options: threads.WorkerOptions = {}) {
      const isEngine = String(file).endsWith("/pgliteWorkerBoot.mjs");
      super(
        isEngine ? boot : file,
        isEngine ? { ...options, workerData: { ...options.workerData, ...settings } } : options,
      );
    }
  }
  Object.assign(threads, { Worker: RecordingWorker });
  syncBuiltinESMExports();

  return {
    instant: () => Atomics.load(counter, 0),
    operations: () => decodeOperations(fs.readFileSync(traceFile)),
    end() {
      Object.assign(threads, { Worker: RealWorker });
      syncBuiltinESMExports();
    },
  };
}
