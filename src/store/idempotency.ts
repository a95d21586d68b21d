import { sql } from "kysely";
import { createGatherer } from "../shared/gather.ts";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import { createCommitQueue } from "./commitQueue.ts";
import type { QueuedCommit, RecordResults } from "./groupCommit.ts";
import type { Store, Transaction } from "./store.ts";

interface Key {
  readonly callerOrganisationId: string | null;
  readonly userId: string | null;
  readonly key: string;
}

interface StoredReply {
  readonly status: number;
  readonly contentType: string | null;
  readonly bodyBytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

interface Commit extends Key, QueuedCommit<StoredReply> {
  readonly fingerprint: string;
}

type Outcome = { readonly kind: "fresh" | "replayed"; readonly reply: StoredReply } | { readonly kind: "conflict" };

interface Found {
  readonly fingerprint: string;
  readonly reply: StoredReply;
}

/** Records looked up in one statement. */
const findsMax = 100;

/**
 * Idempotency records (the port that src/http declares). The record and the effects of the request are one commit, so a
 * reply is stored exactly when its effects are. `onCommitted` hears how many writes shared each commit.
 */
export function createIdempotencyStore(store: Store, wallMs: () => number, onCommitted?: (writes: number) => void) {
  const record = (...[tx, done]: Parameters<RecordResults<Commit, StoredReply>>) => insertRecords(tx, done, wallMs());
  const queue = createCommitQueue<Commit, StoredReply>(store, record, onCommitted);

  const gathered = createGatherer((keys: readonly Key[]) => findRecords(store, keys), { max: findsMax });

  function find(key: Key): Promise<Found | undefined> {
    assertOutsideTransaction("a query outside the open transaction");
    return gathered(key);
  }

  async function commitOnce(write: Commit): Promise<Outcome> {
    try {
      return { kind: "fresh", reply: await queue.commit(write) };
    } catch (error) {
      // Another request with this key may have committed first, or this very commit may have been done although its
      // answer was lost. Whatever the error says then: a record means that the act took effect, once.
      const record = await find(write);
      if (!record) throw error;
      if (record.fingerprint !== write.fingerprint) return { kind: "conflict" };
      return { kind: "replayed", reply: record.reply };
    }
  }

  return {
    find,

    /** Records of many keys of one caller, each at the place of its key. */
    findMany(scope: Omit<Key, "key">, keys: readonly string[]): Promise<readonly (Found | undefined)[]> {
      return findRecords(
        store,
        keys.map((key) => ({ ...scope, key })),
      );
    },

    commitOnce,

    /** As `commitOnce` for each, in few transactions, in the order given. One that is refused takes no other with it. */
    commitMany(writes: readonly Commit[]): Promise<readonly PromiseSettledResult<Outcome>[]> {
      return Promise.allSettled(writes.map(commitOnce));
    },
  };
}

interface Row {
  readonly fingerprint: string;
  readonly status: number;
  readonly content_type: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

async function findRecords({ db }: Store, keys: readonly Key[]): Promise<readonly (Found | undefined)[]> {
  const asked = keys.map(({ callerOrganisationId, userId, key }, place) => ({
    ...{ place, organisation_id: callerOrganisationId ?? "", user_id: userId ?? "", key },
  }));
  const { rows } = await sql<Row & { place: number }>`
    select place, fingerprint, status, content_type, body, headers
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as asked (place int, organisation_id text, user_id text, key text)
    join idempotency using (organisation_id, user_id, key)
  `.execute(db);
  const found = new Map(rows.map((row) => [row.place, toFound(row)]));
  return keys.map((_, place) => found.get(place));
}

function toFound({ fingerprint, status, content_type: type, body, headers }: Row): Found {
  return { fingerprint, reply: { status, contentType: type === "" ? null : type, bodyBytes: body, headers } };
}

async function insertRecords(
  tx: Transaction,
  done: readonly { readonly commit: Commit; readonly result: StoredReply }[],
  createdAtMs: number,
): Promise<void> {
  const rows = done.map(({ commit, result }) => ({
    organisation_id: commit.callerOrganisationId ?? "",
    user_id: commit.userId ?? "",
    key: commit.key,
    fingerprint: commit.fingerprint,
    status: result.status,
    content_type: result.contentType ?? "",
    body: Buffer.from(result.bodyBytes).toString("base64"),
    headers: result.headers,
  }));
  await sql`
    insert into idempotency (organisation_id, user_id, key, fingerprint, status, content_type, body, headers,
      created_at_ms)
    select organisation_id, user_id, key, fingerprint, status, content_type, decode(body, 'base64'), headers,
      ${createdAtMs}::bigint
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (organisation_id text, user_id text, key text,
      fingerprint text, status int, content_type text, body text, headers jsonb)
  `.execute(tx);
}
