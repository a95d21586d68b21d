import { id as hashOf } from "ethers";
import { encodeConsent, signConsent } from "../../../src/chain/consents.ts";
import { CHAIN_ID } from "../../../src/chain/ledger/engine.ts";
import { keysOf, look, type PartyName, type World } from "../cast.ts";
import { DAY, funded } from "./ready.ts";

interface Leg {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  readonly item: string;
  readonly amount: number;
}

export interface Agreed {
  readonly deal: { readonly legs: readonly Leg[]; readonly deadline: number; readonly salt: string };
  readonly consents: readonly string[];
}

export const NO_ITEM = `0x${"00".repeat(32)}`;

/** The importer gives money to the exporter, and both have signed. */
export async function agreed(world: World): Promise<Agreed> {
  const purse = await funded(world);
  const { importer, exporter } = world.parties;
  const leg = { target: purse.token, from: importer.id, to: exporter.id, item: NO_ITEM, amount: purse.amount };
  const deal = { legs: [leg], deadline: world.chain.now() + DAY, salt: hashOf("settlement") };
  const id = String(await look(world, { contract: "AtomicSettlement", fn: "settlementId", args: [deal] }));
  const consentOf = (party: PartyName) => {
    const consent = { hash: id, account: world.parties[party].account, chainId: CHAIN_ID };
    return encodeConsent([signConsent(consent, keysOf(party).maker)]);
  };
  return { deal, consents: [consentOf("importer"), consentOf("exporter")] };
}
