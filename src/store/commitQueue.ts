import { AsyncLocalStorage } from "node:async_hooks";
import { sql } from "kysely";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { runInsideTransaction } from "../shared/transactionScope.ts";
import { lockAudit } from "./audit.ts";
import { insertNewActs, type NewAct } from "./newActs.ts";
import type { Store, Transaction } from "./store.ts";

/** A write that may share its transaction with others. */
export interface QueuedCommit<R> {
  /** SQL only. Throws to refuse; then nothing of it is stored. */
  readonly commit: (tx: Transaction) => Promise<R>;
  /** A new act as data, with the result: the same as `commit` does, for many acts in one statement. */
  readonly act?: { readonly rows: NewAct; readonly result: R } | undefined;
}

/** Runs in the commit's transaction, after it: the records of these results. */
type Record<C, R> = (tx: Transaction, done: readonly { readonly commit: C; readonly result: R }[]) => Promise<void>;

interface Waiting<C, R> {
  readonly commit: C;
  /** Runs work in the context of the request that the commit belongs to. */
  readonly inContext: <T>(work: () => T) => T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome<R> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: unknown };

/**
 * Writes that come while another one commits wait for each other and share the next transaction: each has a savepoint,
 * so that one which fails takes nothing of the others with it, and all are acknowledged after their common commit. Under
 * load a forced write to the disk then serves up to fifty acts; a write alone waits for nobody.
 */
export function createCommitQueue<C extends QueuedCommit<R>, R>(store: Store, record: Record<C, R>) {
  const waiting: Waiting<C, R>[] = [];
  let isBusy = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) await commitNext();
    isBusy = false;
  }

  /** Whoever arrives before the transaction has begun still takes part in it. */
  async function commitNext(): Promise<void> {
    let group: readonly Waiting<C, R>[] = [];
    try {
      const outcomes = await store.transaction(async (tx) => {
        group = waiting.splice(0, limits.actsPerCommit);
        return await commitGroup(tx, group);
      });
      settle(group, outcomes);
    } catch (error) {
      if (group.length === 0) group = waiting.splice(0, limits.actsPerCommit);
      if (group.length > 1 && isTooLong(error)) await commitOneByOne(group);
      else for (const { reject } of group) reject(error);
    }
  }

  /** Together they took too long and were undone; each alone has the whole time. */
  async function commitOneByOne(group: readonly Waiting<C, R>[]): Promise<void> {
    for (const one of group) {
      try {
        settle([one], await store.transaction((tx) => commitGroup(tx, [one])));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  async function commitGroup(tx: Transaction, group: readonly Waiting<C, R>[]): Promise<readonly Outcome<R>[]> {
    const [first, ...more] = group;
    if (first && more.length === 0) return [{ ok: true, result: await commitOne(tx, first) }];
    // Before any row is locked, so that two gateways never wait for each other.
    await lockAudit(tx);
    const outcomes: Outcome<R>[] = [];
    for (const run of runsOf(group)) outcomes.push(...(await commitRun(tx, run)));
    return outcomes;
  }

  /** Several acts in a row are tried at once; if any of them is refused, one after the other. */
  async function commitRun(tx: Transaction, run: readonly Waiting<C, R>[]): Promise<readonly Outcome<R>[]> {
    const acts = run.flatMap(({ commit }) => (commit.act ? [commit.act] : []));
    if (run.length > 1 && acts.length === run.length) {
      const all = await within(tx, async () => {
        const rows = acts.map(({ rows: act }) => act);
        await insertNewActs(tx, rows, limits.queue);
        const results = acts.map(({ result }) => result);
        await record(
          tx,
          run.map(({ commit }, index) => ({ commit, result: results[index] as R })),
        );
        return results;
      });
      if (all.ok) return all.result.map((result) => ({ ok: true, result }));
    }
    const outcomes: Outcome<R>[] = [];
    for (const one of run) outcomes.push(await within(tx, () => commitOne(tx, one)));
    return outcomes;
  }

  async function commitOne(tx: Transaction, { commit, inContext }: Waiting<C, R>): Promise<R> {
    const result = await inContext(() => runInsideTransaction(() => commit.commit(tx)));
    await record(tx, [{ commit, result }]);
    return result;
  }

  return {
    /** Resolves when the commit is on disk. @throws whatever the commit throws, or the store's own fault */
    commit(commit: C): Promise<R> {
      const inContext = AsyncLocalStorage.snapshot();
      return new Promise<R>((resolve, reject) => {
        waiting.push({ commit, inContext, resolve, reject });
        if (isBusy) return;
        isBusy = true;
        // At the end of this turn, so that commits handed over together begin together.
        queueMicrotask(() => void drain());
      });
    },
  };
}

/** Neighbours that are acts together, everything else alone; the order stays. */
function runsOf<C extends QueuedCommit<R>, R>(group: readonly Waiting<C, R>[]): readonly (readonly Waiting<C, R>[])[] {
  const runs: Waiting<C, R>[][] = [];
  for (const one of group) {
    const last = runs.at(-1);
    if (last && one.commit.act && last[0]?.commit.act) last.push(one);
    else runs.push([one]);
  }
  return runs;
}

/** Work behind a savepoint: what it throws undoes it and nothing else. @throws when the connection itself is gone */
async function within<T>(tx: Transaction, work: () => Promise<T>): Promise<Outcome<T>> {
  await sql`savepoint act`.execute(tx);
  try {
    const result = await work();
    await sql`release savepoint act`.execute(tx);
    return { ok: true, result };
  } catch (error) {
    await sql`rollback to savepoint act`.execute(tx);
    await sql`release savepoint act`.execute(tx);
    return { ok: false, error };
  }
}

function settle<C, R>(group: readonly Waiting<C, R>[], outcomes: readonly Outcome<R>[]): void {
  for (const [index, { resolve, reject }] of group.entries()) {
    const outcome = outcomes[index];
    if (outcome?.ok) resolve(outcome.result);
    else reject(outcome?.error);
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof AppError && error.code === "store.transaction_timeout";
}
