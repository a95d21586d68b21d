import { sql } from "kysely";
import { type AppError, invariant } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { runInsideTransaction } from "../shared/transactionScope.ts";
import { lockAudit } from "./audit.ts";
import { insertActsWithRoom, type NewAct } from "./newActs.ts";
import { knownRefusal } from "./queue.ts";
import type { Transaction } from "./store.ts";

/** A write that may share its transaction with others. */
export interface QueuedCommit<R> {
  /** SQL only. Throws to refuse; then nothing of it is stored. */
  readonly commit: (tx: Transaction) => Promise<R>;
  /** A new act as data, with the result: the same as `commit` does, for many acts in one statement. */
  readonly act?: { readonly rows: NewAct; readonly result: R } | undefined;
}

/** Runs in the commit's transaction, after it: the records of these results. */
export type RecordResults<C, R> = (
  tx: Transaction,
  done: readonly { readonly commit: C; readonly result: R }[],
) => Promise<void>;

export interface GroupMember<C> {
  readonly commit: C;
  /** Runs work in the context of the request that the commit belongs to. */
  readonly inContext: <T>(work: () => T) => T;
}

export type Outcome<R> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: unknown };

/** Several writes in one transaction. Both throw only where the transaction as a whole has to be undone. */
export interface GroupCommit<C, R> {
  /**
   * As few statements as it takes. New acts among themselves have no savepoints: one that is refused undoes all, except
   * where the queue has no room for it.
   */
  all(tx: Transaction, group: readonly GroupMember<C>[]): Promise<readonly Outcome<R>[]>;
  /** Each behind a savepoint of its own. */
  each(tx: Transaction, group: readonly GroupMember<C>[]): Promise<readonly Outcome<R>[]>;
}

export function createGroupCommit<C extends QueuedCommit<R>, R>(record: RecordResults<C, R>): GroupCommit<C, R> {
  type Group = readonly GroupMember<C>[];

  async function all(tx: Transaction, group: Group): Promise<readonly Outcome<R>[]> {
    const [first, ...more] = group;
    if (first && more.length === 0) return [{ ok: true, result: await commitOne(tx, first) }];
    const runs = runsOf(group);
    if (runs.length === 1 && first?.commit.act) return await commitActs(tx, group);
    // Before any row is locked, so that two gateways never wait for each other.
    await lockAudit(tx);
    const outcomes: Outcome<R>[] = [];
    for (const run of runs) outcomes.push(...(await commitRun(tx, run)));
    return outcomes;
  }

  /** Several acts in a row are tried at once; if any of them is refused, one after the other. */
  async function commitRun(tx: Transaction, run: Group): Promise<readonly Outcome<R>[]> {
    const together = run.length > 1 ? await within(tx, () => commitActs(tx, run)) : undefined;
    return together?.ok ? together.result : await each(tx, run);
  }

  async function each(tx: Transaction, group: Group): Promise<readonly Outcome<R>[]> {
    const outcomes: Outcome<R>[] = [];
    for (const one of group) {
      const error = refusalBefore(tx, one.commit);
      outcomes.push(error ? { ok: false, error } : await within(tx, () => commitOne(tx, one)));
    }
    return outcomes;
  }

  /** All for which the queue has room or, when this throws, none. */
  async function commitActs(tx: Transaction, group: Group): Promise<readonly Outcome<R>[]> {
    const acts = group.flatMap(({ commit }) => (commit.act ? [{ commit, ...commit.act }] : []));
    invariant(acts.length === group.length, "only acts are stored together");
    const refusals = await insertActsWithRoom(
      tx,
      acts.map(({ rows }) => rows),
      limits.queue,
    );
    const done = acts.filter((_, place) => !refusals[place]);
    if (done.length > 0) await record(tx, done);
    return acts.map(({ result }, place) => {
      const error = refusals[place];
      return error ? { ok: false, error } : { ok: true, result };
    });
  }

  async function commitOne(tx: Transaction, { commit, inContext }: GroupMember<C>): Promise<R> {
    const result = await inContext(() => runInsideTransaction(() => commit.commit(tx)));
    await record(tx, [{ commit, result }]);
    return result;
  }

  return { all, each };
}

/** Why an act cannot have room, where the transaction knows by now: then it is refused without a statement. */
function refusalBefore(tx: Transaction, { act }: QueuedCommit<unknown>): AppError | undefined {
  const organisationId = act?.rows.transaction?.organisationId;
  return organisationId === undefined ? undefined : knownRefusal(tx, organisationId, limits.queue);
}

/** Neighbours that are acts together, everything else alone; the order stays. */
function runsOf<C extends QueuedCommit<unknown>>(
  group: readonly GroupMember<C>[],
): readonly (readonly GroupMember<C>[])[] {
  const runs: GroupMember<C>[][] = [];
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
