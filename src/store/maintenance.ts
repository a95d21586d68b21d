import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "../shared/context.ts";
import { pruneIdempotency } from "./prune.ts";
import type { Store } from "./store.ts";
import { findWear, vacuum } from "./vacuum.ts";

export interface MaintenanceState {
  readonly runsTotal: number;
  readonly failuresTotal: number;
  /** Rows that were removed because nobody needs them any more. */
  readonly prunedTotal: number;
  /** Tables that were vacuumed; always 0 on a server, which does that itself. */
  readonly vacuumsTotal: number;
  /** The longest time that others had to wait for one. */
  readonly longestVacuumMs: number;
}

/** Keeps the store small and quick, in moments when nobody uses it. */
export interface Maintenance {
  start(): void;
  /** Ends after the step under way. */
  stop(): Promise<void>;
  /** Everything that is due now. */
  runOnce(): Promise<void>;
  state(): MaintenanceState;
}

interface MaintenanceOptions {
  readonly context: Pick<Context, "clock" | "logger">;
  readonly store: Store;
  readonly everyMs?: number;
  /** So long a table that is due waits for a moment when nobody uses the store. */
  readonly patienceMs?: number;
}

const everyMsDefault = 30_000;
const patienceMsDefault = 10_000;
const lookMs = 50;
/** A table so many times over its threshold does not wait any longer. */
const urgent = 5;
/** Others get their turn between two tables of a run. */
const tablesPerRun = 20;

export function createMaintenance(options: MaintenanceOptions): Maintenance {
  const { context, store, everyMs = everyMsDefault, patienceMs = patienceMsDefault } = options;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const counts = { runsTotal: 0, failuresTotal: 0, prunedTotal: 0, vacuumsTotal: 0, longestVacuumMs: 0 };

  async function vacuumDue(): Promise<void> {
    for (const wear of (await findWear(store)).slice(0, tablesPerRun)) {
      if (stopping.signal.aborted) return;
      if (!(await isQuiet()) && wear.due < urgent) return;
      const startedMs = performance.now();
      await vacuum(store, wear);
      counts.vacuumsTotal += 1;
      counts.longestVacuumMs = Math.max(counts.longestVacuumMs, performance.now() - startedMs);
    }
  }

  /** Waits for a moment without work; false when there was none for a while. */
  async function isQuiet(): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < patienceMs && !stopping.signal.aborted; waitedMs += lookMs) {
      if (store.isIdle()) return true;
      await pause(lookMs);
    }
    return false;
  }

  function pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
  }

  async function runOnce(): Promise<void> {
    counts.runsTotal += 1;
    counts.prunedTotal += await pruneIdempotency(store, context.clock.wallMs());
    if (store.engine === "pglite") await vacuumDue();
  }

  async function loop(): Promise<void> {
    for (;;) {
      await pause(everyMs);
      if (stopping.signal.aborted) return;
      await runOnce().catch((error: unknown) => {
        counts.failuresTotal += 1;
        context.logger.warn({ error: String(error) }, "maintenance of the store failed and is tried again");
      });
    }
  }

  return {
    start() {
      running ??= loop();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    runOnce,
    state: () => ({ ...counts }),
  };
}
