import * as z from "zod";
import { Ground } from "../../domain/events/party.ts";
import { AppError } from "../../shared/errors.ts";
import { findToken, findTokenOf, listBalances, listPostings, listTokens, listTokensOf } from "../../store/deposits.ts";
import { findOrganisation } from "../../store/parties.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { blockCursor, cursorPosition, fromMinor, instant, MoneyText, toPage } from "../schemas.ts";

export const TokenView = z.strictObject({ token: z.string(), bank: z.int(), currency: z.string(), exponent: z.int() });

/** A balance is a claim on the bank that the token names. */
export const AccountView = z.strictObject({
  token: z.string(),
  bank: z.int(),
  balance: MoneyText,
  /** Of the balance or beyond it: what the bank froze. */
  frozen: MoneyText,
  /** Beside the balance: what waits for redemption. */
  setAside: MoneyText,
});

/** What a bank may create by its own entries in a day. `raisedTo` is the higher limit that waits, null when none does. */
export const EntryLimitView = z.strictObject({
  token: z.string(),
  limit: MoneyText,
  available: MoneyText,
  raisedTo: MoneyText.nullable(),
  raisedAt: z.string().nullable(),
});

/** One line of a statement. `amount` is signed: positive came in. `counterparty` is null where money was created or destroyed. */
export const PostingView = z.strictObject({
  bookedAt: z.string(),
  amount: MoneyText,
  balance: MoneyText,
  counterparty: z.int().nullable(),
  ground: Ground.nullable(),
  reference: z.string().nullable(),
  transactionHash: z.string(),
  blockNumber: z.int(),
});
export type PostingView = z.infer<typeof PostingView>;

export async function listDepositTokens(store: Store) {
  const rows = await listTokens(store.db);
  return rows.map(({ address, bank, currency, exponent }) => ({ token: address, bank, currency, exponent }));
}

/** A bank's own token in a currency. @throws AppError `token.currency_unknown` */
export async function tokenOf(store: Store, bank: number, currency: string): Promise<string> {
  const row = await findTokenOf(store.db, bank, currency);
  if (!row) throw new AppError("token.currency_unknown", { bank, currency });
  return row.address;
}

/** @throws AppError `request.not_found` */
export async function tokenAt(store: Store, address: string) {
  const row = await findToken(store.db, address);
  if (!row) throw new AppError("request.not_found");
  return row;
}

async function ownAccount(store: Store, caller: Caller): Promise<string | null> {
  const organisation = await findOrganisation(store.db, caller.organisationId);
  return organisation?.account ?? null;
}

/** Balances of the caller's own account, as indexed or asked of the ledger itself. */
export async function listAccounts({ store, reads }: GatewayContext, caller: Caller, source: "index" | "ledger") {
  const holder = await ownAccount(store, caller);
  if (!holder) return [];
  if (source === "index") {
    const rows = await listBalances(store.db, holder);
    return rows.map(({ token, bank, currency, amount, frozen, setAside }) => ({
      token,
      bank,
      balance: fromMinor(amount, currency),
      frozen: fromMinor(frozen, currency),
      setAside: fromMinor(setAside ?? "0", currency),
    }));
  }
  const tokens = await listTokens(store.db);
  const indexed = new Map((await listBalances(store.db, holder)).map((row) => [row.token, row.setAside ?? "0"]));
  const accounts = await Promise.all(
    tokens.map(async ({ address, bank, currency }) => {
      const read = (fn: string) => reads.read<string>("DepositToken", address, { fn, args: [holder] });
      const [amount, frozen] = [await read("balanceOf"), await read("getFrozenTokens")];
      // The ledger has no sum of what one holder set aside; this one is the index's.
      const setAside = indexed.get(address) ?? "0";
      const isThere = [amount, frozen, setAside].some((one) => one !== "0");
      const money = (minor: string) => fromMinor(minor, currency);
      const view = { balance: money(amount), frozen: money(frozen), setAside: money(setAside) };
      return { isThere, view: { token: address, bank, ...view } };
    }),
  );
  return accounts.filter(({ isThere }) => isThere).map(({ view }) => view);
}

/** Limits of the calling bank's own entries as the ledger has them now. */
export async function listEntryLimits({ store, reads }: GatewayContext, { participantId }: Caller) {
  const tokens = await listTokensOf(store.db, participantId ?? 0);
  return Promise.all(
    tokens.map(async ({ address, currency }) => {
      const found = await reads.read<EntryLimit>("DepositToken", address, { fn: "entryLimit" });
      const isWaiting = found.raisedAt !== 0;
      return {
        token: address,
        limit: fromMinor(found.limit, currency),
        available: fromMinor(found.available, currency),
        raisedTo: isWaiting ? fromMinor(found.raisedTo, currency) : null,
        raisedAt: isWaiting ? instant(found.raisedAt) : null,
      };
    }),
  );
}

/** `IEntryLimit.entryLimit`. */
interface EntryLimit {
  readonly limit: string;
  readonly available: string;
  readonly raisedTo: string;
  readonly raisedAt: number;
}

/** The statement of the caller's own account in one token. */
export async function getStatement(
  store: Store,
  caller: Caller,
  query: { token: string; cursor?: string | undefined; limit: number },
) {
  const { currency } = await tokenAt(store, query.token);
  const holder = await ownAccount(store, caller);
  const after = cursorPosition(query.cursor);
  const rows = holder
    ? await listPostings(store.db, { holder, token: query.token }, { after, limit: query.limit })
    : [];
  const page = toPage(rows, query.limit, blockCursor);
  const items = page.items.map(
    (row): PostingView => ({
      bookedAt: instant(row.booked_at),
      amount: fromMinor(row.amount, currency),
      balance: fromMinor(row.balance, currency),
      counterparty: row.counterpartyId,
      ground: row.ground as PostingView["ground"],
      reference: row.reference,
      transactionHash: row.transaction_hash,
      blockNumber: row.block_number,
    }),
  );
  return { items, nextCursor: page.nextCursor };
}

const columns = ["bookedAt", "amount", "currency", "balance", "counterparty", "ground", "reference", "transactionHash"];

/** The statement as CSV (RFC 4180). No field can hold a comma or a quote. */
export function statementCsv(items: readonly PostingView[]): string {
  const lines = items.map((item) =>
    [
      item.bookedAt,
      item.amount.amount,
      item.amount.currency,
      item.balance.amount,
      item.counterparty ?? "",
      item.ground ?? "",
      item.reference ?? "",
      item.transactionHash,
    ].join(","),
  );
  return [columns.join(","), ...lines, ""].join("\r\n");
}
