/** Acts on credits, presentations, undertakings and escrows. */
import {
  creditTerms,
  type Draft,
  draft,
  escrowTerms,
  genesisSeconds,
  hash,
  nobody,
  noHash,
} from "../store/blockFixture.ts";
import { type Act, type Draw, type Escrow, oneOf, participant, type World } from "./world.ts";

function issue(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const token = oneOf(draw, world.tokens);
  if (!token || world.participants < 4) return [];
  const id = unique("1");
  const someone = () => participant(world, draw);
  const terms = {
    ...creditTerms,
    ...{ salt: hash(draw(1_000)), token: token.address, applicant: someone(), beneficiary: someone() },
    ...{ advisingBank: someone(), secondAdvisingBank: draw(2) * someone(), nominatedBank: someone() },
    confirmer: draw(2) * someone(),
  };
  world.credits.push({ id, token: token.address, bank: token.bank, closed: false, drawn: 0 });
  return [draft("credit.issued", { id, issuingBank: token.bank, beneficiary: terms.beneficiary, terms })];
}

function answerCredit(world: World, draw: Draw): Draft[] {
  const credit = oneOf(draw, world.credits);
  if (!credit) return [];
  const { id, bank, token } = credit;
  const second = draw(2) === 0;
  const reasonCommitment = hash(5);
  switch (draw(6)) {
    case 0:
      return [draft("credit.advised", { id, bank, second, termsCommitment: hash(2) })];
    case 1:
      return [draft("credit.advice_declined", { id, bank, second, reasonCommitment })];
    case 2:
      return [draft("confirmation.added", { creditId: id, bank, token })];
    case 3:
      return [draft("confirmation.declined", { creditId: id, bank, reasonCommitment })];
    case 4:
      credit.drawn += 1 + draw(1_000);
      return [draft("credit.drawn", { id, amount: "1", drawn: String(credit.drawn) })];
    default:
      if (credit.closed) return [];
      credit.closed = true;
      return [draft("credit.closed", { id, undrawn: "0" })];
  }
}

function present(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const credit = oneOf(draw, world.credits);
  if (!credit) return [];
  const id = unique("2");
  world.presentations.push({ id, creditId: credit.id, banks: [credit.bank] });
  const presentation = {
    ...{ amount: String(1 + draw(1_000)), presentedAt: genesisSeconds, presentedOn: 12_107, shipmentDay: draw(2) },
    ...{ replaces: draw(2) === 0 ? noHash : hash(77), late: draw(2) === 0, latePeriod: false, lateShipment: true },
  };
  const documents = [hash(draw(100)), hash(draw(100))];
  return [draft("presentation.made", { id, creditId: credit.id, bank: credit.bank, presentation, documents })];
}

function examine(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const presentation = oneOf(draw, world.presentations);
  if (!presentation) return [];
  const { id, banks, creditId } = presentation;
  const bank = oneOf(draw, banks) ?? 0;
  const undertakingId = unique("3");
  switch (draw(5)) {
    case 0: {
      const to = participant(world, draw);
      if (!banks.includes(to)) banks.push(to);
      return [draft("presentation.forwarded", { id, from: bank, to })];
    }
    case 1:
      return [draft("examination.started", { id, bank, receivedOn: 12_107, deadline: genesisSeconds + draw(9_999) })];
    case 2: {
      const discrepancies = [{ kind: "late", document: 1, article: 14, textCommitment: hash(draw(9)) }];
      return [draft("presentation.refused", { id, bank, disposal: "hold", discrepancies })];
    }
    case 3:
      return [draft("presentation.bank_precluded", { id, bank, undertakingId })];
    default: {
      const holder = participant(world, draw);
      const token = world.credits.find((credit) => credit.id === creditId)?.token ?? nobody;
      const undertaking = { presentationId: id, token, holder, amount: "500", dueAt: genesisSeconds + 9 };
      world.undertakings.push({ id: undertakingId, obligor: bank, holder, amount: "500" });
      return [
        draft("presentation.honoured", { id, bank, undertakingId }),
        draft("undertaking.created", { id: undertakingId, creditId, obligor: bank, undertaking }),
      ];
    }
  }
}

