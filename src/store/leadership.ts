import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Leadership, Lease } from "../domain/leadership.ts";
import { AppError } from "../shared/errors.ts";
import type { Session } from "./session.ts";
import type { Store, Transaction } from "./store.ts";

/**
 * The first statement of every write that only a leader may make. Until `tx` ends nobody can take a new epoch of the
 * name, so what it writes is written before the next leader begins.
 * @throws AppError `leader.superseded` when the lease's epoch is not the last one.
 */
export async function assertLeader(tx: Transaction, lease: Lease): Promise<void> {
  const row = await tx
    .selectFrom("leaders")
    .select("epoch")
    .where("name", "=", lease.name)
    .forShare()
    .executeTakeFirst();
  if (row?.epoch !== lease.epoch) {
    throw new AppError("leader.superseded", { name: lease.name, epoch: lease.epoch, lastEpoch: row?.epoch ?? null });
  }
}

/** What keeps others from the lead. It may go at any time; the epoch decides who may write. */
interface Lock {
  isLost(): boolean;
  release(): Promise<void>;
}

/**
 * On a server the lead is an advisory lock of one session outside the pool, the same for all names: when that session
 * ends, so do all its locks. The embedded store belongs to this process alone, and only the epoch counts on.
 *
 * `acquire` gives undefined also for a name that this object holds already. Errors: `store.unavailable`, and
 * `store.transaction_timeout` while the leader before is stuck inside a write.
 */
export function createLeadership(store: Store): Leadership {
  const takeLock = store.openSession ? createLocks(store.openSession) : takeNothing;
  const held = new Map<string, { readonly lock: Lock; readonly epoch: number }>();
  const acquiring = new Set<string>();

  const lockOf = ({ name, epoch }: Lease) => {
    const holding = held.get(name);
    return holding?.epoch === epoch ? holding.lock : undefined;
  };

  async function takeLead(name: string): Promise<Lease | undefined> {
    const lock = await takeLock(name);
    if (!lock) return undefined;
    try {
      const epoch = await nextEpoch(store, name);
      held.set(name, { lock, epoch });
      return { name, epoch };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  return {
    async acquire(name) {
      if (acquiring.has(name) || held.get(name)?.lock.isLost() === false) return undefined;
      acquiring.add(name);
      try {
        return await takeLead(name);
      } finally {
        acquiring.delete(name);
      }
    },
    async release(lease) {
      const lock = lockOf(lease);
      if (!lock) return;
      held.delete(lease.name);
      await lock.release();
    },
    isLost: (lease) => lockOf(lease)?.isLost() ?? true,
  };
}

/** Waits for writes that still hold the epoch before: they are done when the new one begins. */
function nextEpoch(store: Store, name: string): Promise<number> {
  return store.transaction(async (tx) => {
    const { epoch } = await tx
      .insertInto("leaders")
      .values({ name, epoch: 1 })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ epoch: sql`leaders.epoch + 1` }))
      .returning("epoch")
      .executeTakeFirstOrThrow();
    return epoch;
  });
}

function takeNothing(): Promise<Lock | undefined> {
  return Promise.resolve({ isLost: () => false, release: async () => undefined });
}

function createLocks(openSession: () => Promise<Session>): (name: string) => Promise<Lock | undefined> {
  let opening: Promise<Session> | undefined;

  async function session(): Promise<Session> {
    opening ??= openSession();
    const latest = opening;
    const open = await latest.catch((error: unknown) => {
      if (opening === latest) opening = undefined;
      throw error;
    });
    if (!open.isEnded()) return open;
    // Of several who find it ended, the first opens the next one for all.
    if (opening === latest) opening = undefined;
    return session();
  }

  return async (name) => {
    const holder = await session();
    const [row] = await holder.query("select pg_try_advisory_lock($1::bigint) as taken", [lockKeyOf(name)]);
    if (row?.["taken"] !== true) return undefined;
    return {
      isLost: holder.isEnded,
      async release() {
        // A session that is gone has given its locks back.
        await holder.query("select pg_advisory_unlock($1::bigint)", [lockKeyOf(name)]).catch(() => undefined);
      },
    };
  };
}

/** The same in every release; PostgreSQL's own `hashtext` promises nothing across versions. */
function lockKeyOf(name: string): string {
  return createHash("sha256").update(`hansa leader ${name}`).digest().readBigInt64BE().toString();
}
