import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findOrganisation, findParticipant, listOrganisations } from "../../store/parties.ts";
import type { Store } from "../../store/store.ts";
import { decodeCursor, instant, toPage } from "../schemas.ts";

/** An entry of the network's directory. `participantId` is the id on the ledger, null before admission. */
export const ParticipantView = z.strictObject({
  organisationId: z.string(),
  participantId: z.int().nullable(),
  name: z.string(),
  lei: z.string(),
  bic: z.string().nullable(),
  country: z.string(),
  roles: z.array(z.string()),
  account: z.string().nullable(),
  status: z.enum(["invited", "active", "suspended"]),
  calendarPublished: z.boolean(),
  /** When the last moratorium of this bank ends or ended; null when there never was one. */
  moratoriumUntil: z.string().nullable(),
});
export type ParticipantView = z.infer<typeof ParticipantView>;

type Row = Awaited<ReturnType<typeof listOrganisations>>[number];

function toView(row: Row): ParticipantView {
  return {
    organisationId: row.id,
    participantId: row.participant_id,
    name: row.name,
    lei: row.lei,
    bic: row.bic,
    country: row.country,
    roles: row.roles,
    account: row.account,
    status: row.ledgerStatus ?? "invited",
    calendarPublished: row.calendarPublished ?? false,
    moratoriumUntil: row.moratoriumUntil === null ? null : instant(row.moratoriumUntil),
  };
}

export async function listParticipants(store: Store, query: { cursor?: string | undefined; limit: number }) {
  const rows = await listOrganisations(store.db, { cursor: decodeCursor(query.cursor), limit: query.limit });
  const page = toPage(rows, query.limit, (row) => row.id);
  return { items: page.items.map(toView), nextCursor: page.nextCursor };
}

/** @throws AppError `request.not_found` */
export async function getParticipant(store: Store, participantId: number): Promise<ParticipantView> {
  const row = await findParticipant(store.db, participantId);
  if (!row) throw new AppError("request.not_found");
  return toView(row);
}

/** The organisation behind an id of the gateway. @throws AppError `request.not_found` */
export async function getOrganisation(store: Store, organisationId: string) {
  const row = await findOrganisation(store.db, organisationId);
  if (!row) throw new AppError("request.not_found");
  return row;
}

/** The account of a participant on the ledger. @throws AppError `participant.unknown` */
export async function accountOf(store: Store, participantId: number): Promise<string> {
  const row = await findParticipant(store.db, participantId);
  if (!row?.account) throw new AppError("participant.unknown", { id: participantId });
  return row.account;
}
