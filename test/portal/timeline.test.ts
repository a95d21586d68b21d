import { expect } from "chai";
import { creditEvents } from "../../src/domain/events/credit.ts";
import { escrowEvents } from "../../src/domain/events/escrow.ts";
import { eventSchemas } from "../../src/domain/ledgerEvent.ts";
import { staleKeys } from "../../src/portal/api/keys.ts";
import {
  describedTypes,
  describeEvent,
  divisionOf,
  rulesOfForwarding,
} from "../../src/portal/screens/timeline/descriptions.ts";
import { retractionsIn, stoodBefore } from "../../src/portal/screens/timeline/retractions.ts";

const event = (sequence: number, type: string, data: Record<string, unknown>) => ({
  sequence,
  retracts: null as number | null,
  type,
  subject: "0x01",
  occurredAt: "2026-03-02T08:00:00.000Z",
  block: { number: sequence, hash: "0x02", logIndex: 0 },
  data,
});

/** The same thing again, which takes the entry back. */
const retractionOf = (entry: ReturnType<typeof event>, sequence: number) => {
  return { ...entry, sequence, retracts: entry.sequence };
};

describe("The timeline", () => {
  it("has a sentence for every event of credits and escrows", () => {
    expect([...describedTypes].sort()).to.deep.equal(Object.keys({ ...creditEvents, ...escrowEvents }).sort());
  });

  it("says who owes whom how much until when, and by which rule (U13)", () => {
    const undertaking = { holder: 5, amount: "1000", dueAt: 1_772_438_400 };
    const facts = describeEvent(event(1, "undertaking.created", { id: "0x01", obligor: 3, undertaking }));
    expect(facts).to.include({ actor: 3, other: 5, amountMinor: "1000", untilSeconds: 1_772_438_400 });
    expect(facts?.rules).to.deep.equal(["U13"]);
  });

  it("names the rules that a late presentation misses (U12, U29)", () => {
    const presentation = { amount: "1", late: true, latePeriod: true, lateShipment: false };
    const late = describeEvent(event(1, "presentation.made", { bank: 3, presentation }));
    expect(late).to.include({ tone: "bad", other: 3 });
    expect(late?.rules).to.deep.equal(["U12", "U29"]);
    const inTime = { ...presentation, late: false, latePeriod: false };
    expect(describeEvent(event(1, "presentation.made", { bank: 3, presentation: inTime }))?.rules).to.deep.equal([]);
  });

  it("tells passing on without a decision from passing on after honouring (U25, U38)", () => {
    const honoured = event(2, "presentation.honoured", { bank: 7 });
    const passedOn = event(3, "presentation.forwarded", { from: 7, to: 8 });
    expect(rulesOfForwarding(passedOn, [honoured, passedOn])).to.deep.equal(["U38"]);
    expect(rulesOfForwarding(event(1, "presentation.forwarded", { from: 7, to: 8 }), [honoured])).to.deep.equal([
      "U25",
    ]);
    expect(rulesOfForwarding(honoured, [])).to.deep.equal([]);
  });

  it("does not take a decision for made that was taken back before the documents were passed on (U25, U38)", () => {
    const honoured = event(2, "presentation.honoured", { bank: 7 });
    const takenBack = [honoured, retractionOf(honoured, 3)];
    const passedOn = (sequence: number) => event(sequence, "presentation.forwarded", { from: 7, to: 8 });
    expect(rulesOfForwarding(passedOn(4), takenBack)).to.deep.equal(["U25"]);
    expect(rulesOfForwarding(passedOn(5), [...takenBack, { ...honoured, sequence: 4 }])).to.deep.equal(["U38"]);
    const takenBackLater = [honoured, passedOn(3), retractionOf(passedOn(3), 4), retractionOf(honoured, 5)];
    expect(rulesOfForwarding(passedOn(3), takenBackLater), "it stood then").to.deep.equal(["U38"]);
  });

  it("tells entries that were taken back from those that took them back", () => {
    const [issued, advised] = [event(1, "credit.issued", {}), event(2, "credit.advised", {})];
    const history = [issued, advised, retractionOf(advised, 3)];
    expect([...retractionsIn(history)]).to.deep.equal([[2, 3]]);
    const numbers = (sequence: number) => stoodBefore(history, sequence).map((entry) => entry.sequence);
    expect([numbers(3), numbers(4)]).to.deep.equal([[1], [1]]);
  });

  it("counts milestones from 1 and divides a settled one", () => {
    const settled = event(1, "milestone.settled", { milestone: 1, cause: "0x", toSeller: "12", toBuyer: "8" });
    expect(describeEvent(settled)?.milestone).to.equal(2);
    expect(divisionOf(settled)).to.deep.equal({ toSeller: "12", toBuyer: "8" });
    expect(divisionOf(event(1, "escrow.settled", { toSeller: "12", toBuyer: "8" }))).to.equal(undefined);
  });

  it("shows a type that it does not know without a sentence, because types only grow", () => {
    expect(describeEvent(event(1, "credit.amended", { bank: 3 }))).to.equal(undefined);
  });
});

describe("What an event makes stale", () => {
  it("is the history of its subject and the clock, for every type", () => {
    for (const type of [...Object.keys(eventSchemas), "unheard.of"]) {
      expect(staleKeys({ type, subject: "s" }), type).to.deep.include.members([["clock"], ["events", "s"]]);
    }
  });

  it("is the lists and deals of its kind", () => {
    const first = (type: string) => staleKeys({ type, subject: "s" }).map(([word]) => word);
    expect(first("examination.started")).to.include.members(["credits", "credit", "presentations", "presentation"]);
    expect(first("milestone.settled")).to.include.members(["escrows", "escrow"]);
    expect(first("deposit.moved")).to.include.members(["accounts", "statement"]);
    expect(first("account.order_executed")).to.include.members(["approvals", "approval"]);
    expect(first("credit.issued")).not.to.include("escrows");
  });
});
