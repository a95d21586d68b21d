import type { EventType } from "../../domain/ledgerEvent.ts";
import type { EventOf, Projections } from "./view.ts";
import type { Views } from "./views.ts";

export type MoneyEvent = "currency.listed" | "deposit_token.created" | Extract<EventType, `deposit.${string}`>;

const nobody = `0x${"0".repeat(40)}`;

function addToBalance(views: Views, place: { holder: string; token: string }, amount: bigint): string {
  const { holder, token } = place;
  const row = views.balances.find(holder, token);
  const after = String(BigInt(row?.amount ?? 0) + amount);
  if (row) views.balances.change(row, { amount: after });
  else views.balances.insert({ holder, token, amount: after, frozen: "0" });
  return after;
}

/** Books one side of a movement: the balance and the line of the statement. */
function book(
  views: Views,
  event: EventOf<"deposit.moved">,
  side: { holder: string; counterparty: string; sign: 1n | -1n },
): void {
  const { holder, counterparty } = side;
  // A transfer to oneself moves nothing and has no line: there could be only one for both sides.
  if (holder === nobody || holder === counterparty) return;
  const { token, value } = event.data;
  const amount = side.sign * BigInt(value);
  const balance = addToBalance(views, { holder, token }, amount);
  views.postings.insert({
    token,
    holder,
    block_number: event.blockNumber,
    log_index: event.logIndex,
    amount: String(amount),
    balance,
    counterparty: counterparty === nobody ? null : counterparty,
    ground: null,
    reference: null,
    transaction_hash: event.transactionHash,
    booked_at: event.occurredAt,
  });
}

function holders(views: Views, accounts: readonly string[]): readonly number[] {
  return accounts.flatMap((account) => views.participantOf(account)?.id ?? []);
}

/** The movement from or to nowhere stands just before in the same transaction; this names its ground. */
function nameGround(
  views: Views,
  { data, blockNumber, transactionHash }: EventOf<"deposit.created" | "deposit.destroyed">,
  holder: string,
): readonly number[] {
  const lines = views.postings.under(holder).filter((line) => {
    const isHere = line.block_number === blockNumber && line.transaction_hash === transactionHash;
    return isHere && line.token === data.token && line.counterparty === null && line.ground === null;
  });
  for (const line of lines) views.postings.change(line, { ground: data.ground, reference: data.ref });
  return bankAndHolders(views, data.token, [holder]);
}

/** The bank of a token and whose accounts these are. */
function bankAndHolders(views: Views, token: string, accounts: readonly string[]): readonly number[] {
  const row = views.deposit_tokens.find(token);
  return [...(row ? [row.bank] : []), ...holders(views, accounts)];
}

export const moneyViews: Projections<MoneyEvent> = {
  "currency.listed"(views, { data }) {
    views.currencies.insert(data);
    return [];
  },
  "deposit_token.created"(views, { data }) {
    const { exponent } = views.currencies.get(data.currency);
    views.deposit_tokens.insert({ address: data.token, bank: data.bank, currency: data.currency, exponent });
    return [data.bank];
  },
  "deposit.created": (views, event) => nameGround(views, event, event.data.to),
  "deposit.destroyed": (views, event) => nameGround(views, event, event.data.from),
  // The line of the statement has the ground and the reference of the contra entry.
  "deposit.entry_reversed": (views, { data }) => bankAndHolders(views, data.token, [data.holder]),
  // What a bank allows itself is nobody else's business.
  "deposit.entry_limit_set": (views, { data }) => bankAndHolders(views, data.token, []),
  "deposit.frozen"(views, { data: { token, account, isNow } }) {
    const row = views.balances.find(account, token);
    if (row) views.balances.change(row, { frozen: isNow });
    else views.balances.insert({ holder: account, token, amount: "0", frozen: isNow });
    return bankAndHolders(views, token, [account]);
  },
  "deposit.forced": (views, { data }) => bankAndHolders(views, data.token, [data.from, data.to]),
  "deposit.moved"(views, event) {
    const { from, to } = event.data;
    book(views, event, { holder: from, counterparty: to, sign: -1n });
    book(views, event, { holder: to, counterparty: from, sign: 1n });
    return holders(views, [from, to]);
  },
};
