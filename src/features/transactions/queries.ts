import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findFinalizedNumber, listAttempts } from "../../store/attempts.ts";
import { findTransaction, listTransactions } from "../../store/orders.ts";
import type { Db } from "../../store/store.ts";
import { TransactionStatus } from "../actReply.ts";
import type { Caller } from "../endpoint.ts";
import { decodeCursor, numberOfCursor, toPage } from "../schemas.ts";

const WeiText = z.string().regex(/^\d{1,78}$/);

/** One signed transaction for the nonce. Any of them may be the one that is mined. */
const AttemptView = z.strictObject({
  hash: z.string(),
  /** *noop*: it sends nothing to the lane itself, only to use up the nonce of a cancelled act. */
  kind: z.enum(["act", "noop"]),
  /** Prices per unit of gas, in wei. */
  fee: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal(0), gasPrice: WeiText }),
    z.strictObject({ type: z.literal(2), maxFeePerGas: WeiText, maxPriorityFeePerGas: WeiText }),
  ]),
  signedAt: z.string(),
  /** When a node was first known to have it; null while it may never have left. */
  broadcastAt: z.string().nullable(),
});

/**
 * An order on its way to the ledger. *mined* is in a block that may still be reorganised away, *final* is not; on a
 * ledger whose blocks are final at once nothing is ever only *mined*.
 */
export const TransactionView = z.strictObject({
  id: z.string(),
  orderId: z.string().nullable(),
  kind: z.string(),
  subject: z.string(),
  status: TransactionStatus,
  /** Nothing will change any more, whatever became of it: its block is final, or it needs none. */
  final: z.boolean(),
  /** The attempt that was mined, or else the last one. */
  hash: z.string().nullable(),
  /** Address of the lane that sends it; null while none has taken it. */
  lane: z.string().nullable(),
  nonce: z.int().nullable(),
  blockNumber: z.int().nullable(),
  blockHash: z.string().nullable(),
  error: z.string().nullable(),
  /** Somebody asked for its cancellation; whether that came in time, `status` says. */
  cancellationRequested: z.boolean(),
  /** Oldest first. */
  attempts: z.array(AttemptView),
});
export type TransactionView = z.infer<typeof TransactionView>;

type Row = NonNullable<Awaited<ReturnType<typeof findTransaction>>>;
type AttemptRow = Awaited<ReturnType<typeof listAttempts>>[number];

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

const ended = ["final", "reverted", "cancelled", "replaced", "dead"];

/** A failure is as sure as its block: with the block it would be taken back. */
function isFinal({ status, block_number: block }: Row, finalized: number): boolean {
  return status === "final" || (ended.includes(status) && (block === null || block <= finalized));
}

function toView(row: Row, attempts: readonly AttemptRow[], finalized: number): TransactionView {
  return {
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    subject: row.subject,
    status: row.status,
    final: isFinal(row, finalized),
    hash: row.hash,
    lane: row.lane,
    nonce: row.nonce,
    blockNumber: row.block_number,
    blockHash: row.block_hash,
    error: row.error,
    cancellationRequested: row.cancel_requested_by !== null,
    attempts: attempts.map(({ hash, kind, fee, signed_at_ms: signedAtMs, broadcast_at_ms: broadcastAtMs }) => ({
      hash,
      kind,
      fee,
      signedAt: rfc3339(signedAtMs),
      broadcastAt: broadcastAtMs === null ? null : rfc3339(broadcastAtMs),
    })),
  };
}

async function toViews(db: Db, rows: readonly Row[]): Promise<TransactionView[]> {
  const ids = rows.map(({ id }) => id);
  const attempts = Map.groupBy(await listAttempts(db, ids), (attempt) => attempt.transaction_id);
  const finalized = rows.some(({ block_number: block }) => block !== null) ? await findFinalizedNumber(db) : -1;
  return rows.map((row) => toView(row, attempts.get(row.id) ?? [], finalized));
}

/** A transaction of the caller's organisation. @throws AppError `request.not_found` */
export async function getTransaction(db: Db, { organisationId }: Caller, id: string): Promise<TransactionView> {
  const row = await findTransaction(db, organisationId, id);
  const [view] = row ? await toViews(db, [row]) : [];
  if (!view) throw new AppError("request.not_found");
  return view;
}

export interface TransactionQuery {
  readonly status?: Row["status"] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Newest first. @throws AppError `request.cursor_invalid` */
export async function listOwnTransactions(db: Db, { organisationId }: Caller, query: TransactionQuery) {
  const cursor = decodeCursor(query.cursor);
  const before = cursor === undefined ? undefined : numberOfCursor(cursor);
  const rows = await listTransactions(db, organisationId, { status: query.status, before, limit: query.limit });
  const page = toPage(rows, query.limit, (row) => row.position);
  return { items: await toViews(db, page.items), nextCursor: page.nextCursor };
}
