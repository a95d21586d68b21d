import type { Clock } from "../../shared/clock.ts";

/** Upper ends of the buckets in which the depths of reorganisations are counted. */
const depthBuckets = [1, 2, 4, 8, 16, 32, 64] as const;

/** What the indexer is doing, for metrics and readiness. Counters count from the start of the process. */
export interface IndexerState {
  /** Of enough endpoints; undefined before the first look. */
  readonly head: number | undefined;
  readonly indexed: number | undefined;
  readonly finalized: number | undefined;
  /** Blocks that are there and not indexed; undefined while one of the two is not known. */
  readonly lagBlocks: number | undefined;
  /** Since when a block is known that is not indexed: an idle ledger does not lag, however old its last block. */
  readonly lagSeconds: number;
  /** By the upper end of the bucket of the depth, the last one `more`. */
  readonly reorgsTotal: Readonly<Record<string, number>>;
  /** Entries appended to sequences because their events were taken back. */
  readonly retractionsTotal: number;
  /** By what was wrong, each endpoint's fault counted. */
  readonly verifyFailuresTotal: Readonly<Record<string, number>>;
  /** A block that no endpoint gives in a form that verifies; nothing advances before it does. */
  readonly quarantined: { readonly block: number; readonly check: string; readonly sinceMs: number } | undefined;
  /** Blocks that are asked for at once at present. */
  readonly range: number;
  readonly isLeader: boolean;
}

/** Keeps what `state()` shows. */
export interface Progress {
  sawHead(number: number): void;
  indexed(number: number | undefined): void;
  finalized(number: number | undefined): void;
  reorganised(depth: number): void;
  retracted(events: number): void;
  failed(check: string): void;
  state(): Omit<IndexerState, "quarantined" | "range" | "isLeader">;
}

/** More looks at a growing head than this are not told apart. */
const sightingsMax = 1_000;

export function createProgress(clock: Pick<Clock, "wallMs">): Progress {
  let head: number | undefined;
  let indexed: number | undefined;
  let finalized: number | undefined;
  let retractionsTotal = 0;
  const reorgsTotal: Record<string, number> = Object.fromEntries([...depthBuckets, "more"].map((name) => [name, 0]));
  const verifyFailuresTotal: Record<string, number> = {};
  /** Heads above what is indexed, and when each was first seen. */
  let sightings: { number: number; atMs: number }[] = [];

  return {
    sawHead(number) {
      head = number;
      const last = sightings.at(-1);
      if (number <= (last?.number ?? indexed ?? -1)) return;
      if (sightings.length < sightingsMax) sightings.push({ number, atMs: clock.wallMs() });
    },
    indexed(number) {
      indexed = number;
      sightings = sightings.filter((sighting) => sighting.number > (number ?? -1));
    },
    finalized(number) {
      finalized = number;
    },
    reorganised(depth) {
      const bucket = String(depthBuckets.find((most) => depth <= most) ?? "more");
      reorgsTotal[bucket] = (reorgsTotal[bucket] ?? 0) + 1;
    },
    retracted(events) {
      retractionsTotal += events;
    },
    failed(check) {
      verifyFailuresTotal[check] = (verifyFailuresTotal[check] ?? 0) + 1;
    },
    state() {
      const [oldest] = sightings;
      return {
        ...{ head, indexed, finalized, retractionsTotal },
        lagBlocks: head === undefined ? undefined : Math.max(0, head - (indexed ?? -1)),
        lagSeconds: oldest ? Math.max(0, (clock.wallMs() - oldest.atMs) / 1_000) : 0,
        reorgsTotal: { ...reorgsTotal },
        verifyFailuresTotal: { ...verifyFailuresTotal },
      };
    },
  };
}
