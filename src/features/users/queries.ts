import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { findOrganisation, findUser, listUserPage } from "../../store/parties.ts";
import type { Store } from "../../store/store.ts";
import { type Caller, userRoles } from "../endpoint.ts";
import { decodeCursor, toPage } from "../schemas.ts";

export const userStatuses = ["invited", "accepted", "active", "disabled"] as const;

/**
 * A user of one's own organisation. *accepted*: it has a key that does not stand on the ledger yet; *active*: it may
 * act. A viewer needs no key on the ledger. `signer` is the address of its key, null before it accepts.
 */
export const UserView = z.strictObject({
  userId: z.string(),
  name: z.string(),
  role: z.enum(userRoles),
  status: z.enum(userStatuses),
  signer: z.string().nullable(),
});
export type UserView = z.infer<typeof UserView>;

/** Who one is, and for whom one acts. `participantId` and `account` are null before the organisation is admitted. */
export const MeView = z.strictObject({
  user: UserView,
  organisation: z.strictObject({
    organisationId: z.string(),
    participantId: z.int().nullable(),
    name: z.string(),
    lei: z.string(),
    bic: z.string().nullable(),
    country: z.string(),
    roles: z.array(z.string()),
    account: z.string().nullable(),
  }),
});
export type MeView = z.infer<typeof MeView>;

type Row = NonNullable<Awaited<ReturnType<typeof findUser>>>;

function toView({ id, name, role, status, signer }: Row): UserView {
  return { userId: id, name, role, status, signer };
}

export async function listUsersOf(store: Store, caller: Caller, query: { cursor?: string | undefined; limit: number }) {
  const { limit } = query;
  const rows = await listUserPage(store.db, caller.organisationId, { cursor: decodeCursor(query.cursor), limit });
  const page = toPage(rows, limit, (row) => row.id);
  return { items: page.items.map(toView), nextCursor: page.nextCursor };
}

/** A user of the caller's organisation. @throws AppError `request.not_found` */
export async function ownUser(store: Store, caller: Caller, userId: string): Promise<Row> {
  const row = await findUser(store.db, caller.organisationId, userId);
  if (!row) throw new AppError("request.not_found");
  return row;
}

export async function getMe(store: Store, caller: Caller): Promise<MeView> {
  const user = await ownUser(store, caller, caller.userId);
  const organisation = await findOrganisation(store.db, caller.organisationId);
  if (!organisation) throw new AppError("request.not_found");
  const { id, participant_id, name, lei, bic, country, roles, account } = organisation;
  return {
    user: toView(user),
    organisation: { organisationId: id, participantId: participant_id, name, lei, bic, country, roles, account },
  };
}
