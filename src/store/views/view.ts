import type { EventType, LedgerEvent } from "../../domain/ledgerEvent.ts";
import type { Views } from "./views.ts";

export type EventOf<T extends EventType> = Extract<LedgerEvent, { type: T }>;

/**
 * Applies one event to the views and says which participants it concerns. Only they get it: an event of a deal goes to
 * the deal's parties and to nobody else. What it asks the views for must be loaded first (`neededRows.ts`).
 */
export type Projection<T extends EventType> = (views: Views, event: EventOf<T>) => readonly number[];

export type Projections<T extends EventType> = { readonly [K in T]: Projection<K> };
