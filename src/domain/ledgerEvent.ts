import type * as z from "zod";
import { clearingEvents } from "./events/clearing.ts";
import { creditEvents } from "./events/credit.ts";
import { cycleEvents } from "./events/cycles.ts";
import { escrowEvents } from "./events/escrow.ts";
import { partyEvents } from "./events/party.ts";
import { redemptionEvents } from "./events/redemption.ts";
import { settlementEvents } from "./events/settlement.ts";

/** One schema per event type; a schema only grows. */
export const eventSchemas = {
  ...partyEvents,
  ...clearingEvents,
  ...cycleEvents,
  ...redemptionEvents,
  ...settlementEvents,
  ...creditEvents,
  ...escrowEvents,
} as const;

export type EventType = keyof typeof eventSchemas;
export type EventData<T extends EventType> = z.infer<(typeof eventSchemas)[T]>;

/** Where in the ledger an event stands. */
export interface EventPosition {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly logIndex: number;
  readonly transactionHash: string;
  /** Block time, seconds. */
  readonly occurredAt: number;
}

export type LedgerEvent = {
  [T in EventType]: { readonly type: T; readonly data: EventData<T> } & EventPosition;
}[EventType];

export interface LedgerBlock {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: number;
}

/** What became of a transaction of ours in a block. */
export interface MinedTransaction {
  readonly hash: string;
  readonly succeeded: boolean;
  /** Why it failed, as a code of the error table, as far as a second look can tell. */
  readonly error: string | null;
}

/** A block with everything that is committed with it. */
export interface DecodedBlock {
  readonly block: LedgerBlock;
  readonly events: readonly LedgerEvent[];
  readonly transactions: readonly MinedTransaction[];
}
