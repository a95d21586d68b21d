/** A made-up ledger's state, as far as acts on it must know it. */
import { type Draft, nobody } from "../store/blockFixture.ts";

/** A number from 0 to below the limit. */
export type Draw = (limit: number) => number;

interface Token {
  readonly address: string;
  readonly bank: number;
  readonly code: number;
}
interface Redemption {
  readonly id: string;
  readonly bank: number;
  readonly holder: number;
  readonly token: string;
  readonly value: number;
}
interface Credit {
  readonly id: string;
  readonly token: string;
  readonly bank: number;
  closed: boolean;
  drawn: number;
}
interface Presentation {
  readonly id: string;
  readonly creditId: string;
  readonly banks: number[];
}
interface Undertaking {
  readonly id: string;
  readonly obligor: number;
  holder: number;
  readonly amount: string;
}
export interface Escrow {
  readonly id: string;
  readonly buyer: number;
  readonly seller: number;
  status: "proposed" | "agreed" | "funded" | "settled";
  readonly milestones: ("open" | "delivered" | "disputed" | "settled")[];
  readonly claimable: Record<number, number>;
}

/** Plain data, so that a branch of the ledger begins with a copy of it. */
export interface World {
  participants: number;
  accounts: Record<number, string>;
  suspended: number[];
  currencies: string[];
  tokens: Token[];
  calendars: Record<number, number>;
  balances: Record<string, number>;
  /** What the first bank owes the second in a currency, by `first second currency`. */
  owed: Record<string, number>;
  /** Settlement agents, by `bank currency`. */
  agents: Record<string, number>;
  redemptions: Redemption[];
  credits: Credit[];
  presentations: Presentation[];
  undertakings: Undertaking[];
  escrows: Escrow[];
}

export function createWorld(): World {
  return {
    ...{ participants: 0, accounts: {}, suspended: [], currencies: [], tokens: [], calendars: {}, balances: {} },
    owed: {},
    agents: {},
    redemptions: [],
    ...{ credits: [], presentations: [], undertakings: [], escrows: [] },
  };
}

/** Organisations of these participants exist; participant `n` has the LEI commitment `hash(n, "e")`. */
export const participantsMost = 12;
export const currencyCodes = ["EUR", "USD", "JPY", "CHF", "GBP"];

export type Act = (world: World, draw: Draw, unique: (letter: string) => string) => Draft[];

export const oneOf = <T>(draw: Draw, items: readonly T[]): T | undefined => items[draw(items.length)];
export const participant = (world: World, draw: Draw) => 1 + draw(world.participants);
export const accountOf = (world: World, n: number) => world.accounts[n] ?? nobody;
