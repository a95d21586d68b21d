import * as z from "zod";
import { limits } from "../../shared/limits.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { CurrencyText, MoneyText, PageQuery, ParticipantIdInBody, pageOf, Uint128Text } from "../schemas.ts";
import { createDepositCommands, createEntryCommands } from "./commands.ts";
import {
  AccountView,
  EntryLimitView,
  getStatement,
  listAccounts,
  listDepositTokens,
  listEntryLimits,
  PostingView,
  statementCsv,
  TokenView,
} from "./queries.ts";

const tag = "Accounts";
const CurrencyBody = z.strictObject({ currency: CurrencyText });
const Reference = z.string().trim().min(1).max(64);
const TokenPath = z.strictObject({ token: z.string().regex(/^0x[0-9a-f]{40}$/) });

export function createDepositEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...tokenEndpoints(gateway), ...entryEndpoints(gateway), ...accountEndpoints(gateway)];
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
      body: CurrencyBody.extend({
        /** What the bank may create by its own entries in a day, in the currency's minor units. */
        entryLimitMinor: Uint128Text,
      }),
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "token.exists"],
      handle: ({ caller, body }) => commands.createToken(caller, body.currency, body.entryLimitMinor),
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
        reference: Reference,
      }),
      replies: { 202: ActReply },
      errors: [
        "token.currency_unknown",
        "participant.unknown",
        "deposit.reference_used",
        "deposit.moratorium",
        "deposit.holder_not_admitted",
        "entry.limit_exceeded",
      ],
      handle: ({ caller, body }) => commands.createDeposit(caller, body),
    }),
  ];
}

/** What a bank does with its own entries after the fact, and how many it allows itself. */
function entryEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createEntryCommands(gateway);
  const ofBank = { tag, method: "post", roles: ["maker"], organisationRoles: ["bank"] } as const;
  return [
    defineEndpoint({
      ...ofBank,
      path: "/v1/deposits/reversals",
      operationId: "reverseEntry",
      summary: "Take back the whole of a wrong entry by a contra entry that names it",
      body: z.strictObject({
        to: ParticipantIdInBody,
        money: MoneyText,
        reference: Reference,
        contraReference: Reference,
      }),
      replies: { 202: ActReply },
      errors: [
        "token.currency_unknown",
        "participant.unknown",
        "entry.unknown",
        "entry.reversed_before",
        "entry.not_free",
        "deposit.reference_used",
        "deposit.moratorium",
      ],
      handle: ({ caller, body }) => commands.reverseEntry(caller, body),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/entry-limits",
      operationId: "setEntryLimit",
      summary: "Say how much this bank may create by its own entries in a day; a higher limit takes effect after a day",
      body: z.strictObject({ money: MoneyText }),
      replies: { 202: ActReply },
      errors: ["token.currency_unknown"],
      handle: ({ caller, body }) => commands.setEntryLimit(caller, body.money),
    }),
    defineEndpoint({
      tag,
      method: "get",
      organisationRoles: ["bank"],
      path: "/v1/entry-limits",
      operationId: "listEntryLimits",
      summary:
        "What this bank may create by its own entries in a day, and what of it is left now, read from the ledger",
      replies: { 200: z.strictObject({ items: z.array(EntryLimitView) }) },
      handle: async ({ caller }) => ({ status: 200, body: { items: await listEntryLimits(gateway, caller) } }),
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
