import { expect } from "chai";
import { refusal } from "../../fixtures/api.ts";
import { daySeconds, describeGateway } from "../../fixtures/gateway.ts";
import {
  admitEscrowParties,
  type EscrowParties,
  fundedEscrow,
  proposeEscrow,
  type TestEscrow,
} from "./escrowFixture.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

/** Every state of an escrow ends by time alone, without anybody's cooperation. */
describeGateway("timed exits of escrows, by the test clock", (fixture) => {
  let parties: EscrowParties;

  before(async () => {
    parties = await admitEscrowParties(fixture.system);
  });

  const days = async (count: number) => fixture.system.moveTo((await fixture.system.now()) + count * daySeconds);
  const exitOf = async (escrow: TestEscrow, position: number) => {
    const { milestones } = await escrow.see(parties.buyer);
    const found = milestones[position]?.timedExit;
    return found && [found.exit, found.open];
  };

  it("an offer lapses when it was not funded in time; then anybody's record of it changes nothing else", async () => {
    const { buyer, seller, arbiter } = parties;
    const escrow = await proposeEscrow(fixture.system, parties);
    await escrow.act(seller, "agree");
    expect(refusal(await escrow.try(arbiter, "lapse"))).to.deep.equal([409, "escrow.time_not_over"]);
    expect((await escrow.see(buyer)).lapse?.open).to.equal(false);
    await days(6);
    const over = await escrow.see(buyer);
    expect([over.status, over.lapse?.open]).to.deep.equal(["lapsed", true]);
    expect(refusal(await escrow.try(buyer, "fund"))[1]).to.be.oneOf(["escrow.time_over", "deposit.insufficient"]);
    await escrow.act(arbiter, "lapse");
    const recorded = await escrow.see(buyer);
    expect([recorded.status, recorded.lapse]).to.deep.equal(["lapsed", null]);
  });

  it("an offer past its time is refused, and listed as lapsed", async () => {
    const { system } = fixture;
    const escrow = await proposeEscrow(system, parties);
    await days(6);
    expect(refusal(await escrow.try(parties.seller, "agree"))).to.deep.equal([409, "escrow.time_over"]);
    const list = async (status: string) => {
      const reply = await system.as(parties.seller.maker).get<Page>(`/v1/escrows?status=${status}`);
      return reply.body.items.map(({ id }) => id);
    };
    expect(await list("lapsed")).to.include(escrow.id);
    expect(await list("proposed")).to.deep.equal([]);
  });

  it("an undelivered milestone returns to the buyer after its due time", async () => {
    const { buyer, seller } = parties;
    const escrow = await fundedEscrow(fixture.system, parties);
    expect(await exitOf(escrow, 0)).to.deep.equal(["undelivered", false]);
    const settle = { exit: "undelivered" };
    expect(refusal(await escrow.try(buyer, "milestones/0/settle", settle))).to.deep.equal([
      409,
      "escrow.time_not_over",
    ]);
    await days(21);
    expect(await exitOf(escrow, 0)).to.deep.equal(["undelivered", true]);
    const late = await escrow.try(seller, "milestones/0/deliver", { evidence: "too late" });
    expect(refusal(late)).to.deep.equal([409, "escrow.time_over"]);
    await escrow.act(buyer, "milestones/0/settle", settle);
    expect((await escrow.see(buyer)).claimable).to.deep.equal({ buyer: euro("100.00"), seller: euro("0.00") });
  });

  it("a delivered milestone goes to the seller when the buyer let the inspection pass", async () => {
    const { buyer, seller } = parties;
    const escrow = await fundedEscrow(fixture.system, parties);
    await escrow.act(seller, "milestones/1/deliver", { evidence: "Protocol 12" });
    const settle = { exit: "inspected" };
    expect(refusal(await escrow.try(seller, "milestones/1/settle", settle))).to.deep.equal([
      409,
      "escrow.time_not_over",
    ]);
    await days(7);
    expect(await exitOf(escrow, 1)).to.deep.equal(["inspected", true]);
    const late = await escrow.try(buyer, "milestones/1/dispute", { evidence: "too late" });
    expect(refusal(late)).to.deep.equal([409, "escrow.time_over"]);
    await escrow.act(seller, "milestones/1/settle", settle);
    expect((await escrow.see(buyer)).claimable).to.deep.equal({ buyer: euro("0.00"), seller: euro("250.01") });
  });

  it("a disputed milestone is split as agreed when the arbiter stays silent", async () => {
    const { buyer, seller, arbiter } = parties;
    const escrow = await fundedEscrow(fixture.system, parties);
    await escrow.act(buyer, "milestones/1/dispute", { evidence: "Nothing will come" });
    const settle = { exit: "default" };
    expect(refusal(await escrow.try(seller, "milestones/1/settle", settle))).to.deep.equal([
      409,
      "escrow.time_not_over",
    ]);
    await days(10);
    expect(await exitOf(escrow, 1)).to.deep.equal(["default", true]);
    const late = await escrow.try(arbiter, "milestones/1/rule", { sellerBps: 10_000 });
    expect(refusal(late)).to.deep.equal([409, "escrow.time_over"]);
    const wrong = await escrow.try(seller, "milestones/1/settle", { exit: "inspected" });
    expect(refusal(wrong)).to.deep.equal([409, "escrow.milestone_wrong_status"]);
    await escrow.act(seller, "milestones/1/settle", settle);
    // Half of 250.01, the seller's share rounded down (ESC-3).
    expect((await escrow.see(buyer)).claimable).to.deep.equal({ buyer: euro("125.01"), seller: euro("125.00") });
  });
});

interface Page {
  readonly items: readonly { readonly id: string }[];
}
