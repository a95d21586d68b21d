import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";

export interface Worker {
  start(): void;
  /** Work may have come: look now. */
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
}

/**
 * How long to wait after so many faults in a row: a moment's fault costs a moment, and a ledger that is away for an hour
 * fills no log.
 */
export function retryAfterMs(faults: number): number {
  return Math.min(2_000, 250 * 2 ** (faults - 1));
}

/**
 * A loop that works until it is idle, waits for a wake-up or the poll interval, and outlives faults of the ledger or
 * the store. A broken invariant (an Error that says so) stops it, for a person to look.
 */
export function createWorker({ context, name, step, recover, end, pollMs = 500 }: WorkerOptions): Worker {
  let stopping = false;
  let woken = false;
  let interrupt: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let failed: Error | undefined;
  let faults = 0;

  async function pause(ms: number): Promise<void> {
    const controller = new AbortController();
    interrupt = () => controller.abort();
    if (!woken && !stopping) await delay(ms, undefined, { signal: controller.signal }).catch(() => undefined);
    interrupt = undefined;
    woken = false;
  }

  /** One step, or what to do about its fault. Resolves with how long to wait before the next. */
  async function work(): Promise<number> {
    try {
      const outcome = await step();
      faults = 0;
      return outcome === "idle" ? pollMs : 0;
    } catch (error) {
      if (isBrokenInvariant(error)) {
        failed = error;
        context.logger.error({ worker: name, error: error.message }, "worker stopped: an invariant is broken");
        return 0;
      }
      // A fault while everything is closed is no news.
      if (stopping) return 0;
      const code = error instanceof AppError ? error.code : "unexpected";
      context.logger.warn({ worker: name, code, err: error }, "worker met a fault and tries again");
      recover();
      faults += 1;
      return retryAfterMs(faults);
    }
  }

  async function run(): Promise<void> {
    while (!stopping && !failed) {
      const ms = await work();
      if (ms > 0) await pause(ms);
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
      interrupt?.();
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
