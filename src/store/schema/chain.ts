import type { GeneratedAlways, JSONColumnType } from "kysely";
import type { Fee, TransactionStatus } from "../../domain/transaction.ts";
import type { Fixed } from "./parties.ts";

export interface StoredCall {
  readonly target: string;
  readonly data: string;
}

export interface StoredApproval {
  readonly userId: string;
  readonly signer: string;
  readonly signature: string;
}

/** An order of an organisation's account: what its keys sign (an original). */
export interface OrderRow {
  id: Fixed<string>;
  organisation_id: Fixed<string>;
  /** What it does, such as `credit.issue`. */
  kind: Fixed<string>;
  /** Id of the deal or thing it concerns. */
  subject: Fixed<string>;
  /** One id or two that its place among other acts is kept for. */
  deals: JSONColumnType<string[]>;
  /** Decoded for people: what exactly is signed. */
  summary: JSONColumnType<Record<string, unknown>>;
  account: Fixed<string>;
  calls: JSONColumnType<StoredCall[]>;
  nonce: Fixed<string>;
  deadline: Fixed<number>;
  order_hash: Fixed<string>;
  approvals: JSONColumnType<StoredApproval[]>;
  /** `lapsed` is computed from the deadline, never stored; `signed` is a consent that was given and sends nothing. */
  status: "awaiting_approval" | "submitted" | "signed" | "rejected" | "withdrawn" | "voided";
  proposed_by: Fixed<string>;
  reason: string | null;
  transaction_id: string | null;
  created_at_ms: Fixed<number>;
}

/** An intent and what became of it (an original). */
export interface TransactionRow {
  id: Fixed<string>;
  /** Order in which a lane sends. */
  position: GeneratedAlways<number>;
  organisation_id: Fixed<string>;
  order_id: string | null;
  kind: Fixed<string>;
  subject: Fixed<string>;
  /** What its order among others is kept for: id of the credit, escrow or account. */
  deal: Fixed<string>;
  other_deal: Fixed<string | null>;
  /** Of `slotCount`; decides the lane. */
  slot: Fixed<number>;
  target: Fixed<string>;
  data: Fixed<string>;
  status: TransactionStatus;
  lane: string | null;
  nonce: number | null;
  /** The attempt that was mined, or else the last one. */
  hash: string | null;
  block_number: number | null;
  block_hash: string | null;
  /** For failed ones: the code of why. */
  error: string | null;
  trace_parent: Fixed<string | null>;
  /** User who asked for its cancellation. */
  cancel_requested_by: string | null;
  noop_means: "cancelled" | "dead" | null;
  created_at_ms: Fixed<number>;
}

/** Every signed transaction that may ever have left (an original). */
export interface AttemptRow {
  hash: Fixed<string>;
  transaction_id: Fixed<string>;
  lane: Fixed<string>;
  nonce: Fixed<number>;
  kind: Fixed<"act" | "noop">;
  raw: Fixed<string>;
  fee: JSONColumnType<Fee>;
  signed_at_ms: Fixed<number>;
  broadcast_at_ms: number | null;
}

export interface LaneRow {
  address: Fixed<string>;
  number: Fixed<number>;
  next_nonce: number;
}

/** Fencing: only a lease with the last epoch of its name may write. */
export interface LeaderRow {
  name: Fixed<string>;
  epoch: number;
}

/** Saved replies, so that a lost reply can be asked for again (an original). */
export interface IdempotencyRow {
  organisation_id: Fixed<string>;
  key: Fixed<string>;
  user_id: Fixed<string>;
  fingerprint: Fixed<string>;
  status: Fixed<number>;
  content_type: Fixed<string>;
  body: Fixed<Uint8Array>;
  headers: JSONColumnType<Record<string, string>>;
  created_at_ms: Fixed<number>;
}

export interface BlockRow {
  number: Fixed<number>;
  hash: Fixed<string>;
  parent_hash: Fixed<string>;
  timestamp: Fixed<number>;
}

/** One row: what of the ledger is final, and how far a rebuild of the views has come. */
export interface ChainStateRow {
  id: Fixed<number>;
  finalized_number: number | null;
  finalized_hash: string | null;
  /** The last block that a rebuild has applied, -1 before the first; null while no rebuild is under way. */
  rebuild_position: number | null;
  rebuild_differences: JSONColumnType<string[]>;
}

/** Blocks that a reorganisation took away, for audit (an original). */
export interface OrphanedBlockRow extends BlockRow {
  position: GeneratedAlways<number>;
  orphaned_at_ms: Fixed<number>;
}

/** How to take back what a block that is not final did to views. Rows are written by triggers. */
export interface UndoRow {
  position: GeneratedAlways<number>;
  block_number: Fixed<number>;
  table_name: Fixed<string>;
  key: JSONColumnType<Record<string, unknown>>;
  operation: Fixed<"insert" | "update" | "delete">;
  /** Old values of changed columns. */
  old: JSONColumnType<Record<string, unknown>> | null;
}

/** The gap-free sequence of each organisation (an original: re-indexing leaves it alone). */
export interface EventRow {
  organisation_id: Fixed<string>;
  sequence: Fixed<number>;
  type: Fixed<string>;
  subject: Fixed<string>;
  data: JSONColumnType<Record<string, unknown>>;
  block_number: Fixed<number>;
  block_hash: Fixed<string>;
  log_index: Fixed<number>;
  occurred_at: Fixed<number>;
  /** Sequence number of the event that this entry takes back. */
  retracts: Fixed<number | null>;
  /** Sequence number of the entry that took this one back. */
  retracted_by: number | null;
}

export interface EventSequenceRow {
  organisation_id: Fixed<string>;
  next_sequence: number;
}

/** Append-only and hash-chained: who did what when (an original). */
export interface AuditRow {
  position: Fixed<number>;
  at_ms: Fixed<number>;
  organisation_id: Fixed<string | null>;
  user_id: Fixed<string | null>;
  action: Fixed<string>;
  subject: Fixed<string>;
  previous_hash: Fixed<string>;
  hash: Fixed<string>;
}

/** Which ledger this store belongs to. */
export interface LedgerRow {
  id: Fixed<number>;
  chain_id: number;
  genesis_hash: string;
  contract_set: string;
  addresses: JSONColumnType<Record<string, string>>;
}

export interface ChainSchema {
  orders: OrderRow;
  transactions: TransactionRow;
  attempts: AttemptRow;
  lanes: LaneRow;
  leaders: LeaderRow;
  idempotency: IdempotencyRow;
  chain_state: ChainStateRow;
  blocks: BlockRow;
  orphaned_blocks: OrphanedBlockRow;
  undo: UndoRow;
  events: EventRow;
  event_sequences: EventSequenceRow;
  audit: AuditRow;
  ledger: LedgerRow;
}
