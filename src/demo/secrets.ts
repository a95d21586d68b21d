import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type PartyName, partyNames, userRolesOf } from "./parties.ts";
import { makePlan } from "./plan.ts";

const Secrets = z.strictObject({
  plan: z.strictObject({ weeks: z.int(), genesisSeconds: z.int() }),
  users: z.array(
    z.strictObject({
      party: z.enum(partyNames),
      role: z.enum(["maker", "checker", "admin"]),
      invitation: z.string(),
      secret: z.string(),
    }),
  ),
});

/** What the demo remembers between starts: its dates, and the credentials that its parties made for themselves. */
export type DemoFile = z.infer<typeof Secrets>;
export type DemoUser = DemoFile["users"][number];

export function makeDemoFile(nowSeconds: number): DemoFile {
  const secret = () => randomBytes(32).toString("base64url");
  const users = partyNames.flatMap((party) =>
    userRolesOf(party).map((role) => ({ party, role, invitation: secret(), secret: secret() })),
  );
  return { plan: makePlan(nowSeconds), users };
}

export function parseDemoFile(text: string): DemoFile {
  return Secrets.parse(JSON.parse(text));
}

export function usersOf(file: DemoFile, party: PartyName): readonly DemoUser[] {
  return file.users.filter((user) => user.party === party);
}
