import * as z from "zod";
import { leiOf, type PartyName, parties, partyNames } from "./parties.ts";
import { type DemoFile, usersOf } from "./secrets.ts";
import type { Stage } from "./stage.ts";

const Invited = z.object({
  organisationId: z.string(),
  users: z.array(z.object({ userId: z.string(), role: z.enum(["maker", "checker", "admin", "viewer"]) })),
});
const Accepted = z.object({ keyId: z.string() });
const Directory = z.object({ items: z.array(z.object({ lei: z.string(), participantId: z.int().nullable() })) });

export type Ids = Readonly<Record<PartyName, number>>;

/** Banks that need a calendar and money of their own in the story. */
const banks = ["issuer", "confirmer", "adviser", "nominated"] as const;

async function enter(stage: Stage, file: DemoFile, party: PartyName): Promise<void> {
  const card = parties[party];
  const users = usersOf(file, party);
  const invited = Invited.parse(
    await stage.post({
      key: `invite.${party}`,
      who: "operator",
      what: `invites ${card.name}`,
      becomes: "invited",
      path: "/v1/participants",
      body: {
        name: card.name,
        lei: leiOf(party),
        ...(card.bic && { bic: card.bic }),
        country: card.country,
        roles: card.roles,
        users: users.map(({ role, invitation }) => ({ name: `${party}'s ${role}`, role, invitation })),
      },
    }),
  );
  for (const user of users) {
    const userId = invited.users.find(({ role }) => role === user.role)?.userId;
    const { body } = await stage.api({
      method: "POST",
      path: "/v1/invitations/accept",
      key: `accept.${party}.${user.role}`,
      body: { userId, invitation: user.invitation, secret: user.secret },
    });
    stage.setToken(party, user.role, `hansa_${Accepted.parse(body).keyId}_${user.secret}`);
  }
  await stage.act({
    key: `admit.${party}`,
    who: "operator",
    what: `admits ${card.name} (${card.roles.join(", ")}, ${card.country})`,
    rule: "U03",
    becomes: "active",
    path: `/v1/organisations/${invited.organisationId}/admit`,
  });
}

async function openBank(
  stage: Stage,
  bank: (typeof banks)[number],
  years: { from: number; to: number },
): Promise<void> {
  const { timeZone } = parties[bank];
  await stage.act({
    key: `calendar.${bank}`,
    who: bank,
    what: "publishes its banking days, cut-off 17:00",
    rule: "U57",
    becomes: "published",
    path: "/v1/calendar",
    body: { timeZone, years, cutOff: "17:00" },
  });
  await stage.act({
    key: `token.${bank}`,
    who: bank,
    what: "makes its deposit token in EUR",
    becomes: "ready",
    path: "/v1/deposit-tokens",
    // A hundred million euro in a day.
    body: { currency: "EUR", entryLimitMinor: "10000000000" },
  });
}

/** Parties come in, banks publish their calendars and make their deposit tokens. */
export async function playOpening(stage: Stage, file: DemoFile): Promise<Ids> {
  stage.say("\nThe parties come in");
  for (const party of partyNames) await enter(stage, file, party);
  await stage.act({
    key: "currency.EUR",
    who: "operator",
    what: "lists EUR with two decimals",
    becomes: "listed",
    path: "/v1/currencies",
    body: { currency: "EUR" },
  });
  const from = new Date(stage.plan.genesisSeconds * 1000).getUTCFullYear();
  for (const bank of banks) await openBank(stage, bank, { from, to: from + 2 });
  const directory = Directory.parse(await stage.get("operator", "/v1/participants?limit=200"));
  const ids = partyNames.map((party) => {
    const entry = directory.items.find(({ lei }) => lei === leiOf(party));
    if (!entry?.participantId) throw new Error(`invariant: ${party} is in the directory`);
    return [party, entry.participantId] as const;
  });
  return Object.fromEntries(ids) as Ids;
}
