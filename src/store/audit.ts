import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Transaction } from "./store.ts";

export interface AuditEntry {
  readonly atMs: number;
  readonly organisationId: string | null;
  readonly userId: string | null;
  readonly action: string;
  readonly subject: string;
}

/** Appends to the hash-chained audit log, in the transaction that does what it records. */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  // One writer at a time, or two entries would name the same predecessor.
  await sql`lock table audit in exclusive mode`.execute(tx);
  const last = await tx
    .selectFrom("audit")
    .select(["position", "hash"])
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  const position = (last?.position ?? 0) + 1;
  const previousHash = last?.hash ?? "";
  const { atMs, organisationId, userId, action, subject } = entry;
  const hash = createHash("sha256")
    .update(JSON.stringify([previousHash, position, atMs, organisationId, userId, action, subject]))
    .digest("hex");
  await tx
    .insertInto("audit")
    .values({
      position,
      at_ms: atMs,
      organisation_id: organisationId,
      user_id: userId,
      action,
      subject,
      previous_hash: previousHash,
      hash,
    })
    .execute();
}
