import type { EventOf, Projections } from "./view.ts";
import type { Views } from "./views.ts";

type MoneyEvent =
  | "currency.listed"
  | "deposit_token.created"
  | "deposit.created"
  | "deposit.destroyed"
  | "deposit.moved";

const nobody = `0x${"0".repeat(40)}`;

function addToBalance(views: Views, place: { holder: string; token: string }, amount: bigint): string {
  const { holder, token } = place;
  const row = views.balances.find(holder, token);
  const after = String(BigInt(row?.amount ?? 0) + amount);
  if (row) views.balances.change(row, { amount: after });
  else views.balances.insert({ holder, token, amount: after });
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
  const token = views.deposit_tokens.find(data.token);
  return [...(token ? [token.bank] : []), ...holders(views, [holder])];
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
  "deposit.moved"(views, event) {
    const { from, to } = event.data;
    book(views, event, { holder: from, counterparty: to, sign: -1n });
    book(views, event, { holder: to, counterparty: from, sign: 1n });
    return holders(views, [from, to]);
  },
};
