/**
 * The demo's own double-entry book. It is kept from messages and replies alone and never asks for a balance, so that
 * the ledger's balances can be compared with it. Amounts are minor units.
 */
export interface Book {
  /** Money of `bank` that `holder` gets because the bank owes it: the bank's liability grows. */
  create(entry: { bank: string; holder: string; amountMinor: bigint }): void;
  /** Money of `bank` that `holder` gives up: the bank's liability shrinks. */
  destroy(entry: { bank: string; holder: string; amountMinor: bigint }): void;
  /** Money of `bank` moves between holders. */
  move(entry: { bank: string; from: string; to: string; amountMinor: bigint }): void;
  /** What the holder should have of this bank's money. */
  balance(bank: string, holder: string): bigint;
  /** Σ of all entries of a bank's money: zero, or the book itself is wrong. */
  trialBalance(bank: string): bigint;
}

export function createBook(): Book {
  const balances = new Map<string, bigint>();

  function add(bank: string, holder: string, amountMinor: bigint): void {
    const key = `${bank}|${holder}`;
    balances.set(key, (balances.get(key) ?? 0n) + amountMinor);
  }

  /** The bank's liability stands under the bank's own name, negative. */
  const liability = (bank: string) => `liability of ${bank}`;

  return {
    create({ bank, holder, amountMinor }) {
      add(bank, liability(bank), -amountMinor);
      add(bank, holder, amountMinor);
    },
    destroy({ bank, holder, amountMinor }) {
      add(bank, holder, -amountMinor);
      add(bank, liability(bank), amountMinor);
    },
    move({ bank, from, to, amountMinor }) {
      add(bank, from, -amountMinor);
      add(bank, to, amountMinor);
    },
    balance: (bank, holder) => balances.get(`${bank}|${holder}`) ?? 0n,
    trialBalance: (bank) =>
      [...balances].filter(([key]) => key.startsWith(`${bank}|`)).reduce((sum, [, amount]) => sum + amount, 0n),
  };
}
