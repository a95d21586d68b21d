import * as z from "zod";
import { limits } from "../../shared/limits.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { CurrencyText, MoneyText, PageQuery, ParticipantIdInBody, pageOf } from "../schemas.ts";
import { createDepositCommands } from "./commands.ts";
import {
  AccountView,
  getStatement,
  listAccounts,
  listDepositTokens,
  PostingView,
  statementCsv,
  TokenView,
} from "./queries.ts";

const tag = "Accounts";
const CurrencyBody = z.strictObject({ currency: CurrencyText });
const TokenPath = z.strictObject({ token: z.string().regex(/^0x[0-9a-f]{40}$/) });

export function createDepositEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...tokenEndpoints(gateway), ...accountEndpoints(gateway)];
}

/** Currencies, tokens, and creating money by a bank's own entry. */
function tokenEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createDepositCommands(gateway);
  const ofBank = { tag, method: "post", roles: ["maker"], organisationRoles: ["bank"] } as const;

  return [
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      organisationRoles: ["operator"],
      path: "/v1/currencies",
      operationId: "listCurrency",
      summary: "List a currency with its ISO 4217 exponent",
      body: CurrencyBody,
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "token.currency_invalid"],
      handle: ({ caller, body }) => commands.listCurrency(caller, body.currency),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/deposit-tokens",
      operationId: "createDepositToken",
      summary: "Make the bank's deposit token in a currency",
      body: CurrencyBody,
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "token.exists"],
      handle: ({ caller, body }) => commands.createToken(caller, body.currency),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/deposit-tokens",
      operationId: "listDepositTokens",
      summary: "Deposit tokens of all banks",
      replies: { 200: z.strictObject({ items: z.array(TokenView) }) },
      handle: async () => ({ status: 200, body: { items: await listDepositTokens(gateway.store) } }),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/deposits",
      operationId: "createDeposit",
      summary: "Book deposit money for a customer by the bank's own entry",
      body: z.strictObject({
        to: ParticipantIdInBody,
        money: MoneyText,
        reference: z.string().trim().min(1).max(64),
      }),
      replies: { 202: ActReply },
      errors: [
        "token.currency_unknown",
        "participant.unknown",
        "deposit.reference_used",
        "deposit.moratorium",
        "deposit.holder_not_admitted",
      ],
      handle: ({ caller, body }) => commands.createDeposit(caller, body),
    }),
  ];
}

/** Balances and statements of one's own account. */
function accountEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/accounts",
      operationId: "listAccounts",
      summary: "Balances of one's own account, one per bank and currency",
      query: z.strictObject({ source: z.enum(["index", "ledger"]).default("index") }),
      replies: { 200: z.strictObject({ items: z.array(AccountView) }) },
      handle: async ({ caller, query }) => ({
        status: 200,
        body: { items: await listAccounts(gateway, caller, query.source) },
      }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/accounts/{token}/statement",
      operationId: "getStatement",
      summary: "Statement of one's own account",
      params: TokenPath,
      query: PageQuery,
      replies: { 200: pageOf(PostingView) },
      handle: async ({ caller, params, query }) => ({
        status: 200,
        body: await getStatement(gateway.store, caller, { ...query, token: params.token }),
      }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/accounts/{token}/statement.csv",
      operationId: "getStatementCsv",
      summary: "Statement of one's own account as CSV",
      params: TokenPath,
      query: PageQuery,
      replies: { 200: "text/csv" },
      handle: async ({ caller, params, query }) => {
        const page = await getStatement(gateway.store, caller, {
          ...query,
          limit: query.limit ?? limits.pageSizeMax,
          token: params.token,
        });
        const next: Record<string, string> = page.nextCursor ? { "Next-Cursor": page.nextCursor } : {};
        return { status: 200, contentType: "text/csv", body: statementCsv(page.items), headers: next };
      },
    }),
  ];
}
