/** What the driver expects of the world: balances, deals and orders, from what it was told alone. */
import { type Cast, type PartyName, partyNames } from "./cast.ts";

export interface ExpectedOrder {
  readonly status: string;
  readonly transactionId: string | null;
}

/** A deal, and what its view must say. */
export interface ExpectedDeal {
  readonly who: PartyName;
  /** Address of the view. */
  readonly path: string;
  /** Values by path in the view, such as `milestones.0.status`. */
  readonly says: Record<string, unknown>;
}

export interface Model {
  readonly orders: Map<string, ExpectedOrder>;
  /** By id of the deal. */
  readonly deals: Map<string, ExpectedDeal>;
  /** Money of a bank that a party has more, or less when negative; minor units of EUR. */
  book(party: PartyName, bank: PartyName, minor: bigint): void;
  /** As `readBalances` gives it. */
  balancesOf(party: PartyName): Record<string, bigint>;
}

export function createModel(cast: Cast): Model {
  const balances = new Map(
    partyNames.map((name): [PartyName, Record<string, bigint>] => [name, { ...cast[name].balances }]),
  );
  return {
    orders: new Map(),
    deals: new Map(),
    book(party, bank, minor) {
      const own = balances.get(party) ?? {};
      const key = String(cast[bank].id);
      own[key] = (own[key] ?? 0n) + minor;
    },
    balancesOf(party) {
      return Object.fromEntries(Object.entries(balances.get(party) ?? {}).filter(([, amount]) => amount !== 0n));
    },
  };
}

/** What a view says at a path. */
export function valueAt(view: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], view);
}
