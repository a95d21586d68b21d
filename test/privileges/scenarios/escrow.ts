import { id as hashOf } from "ethers";
import { type Act, look, type PartyName, perform, tokenOf, type World } from "../cast.ts";
import { DAY, funded, ready } from "./ready.ts";

export interface EscrowDeal {
  readonly id: string;
  readonly terms: ReturnType<typeof termsOf>;
}

const MILESTONE = 400_000;
export const INSPECTION = 2 * DAY;
export const RULING = 3 * DAY;
export const evidence = hashOf("evidence");

function termsOf(world: World, token: string) {
  const now = world.chain.now();
  return {
    salt: hashOf("escrow"),
    termsCommitment: hashOf("contract of sale"),
    token,
    buyer: world.parties.importer.id,
    seller: world.parties.exporter.id,
    arbiter: world.parties.arbiter.id,
    fundBy: now + DAY,
    inspectionSeconds: INSPECTION,
    rulingSeconds: RULING,
    defaultSellerBps: 2_500,
    milestones: [
      { amount: MILESTONE, dueAt: now + 10 * DAY },
      { amount: MILESTONE, dueAt: now + 20 * DAY },
    ],
  };
}

/** Nothing on the ledger yet. */
export async function offered(world: World): Promise<EscrowDeal> {
  await ready(world);
  return draft(world);
}

async function draft(world: World): Promise<EscrowDeal> {
  const terms = termsOf(world, await tokenOf(world, "issuingBank", "EUR"));
  const id = String(await look(world, { contract: "TradeEscrow", fn: "escrowId", args: [terms] }));
  return { id, terms };
}

function act(fn: string, ...args: readonly unknown[]): Act {
  return { contract: "TradeEscrow", fn, args };
}

export function proposedBy(party: PartyName) {
  return async (world: World): Promise<EscrowDeal> => {
    const deal = await offered(world);
    await perform(world, party, act("propose", deal.terms));
    return deal;
  };
}

/** Agreed; the buyer has the money and let the escrow take it. */
export async function agreed(world: World): Promise<EscrowDeal> {
  const { token, amount } = await funded(world);
  const deal = await draft(world);
  await perform(world, "importer", act("propose", deal.terms));
  await perform(world, "exporter", act("agree", deal.id, deal.terms));
  const args = [world.contracts.TradeEscrow, amount];
  await perform(world, "importer", { contract: "DepositToken", fn: "approve", args, at: token });
  return deal;
}

export async function escrowed(world: World): Promise<EscrowDeal> {
  const deal = await agreed(world);
  await perform(world, "importer", act("fund", deal.id, deal.terms));
  return deal;
}

/** The seller delivered the first milestone. */
export async function delivered(world: World): Promise<EscrowDeal> {
  const deal = await escrowed(world);
  await perform(world, "exporter", act("deliver", deal.id, deal.terms, 0, evidence));
  return deal;
}

/** The buyer disputes the delivered first milestone. */
export async function disputed(world: World): Promise<EscrowDeal> {
  const deal = await delivered(world);
  await perform(world, "importer", act("dispute", deal.id, deal.terms, 0, evidence));
  return deal;
}

/** The arbiter split the first milestone: both sides have something to claim. */
export async function ruled(world: World): Promise<EscrowDeal> {
  const deal = await disputed(world);
  await perform(world, "arbiter", act("rule", deal.id, deal.terms, 0, 6_000));
  return deal;
}

/** The same deal this many seconds later. */
export function later(scenario: (world: World) => Promise<EscrowDeal>, seconds: number) {
  return async (world: World): Promise<EscrowDeal> => {
    const deal = await scenario(world);
    world.chain.moveTo(world.chain.now() + seconds);
    return deal;
  };
}
