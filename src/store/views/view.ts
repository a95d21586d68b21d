import type { EventType, LedgerEvent } from "../../domain/ledgerEvent.ts";
import type { Transaction } from "../store.ts";

export type EventOf<T extends EventType> = Extract<LedgerEvent, { type: T }>;

/**
 * Applies one event to the views and says which participants it concerns. Only they get it: an event of a deal goes to
 * the deal's parties and to nobody else.
 */
export type Projection<T extends EventType> = (tx: Transaction, event: EventOf<T>) => Promise<readonly number[]>;

export type Projections<T extends EventType> = { readonly [K in T]: Projection<K> };
