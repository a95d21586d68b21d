import * as z from "zod";
import { TransactionStatus } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { PageQuery, pageOf, Uuid } from "../schemas.ts";
import { createTransactionCommands } from "./commands.ts";
import { getTransaction, listOwnTransactions, TransactionView } from "./queries.ts";

const tag = "Transactions";
const TransactionPath = z.strictObject({ transactionId: Uuid });

export function createTransactionEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const { store } = gateway;
  const commands = createTransactionCommands(gateway);

  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/transactions",
      operationId: "listTransactions",
      summary: "Transactions of one's own organisation, newest first",
      query: PageQuery.extend({ status: TransactionStatus.optional() }),
      replies: { 200: pageOf(TransactionView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listOwnTransactions(store.db, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/transactions/{transactionId}",
      operationId: "getTransaction",
      summary: "One transaction, with every attempt to send it",
      params: TransactionPath,
      replies: { 200: TransactionView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getTransaction(store.db, caller, params.transactionId),
      }),
    }),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/transactions/{transactionId}/cancellation",
      operationId: "cancelTransaction",
      summary: "Ask that a transaction which is in no block yet is not executed",
      // Of these, those who signed it, and any checker.
      roles: ["maker", "checker", "admin"],
      params: TransactionPath,
      replies: { 202: TransactionView },
      errors: ["transaction.wrong_state"],
      handle: ({ caller, params }) => commands.cancel(caller, params.transactionId),
    }),
  ];
}
