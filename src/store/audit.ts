import { createHash } from "node:crypto";
import { type Selectable, sql } from "kysely";
import type { AuditRow } from "./schema/chain.ts";
import type { Db, Transaction } from "./store.ts";

export interface AuditEntry {
  readonly atMs: number;
  readonly organisationId: string | null;
  readonly userId: string | null;
  readonly action: string;
  readonly subject: string;
}

/** An intact chain with its last hash, or the first row that does not follow from those before it. */
export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly lastHash: string }
  | { readonly ok: false; readonly position: number };

/** What a row's hash covers: the chain so far, its place in it, and everything it says. */
function hashOf(previousHash: string, position: number, entry: AuditEntry): string {
  const { atMs, organisationId, userId, action, subject } = entry;
  return createHash("sha256")
    .update(JSON.stringify([previousHash, position, atMs, organisationId, userId, action, subject]))
    .digest("hex");
}

/** Appends to the hash-chained audit log, in the transaction that does what it records. */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  await lockAudit(tx);
  await appendAudits(tx, [entry]);
}

/**
 * One writer at a time, or two entries would name the same predecessor. A transaction that will lock rows as well takes
 * this first, so that two of them never wait for each other.
 */
export async function lockAudit(tx: Transaction): Promise<void> {
  await sql`lock table audit in exclusive mode`.execute(tx);
}

/** Appends several entries, in their order, in a transaction that has taken the lock. */
export async function appendAudits(tx: Transaction, entries: readonly AuditEntry[]): Promise<void> {
  const last = await tx
    .selectFrom("audit")
    .select(["position", "hash"])
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  let position = last?.position ?? 0;
  let previousHash = last?.hash ?? "";
  const rows = entries.map((entry) => {
    const { atMs, organisationId, userId, action, subject } = entry;
    position += 1;
    const hash = hashOf(previousHash, position, entry);
    const row = {
      position,
      at_ms: atMs,
      organisation_id: organisationId,
      user_id: userId,
      action,
      subject,
      previous_hash: previousHash,
      hash,
    };
    previousHash = hash;
    return row;
  });
  if (rows.length > 0) await tx.insertInto("audit").values(rows).execute();
}

/**
 * Reads the whole log, `page` rows at a time, and checks each against its predecessor. Rows cut off at the end leave an
 * intact chain: only a last hash that was kept elsewhere shows that.
 */
export async function verifyAudit(db: Db, page = 1_000): Promise<AuditVerdict> {
  let entries = 0;
  let lastHash = "";
  for (;;) {
    const rows = await db
      .selectFrom("audit")
      .selectAll()
      .where("position", ">", entries === 0 ? Number.MIN_SAFE_INTEGER : entries)
      .orderBy("position")
      .limit(page)
      .execute();
    for (const row of rows) {
      if (!follows(row, entries, lastHash)) return { ok: false, position: row.position };
      entries = row.position;
      lastHash = row.hash;
    }
    if (rows.length < page) return { ok: true, entries, lastHash };
  }
}

function follows(row: Selectable<AuditRow>, entries: number, lastHash: string): boolean {
  const { position, at_ms: atMs, organisation_id: organisationId, user_id: userId, action, subject } = row;
  if (position !== entries + 1 || row.previous_hash !== lastHash) return false;
  return row.hash === hashOf(lastHash, position, { atMs, organisationId, userId, action, subject });
}
