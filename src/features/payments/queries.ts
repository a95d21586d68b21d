import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { listClearingLines } from "../../store/clearing.ts";
import { findPayment, listPayments } from "../../store/payments.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import { loadPartyNames, type PartyNames, PartyRef } from "../partyNames.ts";
import {
  blockCursor,
  cursorPosition,
  decodeCursor,
  fromMinor,
  instant,
  MoneyText,
  numberOfCursor,
  participantIdMax,
  toPage,
} from "../schemas.ts";

/** `endToEndId`, `purpose` and `remittance` are null of a payment that was not ordered through this gateway. */
export const PaymentView = z.strictObject({
  id: z.string(),
  payer: PartyRef,
  payee: PartyRef,
  payerBank: PartyRef,
  payeeBank: PartyRef,
  money: MoneyText,
  endToEndId: z.string().nullable(),
  purpose: z.string().nullable(),
  remittance: z.string().nullable(),
  madeAt: z.string(),
  transactionHash: z.string(),
});
export type PaymentView = z.infer<typeof PaymentView>;

/**
 * What `debtor` may owe `creditor` and what it owes, below zero when it is owed. `effective` is what counts of `granted`:
 * nothing while the debtor is suspended.
 */
export const LimitView = z.strictObject({
  creditor: PartyRef,
  debtor: PartyRef,
  granted: MoneyText,
  effective: MoneyText,
  owed: MoneyText,
});

type Row = Awaited<ReturnType<typeof listPayments>>[number];

function toView(row: Row, names: PartyNames): PaymentView {
  return {
    id: row.id,
    payer: names.of(row.payer),
    payee: names.of(row.payee),
    payerBank: names.of(row.payer_bank),
    payeeBank: names.of(row.payee_bank),
    money: fromMinor(row.amount, row.currency),
    endToEndId: row.end_to_end_id,
    purpose: row.purpose,
    remittance: row.remittance,
    madeAt: instant(row.made_at),
    transactionHash: row.transaction_hash,
  };
}

function partiesOf(rows: readonly Row[]): readonly number[] {
  return rows.flatMap((row) => [row.payer, row.payee, row.payer_bank, row.payee_bank]);
}

/** @throws AppError `request.not_found`, also of a payment that concerns others only */
export async function getPayment(store: Store, caller: Caller, id: string): Promise<PaymentView> {
  const row = await findPayment(store.db, caller.participantId ?? 0, id);
  if (!row) throw new AppError("request.not_found");
  return toView(row, await loadPartyNames(store, partiesOf([row])));
}

/** Payments that the caller makes, gets, or books as a bank; newest first. */
export async function getPayments(store: Store, caller: Caller, query: { cursor?: string | undefined; limit: number }) {
  const before = cursorPosition(query.cursor);
  const rows = await listPayments(store.db, caller.participantId ?? 0, { before, limit: query.limit });
  const page = toPage(rows, query.limit, blockCursor);
  const names = await loadPartyNames(store, partiesOf(page.items));
  return { items: page.items.map((row) => toView(row, names)), nextCursor: page.nextCursor };
}

/** Cursor of a limit: currency, creditor and debtor. */
function lineOf(cursor: string | undefined) {
  const key = decodeCursor(cursor);
  if (key === undefined) return undefined;
  const [currency = "", creditor, debtor, ...more] = key.split(":");
  if (!/^[A-Z]{3}$/.test(currency) || more.length > 0) throw new AppError("request.cursor_invalid");
  return {
    currency,
    creditor: numberOfCursor(creditor, participantIdMax),
    debtor: numberOfCursor(debtor, participantIdMax),
  };
}

/** Limits that the calling bank granted and was granted, and what is owed under them. */
export async function getLimits(store: Store, caller: Caller, query: { cursor?: string | undefined; limit: number }) {
  const after = lineOf(query.cursor);
  const rows = await listClearingLines(store.db, caller.participantId ?? 0, { after, limit: query.limit });
  const page = toPage(rows, query.limit, ({ currency, creditor, debtor }) => `${currency}:${creditor}:${debtor}`);
  const names = await loadPartyNames(
    store,
    page.items.flatMap(({ creditor, debtor }) => [creditor, debtor]),
  );
  const items = page.items.map(({ creditor, debtor, currency, granted, owed, debtorStatus }) => ({
    creditor: names.of(creditor),
    debtor: names.of(debtor),
    granted: fromMinor(granted, currency),
    effective: fromMinor(debtorStatus === "active" ? granted : "0", currency),
    owed: fromMinor(owed, currency),
  }));
  return { items, nextCursor: page.nextCursor };
}
