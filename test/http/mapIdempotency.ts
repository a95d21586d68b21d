import type { IdempotencyKey, IdempotencyPort, IdempotencyRecord } from "../../src/http/idempotency.ts";
import type { Transaction } from "../../src/store/store.ts";

/**
 * A test double of the store's idempotency records: one process, one Map, commits one after another. It shows what
 * the http layer expects of the store; `idempotencySuite.ts` runs on it here and on the real store in its own tests.
 */
export function createMapIdempotency(): IdempotencyPort {
  const records = new Map<string, IdempotencyRecord>();
  let queue: Promise<unknown> = Promise.resolve();
  const nameOf = ({ callerOrganisationId, userId, key }: IdempotencyKey) =>
    JSON.stringify([callerOrganisationId, userId, key]);

  const find: IdempotencyPort["find"] = async (key) => records.get(nameOf(key));
  const commitOnce: IdempotencyPort["commitOnce"] = (write) => {
    const name = nameOf(write);
    const turn = queue.then(async () => {
      const existing = records.get(name);
      if (existing !== undefined && existing.fingerprint !== write.fingerprint) return { kind: "conflict" as const };
      if (existing !== undefined) return { kind: "replayed" as const, reply: existing.reply };
      const reply = await write.commit({} as Transaction);
      records.set(name, { fingerprint: write.fingerprint, reply });
      return { kind: "fresh" as const, reply };
    });
    queue = turn.catch(() => {});
    return turn;
  };
  return {
    find,
    findMany: (scope, keys) => Promise.all(keys.map((key) => find({ ...scope, key }))),
    commitOnce,
    commitMany: (writes) => Promise.allSettled(writes.map(commitOnce)),
  };
}
