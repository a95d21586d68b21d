import type { CommittedTextRow } from "./schema/originals.ts";
import type { Transaction } from "./store.ts";

export interface NewCommittedText {
  readonly commitment: string;
  readonly organisationId: string;
  readonly kind: CommittedTextRow["kind"]["__select__"];
  readonly text: string;
  readonly salt: string | null;
  readonly orderId: string;
  readonly createdAtMs: number;
}

/** The same commitment is the same text: kept once. */
export async function insertCommittedText(tx: Transaction, one: NewCommittedText): Promise<void> {
  await tx
    .insertInto("committed_texts")
    .values({
      commitment: one.commitment,
      organisation_id: one.organisationId,
      kind: one.kind,
      text: one.text,
      salt: one.salt,
      order_id: one.orderId,
      created_at_ms: one.createdAtMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
