import type { Db, Transaction } from "./store.ts";

export interface NewMessage {
  readonly id: string;
  readonly organisationId: string;
  readonly direction: "outgoing" | "incoming";
  readonly type: string;
  readonly release: string;
  readonly reference: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly text: string;
  readonly contentHash: string;
  readonly findings: readonly unknown[];
  readonly basedOn: string | null;
  readonly createdAtMs: number;
}

/** Keeps a message. False when the folder has it already: the same bytes, or the same credit of the same sender. */
export async function insertMessage(tx: Transaction, message: NewMessage): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("messages")
    .values({
      id: message.id,
      organisation_id: message.organisationId,
      direction: message.direction,
      type: message.type,
      release: message.release,
      reference: message.reference,
      sender: message.sender,
      receiver: message.receiver,
      text: message.text,
      content_hash: message.contentHash,
      findings: JSON.stringify(message.findings),
      based_on: message.basedOn,
      created_at_ms: message.createdAtMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** A message in this organisation's folder; a foreign id is not found. */
export function findMessage(db: Db, organisationId: string, id: string) {
  return db
    .selectFrom("messages")
    .selectAll()
    .where("organisation_id", "=", organisationId)
    .where("id", "=", id)
    .executeTakeFirst();
}

/** The folder in order of ids, without the texts. */
export function listMessages(
  db: Db,
  organisationId: string,
  filter: { type: string | undefined; cursor: string | undefined; limit: number },
) {
  const { type } = filter;
  return db
    .selectFrom("messages")
    .select(["id", "direction", "type", "release", "reference", "sender", "receiver", "based_on", "created_at_ms"])
    .where("organisation_id", "=", organisationId)
    .where("id", ">", filter.cursor ?? "")
    .$if(type !== undefined, (query) => query.where("type", "=", type ?? ""))
    .orderBy("id")
    .limit(filter.limit + 1)
    .execute();
}
