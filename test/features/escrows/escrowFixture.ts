import { expect } from "chai";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { EscrowView } from "../../../src/features/escrows/queries.ts";
import type { ApiReply } from "../../fixtures/api.ts";
import { daySeconds, instant, type TestBank, type TestParty, type TestSystem } from "../../fixtures/gateway.ts";

/** The parties that a suite's escrows are between. */
export interface EscrowParties {
  readonly bank: TestBank;
  readonly buyer: TestParty;
  readonly seller: TestParty;
  readonly arbiter: TestParty;
}

export async function admitEscrowParties(system: TestSystem): Promise<EscrowParties> {
  return {
    bank: await system.bank(),
    buyer: await system.party({ name: "Importer B.V.", roles: ["merchant"] }),
    seller: await system.party({ name: "Exporter Ltd.", roles: ["merchant"], country: "SG" }),
    arbiter: await system.party({ name: "Arbiter", roles: ["arbiter"], country: "GB" }),
  };
}

/** A proposal of two milestones, 100.00 and 250.01: fund in five days, deliver in 20 and 40. */
export async function proposalOf(system: TestSystem, { bank, buyer, seller, arbiter }: EscrowParties) {
  const now = await system.now();
  const euro = (amount: string) => ({ amount, currency: "EUR" });
  return {
    buyer: buyer.id,
    seller: seller.id,
    arbiter: arbiter.id,
    bank: bank.id,
    title: "Bottling line",
    text: "Delivery first, commissioning second.",
    fundBy: instant(now + 5 * daySeconds),
    inspectionDays: 7,
    rulingDays: 10,
    defaultSellerBps: 5_000,
    milestones: [
      { title: "Delivery", money: euro("100.00"), dueAt: instant(now + 20 * daySeconds) },
      { title: "Commissioning", money: euro("250.01"), dueAt: instant(now + 40 * daySeconds) },
    ],
  };
}

/** What these tests say about one escrow. */
export interface TestEscrow {
  readonly id: string;
  /** Does an act on the escrow all the way, or on a milestone: `"claim"`, `"milestones/0/release"`. */
  act(party: TestParty, verb: string, body?: unknown): Promise<unknown>;
  /** The same without judging the reply. */
  try(party: TestParty, verb: string, body?: unknown): Promise<ApiReply<ActReply>>;
  see(party: TestParty): Promise<EscrowView>;
}

/** The buyer proposes. */
export async function proposeEscrow(system: TestSystem, parties: EscrowParties): Promise<TestEscrow> {
  const { subject } = await system.act(parties.buyer, "/v1/escrows", await proposalOf(system, parties));
  const path = `/v1/escrows/${subject}`;
  return {
    id: subject,
    act: (party, verb, body) => system.act(party, `${path}/${verb}`, body),
    try: (party, verb, body) => system.as(party.maker).post(`${path}/${verb}`, body),
    async see(party) {
      const { status, body, text } = await system.as(party.maker).get<EscrowView>(path);
      expect(status, text).to.equal(200);
      return body;
    },
  };
}

/** Proposed by the buyer, agreed by the seller, funded with 350.01 that the bank books for the buyer. */
export async function fundedEscrow(system: TestSystem, parties: EscrowParties): Promise<TestEscrow> {
  const escrow = await proposeEscrow(system, parties);
  await escrow.act(parties.seller, "agree");
  await system.deposit(parties.bank, parties.buyer, "350.01");
  await escrow.act(parties.buyer, "fund");
  return escrow;
}
