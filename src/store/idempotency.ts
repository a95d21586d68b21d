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

interface Commit extends Key {
  readonly fingerprint: string;
  readonly commit: (tx: Transaction) => Promise<StoredReply>;
}

type Outcome = { readonly kind: "fresh" | "replayed"; readonly reply: StoredReply } | { readonly kind: "conflict" };

/**
 * Idempotency records (the port that src/http declares). The record and the effects of the request are one commit, so a
 * reply is stored exactly when its effects are.
 */
export function createIdempotencyStore(store: Store, wallMs: () => number) {
  async function find({ callerOrganisationId, userId, key }: Key) {
    const row = await store.db
      .selectFrom("idempotency")
      .selectAll()
      .where("organisation_id", "=", callerOrganisationId ?? "")
      .where("user_id", "=", userId ?? "")
      .where("key", "=", key)
      .executeTakeFirst();
    if (!row) return undefined;
    const contentType = row.content_type === "" ? null : row.content_type;
    const reply: StoredReply = { status: row.status, contentType, bodyBytes: row.body, headers: row.headers };
    return { fingerprint: row.fingerprint, reply };
  }

  function commitFresh(write: Commit): Promise<StoredReply> {
    return store.transaction(async (tx) => {
      const reply = await write.commit(tx);
      await tx
        .insertInto("idempotency")
        .values({
          organisation_id: write.callerOrganisationId ?? "",
          user_id: write.userId ?? "",
          key: write.key,
          fingerprint: write.fingerprint,
          status: reply.status,
          content_type: reply.contentType ?? "",
          body: reply.bodyBytes,
          headers: JSON.stringify(reply.headers),
          created_at_ms: wallMs(),
        })
        .execute();
      return reply;
    });
  }

  return {
    find,
    async commitOnce(write: Commit): Promise<Outcome> {
      try {
        return { kind: "fresh", reply: await commitFresh(write) };
      } catch (error) {
        // Another request with this key may have committed first, or this very commit may have been done although its
        // answer was lost. Whatever the error says then: a record means that the act took effect, once.
        const record = await find(write);
        if (!record) throw error;
        if (record.fingerprint !== write.fingerprint) return { kind: "conflict" };
        return { kind: "replayed", reply: record.reply };
      }
    },
  };
}