function payUndertaking(world: World, draw: Draw): Draft[] {
  const undertaking = oneOf(draw, world.undertakings);
  if (!undertaking) return [];
  world.undertakings = world.undertakings.filter((one) => one !== undertaking);
  return [draft("undertaking.paid", { ...undertaking })];
}

function proposeEscrow(world: World, draw: Draw, unique: (letter: string) => string): Draft[] {
  const token = oneOf(draw, world.tokens);
  if (!token) return [];
  const id = unique("4");
  const [buyer, seller, arbiter] = [participant(world, draw), participant(world, draw), participant(world, draw)];
  world.escrows.push({ id, buyer, seller, status: "proposed", milestones: ["open", "open"], claimable: {} });
  const terms = { ...escrowTerms, token: token.address, buyer, seller, arbiter };
  return [draft("escrow.proposed", { id, buyer, seller, proposer: buyer, terms })];
}

function advanceEscrow(world: World, draw: Draw): Draft[] {
  const escrow = oneOf(
    draw,
    world.escrows.filter(({ status }) => status !== "settled"),
  );
  if (!escrow) return [];
  const { id, seller } = escrow;
  if (escrow.status === "proposed") {
    if (draw(4) === 0) {
      escrow.status = "settled";
      return [draft("escrow.lapsed", { id })];
    }
    escrow.status = "agreed";
    return [draft("escrow.agreed", { id, by: seller })];
  }
  if (escrow.status === "agreed") {
    escrow.status = "funded";
    return [draft("escrow.funded", { id, amount: "1000" })];
  }
  if (escrow.milestones.every((milestone) => milestone === "settled")) {
    escrow.status = "settled";
    return [draft("escrow.settled", { id })];
  }
  return advanceMilestone(escrow, draw);
}

function advanceMilestone(escrow: Escrow, draw: Draw): Draft[] {
  const { id, buyer, seller, claimable } = escrow;
  const milestone = escrow.milestones.findIndex((status) => status !== "settled");
  const evidenceCommitment = hash(draw(9));
  if (escrow.milestones[milestone] === "open" && draw(2) === 0) {
    escrow.milestones[milestone] = "delivered";
    return [draft("milestone.delivered", { id, milestone, evidenceCommitment })];
  }
  if (escrow.milestones[milestone] === "delivered" && draw(2) === 0) {
    escrow.milestones[milestone] = "disputed";
    return [draft("milestone.disputed", { id, milestone, by: buyer, evidenceCommitment })];
  }
  escrow.milestones[milestone] = "settled";
  const whole = escrowTerms.milestones[milestone]?.amount === "600" ? 600 : 400;
  const toBuyer = draw(2) * 100;
  claimable[seller] = (claimable[seller] ?? 0) + whole - toBuyer;
  claimable[buyer] = (claimable[buyer] ?? 0) + toBuyer;
  const sums = { toSeller: String(whole - toBuyer), toBuyer: String(toBuyer) };
  return [draft("milestone.settled", { id, milestone, cause: "0xdeadbeef", ...sums })];
}

function claim(world: World, draw: Draw): Draft[] {
  const escrow = oneOf(
    draw,
    world.escrows.filter(({ claimable }) => Object.values(claimable).some((amount) => amount > 0)),
  );
  const [participantId, amount] = Object.entries(escrow?.claimable ?? {}).find(([, sum]) => sum > 0) ?? [];
  if (!escrow || participantId === undefined || amount === undefined) return [];
  escrow.claimable[Number(participantId)] = 0;
  return [draft("escrow.claimed", { id: escrow.id, participant: Number(participantId), amount: String(amount) })];
}

export const dealActs: readonly Act[] = [
  ...[issue, answerCredit, answerCredit, present, examine, examine, payUndertaking],
  ...[proposeEscrow, advanceEscrow, advanceEscrow, advanceEscrow, claim],
];
