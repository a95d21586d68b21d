import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findTransaction, listTransactions } from "../../store/orders.ts";
import { TransactionStatus } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { decodeCursor, PageQuery, pageOf, toPage, Uuid } from "../schemas.ts";

const tag = "Transactions";

/** An order on its way to the ledger. `mined` is final: the embedded ledger has no reorganisations. */
const TransactionView = z.strictObject({
  id: z.string(),
  orderId: z.string().nullable(),
  kind: z.string(),
  subject: z.string(),
  status: TransactionStatus,
  hash: z.string().nullable(),
  nonce: z.int().nullable(),
  blockNumber: z.int().nullable(),
  blockHash: z.string().nullable(),
  error: z.string().nullable(),
});

type Row = NonNullable<Awaited<ReturnType<typeof findTransaction>>>;

function toView(row: Row): z.infer<typeof TransactionView> {
  return {
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    subject: row.subject,
    status: row.status,
    hash: row.hash,
    nonce: row.nonce,
    blockNumber: row.block_number,
    blockHash: row.block_hash,
    error: row.error,
  };
}

export function createTransactionEndpoints({ store }: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/transactions",
      operationId: "listTransactions",
      summary: "Transactions of one's own organisation, newest first",
      query: PageQuery.extend({ status: TransactionStatus.optional() }),
      replies: { 200: pageOf(TransactionView) },
      async handle({ caller, query }) {
        const cursor = decodeCursor(query.cursor);
        const before = cursor === undefined ? undefined : Number(cursor);
        if (before !== undefined && !Number.isSafeInteger(before)) throw new AppError("request.cursor_invalid");
        const filter = { status: query.status, before, limit: query.limit };
        const rows = await listTransactions(store.db, caller.organisationId, filter);
        const page = toPage(rows, query.limit, (row) => row.position);
        return { status: 200, body: { items: page.items.map(toView), nextCursor: page.nextCursor } };
      },
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/transactions/{transactionId}",
      operationId: "getTransaction",
      summary: "One transaction",
      params: z.strictObject({ transactionId: Uuid }),
      replies: { 200: TransactionView },
      async handle({ caller, params }) {
        const row = await findTransaction(store.db, caller.organisationId, params.transactionId);
        if (!row) throw new AppError("request.not_found");
        return { status: 200, body: toView(row) };
      },
    }),
  ];
}
