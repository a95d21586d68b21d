import { id as hashOf } from "ethers";
import { creditIdOf, presentationIdOf, undertakingIdOf } from "../../../src/chain/dealIds.ts";
import { CHAIN_ID } from "../../../src/chain/ledger/engine.ts";
import { currency, look, type PartyName, perform, START_DAY, tokenOf, type World } from "../cast.ts";
import { ready } from "./ready.ts";

/** A credit on which all parts are taken, each by another bank. */
export interface CreditDeal {
  readonly creditId: string;
  readonly termsCommitment: string;
  readonly confirmerToken: string;
}

export interface Drawing extends CreditDeal {
  readonly presentationId: string;
  /** What this bank owes or would owe on the presentation. */
  readonly undertakingOf: (bank: PartyName) => string;
}

const CONFIRM = 2;
const termsCommitment = hashOf("terms");
export const amount = 1_000_000;
const PRESENTATION = hashOf("presentation");
const documents = [hashOf("invoice"), hashOf("bill of lading")];
export const discrepancies = [{ kind: "0x4c415445", document: 1, article: 14, textCommitment: hashOf("late") }];

/** A credit that any bank may issue in its own money: it names no bank but the advising one. */
export function plainTerms(world: World, token: string) {
  return {
    salt: hashOf("credit"),
    termsCommitment,
    token,
    amount,
    applicant: world.parties.importer.id,
    beneficiary: world.parties.exporter.id,
    advisingBank: world.parties.advisingBank.id,
    secondAdvisingBank: 0,
    nominatedBank: 0,
    confirmer: 0,
    confirmation: 0,
    availableBy: 0,
    partialDrawings: true,
    tolerancePlus: 0,
    toleranceMinus: 0,
    expiryDay: START_DAY + 60,
    latestShipmentDay: 0,
    presentationDays: 0,
    tenorDays: 0,
  };
}

export async function issued(world: World): Promise<CreditDeal> {
  await ready(world);
  const { parties, contracts } = world;
  const terms = {
    ...plainTerms(world, await tokenOf(world, "issuingBank", "EUR")),
    secondAdvisingBank: parties.secondAdvisingBank.id,
    nominatedBank: parties.nominatedBank.id,
    confirmer: parties.confirmingBank.id,
    confirmation: CONFIRM,
  };
  await perform(world, "issuingBank", { contract: "Credits", fn: "issue", args: [terms] });
  const creditId = creditIdOf({
    chainId: CHAIN_ID,
    credits: contracts.Credits,
    issuingBank: parties.issuingBank.id,
    salt: terms.salt,
  });
  return { creditId, termsCommitment, confirmerToken: await tokenOf(world, "confirmingBank", "EUR") };
}

/** The first advising bank advised; it is the second one's turn (U15). */
export async function advised(world: World): Promise<CreditDeal> {
  const deal = await issued(world);
  await perform(world, "advisingBank", { contract: "Credits", fn: "advise", args: [deal.creditId, termsCommitment] });
  return deal;
}

export async function confirmed(world: World): Promise<CreditDeal> {
  const deal = await advised(world);
  const args = [deal.creditId, deal.confirmerToken];
  await perform(world, "confirmingBank", { contract: "Confirmations", fn: "add", args });
  return deal;
}

/** What the beneficiary hands to this bank. */
export function presentation(world: World, creditId: string, bank: PartyName) {
  const replaces = `0x${"00".repeat(32)}`;
  return { creditId, salt: PRESENTATION, bank: world.parties[bank].id, amount, shipmentDay: 0, replaces, documents };
}

/** Documents lie with this bank, which examines them unless it is merely nominated (U25, U28). */
export function presentedTo(bank: PartyName) {
  return async (world: World): Promise<Drawing> => {
    const deal = await confirmed(world);
    const args = [presentation(world, deal.creditId, bank)];
    await perform(world, "exporter", { contract: "Presentations", fn: "present", args });
    const presentationId = presentationIdOf({
      chainId: CHAIN_ID,
      presentations: world.contracts.Presentations,
      creditId: deal.creditId,
      salt: PRESENTATION,
    });
    const undertakingOf = (obligor: PartyName) => undertakingIdOf(presentationId, world.parties[obligor].id);
    return { ...deal, presentationId, undertakingOf };
  };
}

/** What Presentations would tell Undertakings when the confirming bank honours. */
export function undertaking(world: World, drawing: Drawing) {
  return {
    creditId: drawing.creditId,
    presentationId: drawing.presentationId,
    token: drawing.confirmerToken,
    obligor: world.parties.confirmingBank.id,
    holder: world.parties.exporter.id,
    dueAt: world.chain.now(),
    status: 0,
    amount,
  };
}

/** The confirming bank honoured and still has the documents. */
export async function honoured(world: World): Promise<Drawing> {
  const drawing = await presentedTo("confirmingBank")(world);
  const args = [drawing.presentationId];
  await perform(world, "confirmingBank", { contract: "Presentations", fn: "honour", args });
  return drawing;
}

/** The confirming bank honoured and may owe the advising bank more than that. */
export async function honouredWithLimit(world: World): Promise<Drawing> {
  const drawing = await honoured(world);
  const args = [world.parties.confirmingBank.id, currency("EUR"), 2n ** 100n];
  await perform(world, "advisingBank", { contract: "ClearingHouse", fn: "setLimit", args });
  return drawing;
}

/** The confirming bank honoured and passed the documents on; the issuing bank examines on its own clock. */
export async function forwarded(world: World): Promise<Drawing> {
  const drawing = await honoured(world);
  const args = [drawing.presentationId, world.parties.issuingBank.id];
  await perform(world, "confirmingBank", { contract: "Presentations", fn: "forward", args });
  return drawing;
}

/** Both banks honoured: the confirming bank owes the beneficiary, the issuing bank owes the confirming bank. */
export async function honouredTwice(world: World): Promise<Drawing> {
  const drawing = await forwarded(world);
  await perform(world, "issuingBank", { contract: "Presentations", fn: "honour", args: [drawing.presentationId] });
  return drawing;
}

/** The confirming bank let its time pass (U28, U42). */
export async function timeOver(world: World): Promise<Drawing> {
  const drawing = await presentedTo("confirmingBank")(world);
  const args = [drawing.presentationId, world.parties.confirmingBank.id];
  const examination = (await look(world, { contract: "Presentations", fn: "examination", args })) as {
    deadline: bigint;
  };
  world.chain.moveTo(Number(examination.deadline));
  return drawing;
}

/** Expired so long ago that it may be closed. */
export async function closable(world: World): Promise<CreditDeal> {
  const deal = await issued(world);
  const from = await look(world, { contract: "Credits", fn: "closableFrom", args: [deal.creditId] });
  world.chain.moveTo(Number(from));
  return deal;
}
