/** What the parties of a made-up ledger do: valid acts, drawn by lot, that together give every event that there is. */
import type { Draft } from "../store/blockFixture.ts";
import { accountActs } from "./accountActs.ts";
import { clearingActs } from "./clearingActs.ts";
import { dealActs } from "./dealActs.ts";
import { partyActs } from "./partyActs.ts";
import { redemptionActs } from "./redemptionActs.ts";
import { settlementActs } from "./settlementActs.ts";
import { type Draw, oneOf, type World } from "./world.ts";

const acts = [...partyActs, ...accountActs, ...clearingActs, ...redemptionActs, ...settlementActs, ...dealActs];

/** Does something, if it can be done just now, and says what events it gave. */
export function act(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  return oneOf(draw, acts)?.(world, draw, unique) ?? [];
}
