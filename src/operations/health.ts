import type { Health, HealthCheck, Readiness } from "../http/operations.ts";
import type { DiskSpace } from "./disk.ts";
import type { IndexerState, LaneState, Reading, WorkerState } from "./ports.ts";
import { withinMs } from "./scraped.ts";

export interface HealthLimits {
  /** More blocks behind than this, and the views are not what a caller expects. */
  readonly lagBlocks: number;
  readonly lagSeconds: number;
  /** A nonce that waits longer than this for a block needs somebody to look. */
  readonly headOfLaneSeconds: number;
  /** With less space the store may soon refuse to write. */
  readonly diskFreeBytes: number;
  /** How long one check may take. */
  readonly probeMs: number;
}

export const healthLimits: HealthLimits = {
  lagBlocks: 50,
  lagSeconds: 120,
  headOfLaneSeconds: 300,
  diskFreeBytes: 256 * 1024 * 1024,
  probeMs: 2_000,
};

export interface HealthPorts {
  /** Aborts when the gateway begins to stop: from then on it is not ready. */
  readonly stopping: AbortSignal;
  readonly workers: Readonly<Record<string, WorkerState>>;
  readonly indexer: () => IndexerState;
  readonly lanes: () => readonly LaneState[];
  /** Asks the ledger for its head: what a stopped indexer remembers of it is old. */
  readonly readHead: () => Promise<number>;
  /** Asks the store for anything. */
  readonly askStore: () => Promise<unknown>;
  readonly disk: () => Promise<DiskSpace>;
  readonly limits?: Partial<HealthLimits>;
}

/**
 * What `/livez`, `/startupz` and `/readyz` answer. Each check is bounded in time, all run at once, and callers at the
 * same time share one answer, so that whatever hangs is asked once and waited for briefly. Details name causes,
 * numbers of lanes and blocks: nothing of an organisation, no address.
 */
export function createHealth(ports: HealthPorts): Health {
  const limits = { ...healthLimits, ...ports.limits };
  const probe = {
    head: createProbe(ports.readHead, limits.probeMs),
    store: createProbe(ports.askStore, limits.probeMs),
    disk: createProbe(ports.disk, limits.probeMs),
  };
  let started = false;

  async function evaluate(): Promise<Readiness> {
    if (ports.stopping.aborted) return { ready: false, checks: stopping };
    const [head, store, disk] = await Promise.all([probe.head(), probe.store(), probe.disk()]);
    const checks: Record<string, HealthCheck> = {
      ledger: { ok: head.ok },
      index: checkIndex(ports.indexer(), head.ok ? head.value : undefined, limits),
      lanes: checkLanes(ports.lanes(), limits),
      workers: checkWorkers(ports.workers),
      store: { ok: store.ok },
      disk: checkDisk(disk.ok ? disk.value : undefined, limits),
    };
    // It may have begun meanwhile.
    if (ports.stopping.aborted) Object.assign(checks, stopping);
    return { ready: Object.values(checks).every(({ ok }) => ok), checks };
  }

  let pending: Promise<Readiness> | undefined;
  function ready(): Promise<Readiness> {
    pending ??= evaluate().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  return {
    live: () => checkWorkers(ports.workers).ok,
    ready,
    async started() {
      // Ready by the index alone: a full disk later does not make the start undone.
      started ||= (await ready()).checks["index"]?.ok ?? false;
      return started;
    },
  };
}

const stopping: Readonly<Record<string, HealthCheck>> = { stopping: { ok: false, detail: "is stopping" } };

function checkIndex(state: IndexerState, head: Reading, limits: HealthLimits): HealthCheck {
  const { indexed, quarantined, lagSeconds } = state;
  const heads = [head, state.head].filter((block) => typeof block === "number");
  const fresh = heads.length > 0 && typeof indexed === "number" ? Math.max(...heads) - indexed : undefined;
  const lag = Math.max(fresh ?? 0, state.lagBlocks ?? 0);
  const detail = fresh === undefined ? "unknown blocks behind" : `${Math.max(0, lag)} blocks behind`;
  if (quarantined) return { ok: false, detail: `block ${quarantined.block} is quarantined, ${detail}` };
  if (fresh === undefined || lag > limits.lagBlocks) return { ok: false, detail };
  const seconds = Math.round(lagSeconds ?? 0);
  if (lag > 0 && seconds > limits.lagSeconds) return { ok: false, detail: `${seconds} seconds behind` };
  return { ok: true, detail };
}

function checkLanes(lanes: readonly LaneState[], limits: HealthLimits): HealthCheck {
  const faults = lanes.flatMap(({ number, quarantined, headOfLaneAgeMs }) => {
    if (quarantined) return [`lane ${number} quarantined`];
    const age = Math.round(headOfLaneAgeMs / 1000);
    return age > limits.headOfLaneSeconds ? [`lane ${number} waits for ${age} seconds`] : [];
  });
  return faults.length === 0 ? { ok: true } : { ok: false, detail: faults.join(", ") };
}

function checkWorkers(workers: HealthPorts["workers"]): HealthCheck {
  const stopped = Object.entries(workers).flatMap(([name, worker]) => (worker.failure() ? [name] : []));
  return stopped.length === 0 ? { ok: true } : { ok: false, detail: `${stopped.join(", ")} stopped` };
}

function checkDisk(space: DiskSpace | undefined, { diskFreeBytes }: HealthLimits): HealthCheck {
  if (space === undefined) return { ok: false, detail: "unknown space" };
  if (space.freeBytes >= diskFreeBytes) return { ok: true };
  return { ok: false, detail: `${Math.floor(space.freeBytes / 1024 / 1024)} MiB free` };
}

type Probed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** One question at a time: while an answer is out, later askers wait for the same one, each only so long. */
function createProbe<T>(ask: () => Promise<T>, limitMs: number): () => Promise<Probed<T>> {
  let out: Promise<T> | undefined;
  return async () => {
    const asked = out ?? ask();
    out = asked;
    const settle = () => {
      if (out === asked) out = undefined;
    };
    asked.then(settle, settle);
    try {
      return { ok: true, value: await withinMs(limitMs, asked) };
    } catch {
      return { ok: false };
    }
  };
}
