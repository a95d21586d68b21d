import * as z from "zod";
import { listPartyNames } from "../store/credits.ts";
import type { Store } from "../store/store.ts";

/** A party of a deal as replies name it. */
export const PartyRef = z.strictObject({ participantId: z.int(), name: z.string().nullable() });
export type PartyRef = z.infer<typeof PartyRef>;

/** Looks participants up once for a whole reply. */
export interface PartyNames {
  /** The party with this id on the ledger. */
  of(participantId: number): PartyRef;
  /** Null for 0, which the ledger writes where there is no such party. */
  optional(participantId: number): PartyRef | null;
}

export async function loadPartyNames(store: Store, participantIds: readonly number[]): Promise<PartyNames> {
  const rows = await listPartyNames(store.db, participantIds);
  return toPartyNames(new Map(rows.map((row) => [row.participantId, row.name])));
}

/** Of all participants that a reply is about; one without a name has no organisation in this gateway. */
export function toPartyNames(names: ReadonlyMap<number, string>): PartyNames {
  const of = (participantId: number) => ({ participantId, name: names.get(participantId) ?? null });
  return { of, optional: (participantId) => (participantId === 0 ? null : of(participantId)) };
}
