import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";

export interface Worker {
  start(): void;
  /** Work may have come: look now, except in the wait after a fault. */
  wake(): void;
  /** Ends after the step under way. */
  stop(): Promise<void>;
  /** Why the worker stopped for good, when a broken invariant stopped it. */
  failure(): Error | undefined;
}

interface WorkerOptions {
  readonly context: Context;
  readonly name: string;
  /** One step; `idle` means wait for a wake-up. */
  readonly step: () => Promise<"busy" | "idle">;
  /** Called before the next step after a fault that may pass. */
  readonly recover: () => void;
  /** Called once when the worker has ended, whatever ended it. */
  readonly end?: () => Promise<void>;
  /** Looks for work by itself at this interval, since a wake-up may be lost. */
  readonly pollMs?: number;
  /** How long to wait after so many faults in a row, `retryAfterMs` unless it says so. */
  readonly retryMs?: (faults: number) => number;
}

/**
 * How long to wait after so many faults in a row: a moment's fault costs a moment, and a ledger that is away for an hour
 * fills no log, however many acts are accepted meanwhile: no wake-up shortens this wait.
 */
export function retryAfterMs(faults: number): number {
  return Math.min(2_000, 250 * 2 ** (faults - 1));
}

/**
 * A loop that works until it is idle, waits for a wake-up or the poll interval, and outlives faults of the ledger or
 * the store. A broken invariant (an Error that says so) stops it, for a person to look.
 */
export function createWorker(options: WorkerOptions): Worker {
  const { context, name, step, recover, end, pollMs = 500, retryMs = retryAfterMs } = options;
  let stopping = false;
  let woken = false;
  let resting = false;
  let interrupt: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let failed: Error | undefined;
  let faults = 0;

  /** A rest ends when somebody wakes the worker; the wait after a fault does not. */
  async function pause(ms: number, kind: "rest" | "retry"): Promise<void> {
    const controller = new AbortController();
    interrupt = () => controller.abort();
    resting = kind === "rest";
    if (!stopping && !(resting && woken))
      await delay(ms, undefined, { signal: controller.signal }).catch(() => undefined);
    interrupt = undefined;
    woken = false;
  }

  /** One step, or what to do about its fault. */
  async function work(): Promise<"busy" | "idle" | "fault"> {
    try {
      const outcome = await step();
      faults = 0;
      return outcome;
    } catch (error) {
      if (isBrokenInvariant(error)) {
        failed = error;
        context.logger.error({ worker: name, error: error.message }, "worker stopped: an invariant is broken");
        return "fault";
      }
      // A fault while everything is closed is no news.
      if (stopping) return "fault";
      const code = error instanceof AppError ? error.code : "unexpected";
      context.logger.warn({ worker: name, code, err: error }, "worker met a fault and tries again");
      recover();
      faults += 1;
      return "fault";
    }
  }

  async function run(): Promise<void> {
    while (!stopping && !failed) {
      const outcome = await work();
      if (outcome === "idle") await pause(pollMs, "rest");
      if (outcome === "fault" && !failed) await pause(retryMs(faults), "retry");
    }
    await end?.().catch((error: unknown) => {
      context.logger.warn({ worker: name, err: error }, "worker ended, but not all of it");
    });
  }

  return {
    start() {
      running ??= run();
    },
    wake() {
      woken = true;
      if (resting) interrupt?.();
    },
    async stop() {
      stopping = true;
      interrupt?.();
      await running;
    },
    failure: () => failed,
  };
}

function isBrokenInvariant(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith("invariant:");
}
