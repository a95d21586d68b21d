import type { Context } from "../shared/context.ts";
import { createSignal, type Signal } from "../shared/signal.ts";
import { findActs } from "../store/actOutcomes.ts";
import type { Store } from "../store/store.ts";
import { type ActReply, isSettled, toActReply } from "./actReply.ts";

export interface ActWatch {
  /**
   * The act as it stands once the ledger or a person has decided, or the time is over, or the gateway stops. Undefined
   * for an order that is not this organisation's.
   */
  settled(organisationId: string, orderId: string, timeoutMs: number): Promise<ActReply | undefined>;
}

interface Waiter {
  readonly organisationId: string;
  readonly orderId: string;
  readonly endMs: number;
  readonly resolve: (act: ActReply | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Looks again by itself: a wake-up may be lost, and an act can end without a block. */
const pollMs = 500;
/** Between two looks, however often the index commits. */
const pauseMs = 10;
/** Ids in one statement. */
const lookMax = 1_000;

/** Everybody who waits for an act shares one look at the store after each commit of the index. */
export function createActWatch(options: { context: Context; store: Store; indexed: Signal }): ActWatch {
  const { context, store, indexed } = options;
  const waiters = new Set<Waiter>();
  const joined = createSignal();
  let isLooking = false;

  async function lookWhileAwaited(): Promise<void> {
    while (waiters.size > 0) {
      const round = new AbortController();
      // Registered before looking, so that a commit in between is not missed.
      const more = Promise.race([indexed.next(nextEndMs(), round.signal), joined.next(pollMs, round.signal)]);
      await look([...waiters].slice(0, lookMax));
      if (!context.shutdown.signal.aborted) await more;
      round.abort();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    isLooking = false;
  }

  function nextEndMs(): number {
    const first = Math.min(...[...waiters].map(({ endMs }) => endMs));
    return Math.max(1, Math.min(pollMs, first - context.clock.wallMs()));
  }

  async function look(asked: readonly Waiter[]): Promise<void> {
    const now = context.clock.wallMs();
    const isOver = (waiter: Waiter) => waiter.endMs <= now || context.shutdown.signal.aborted;
    try {
      await answer(asked, { onlySettled: true });
      const late = asked.filter((waiter) => waiters.has(waiter) && isOver(waiter));
      if (late.length > 0) await answer(late, { onlySettled: false });
    } catch (error) {
      for (const waiter of asked) if (waiters.delete(waiter)) waiter.reject(error);
    }
  }

  async function answer(asked: readonly Waiter[], which: { onlySettled: boolean }): Promise<void> {
    const ids = [...new Set(asked.map(({ orderId }) => orderId))];
    const acts = new Map((await findActs(store.db, ids, which)).map((row) => [row.orderId, row]));
    for (const waiter of asked) {
      const row = acts.get(waiter.orderId);
      const act = row?.organisationId === waiter.organisationId ? toActReply(row) : undefined;
      if (which.onlySettled && !(act && isSettled(act))) continue;
      waiters.delete(waiter);
      waiter.resolve(act);
    }
  }

  return {
    settled(organisationId, orderId, timeoutMs) {
      const endMs = context.clock.wallMs() + timeoutMs;
      return new Promise((resolve, reject) => {
        waiters.add({ organisationId, orderId, endMs, resolve, reject });
        joined.fire();
        if (isLooking) return;
        isLooking = true;
        void lookWhileAwaited();
      });
    },
  };
}
