import { expect } from "chai";
import { describeStore } from "../../fixtures/database.ts";
import {
  createTestBlocks,
  draft,
  enterParticipants,
  enterToken,
  escrowTerms,
  hash,
  type TestBlocks,
} from "../blockFixture.ts";

const id = hash(53);

describeStore("views of escrows", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 3, 4, 5]);
    await enterToken(fixture.store);
    await blocks.add(draft("escrow.proposed", { id, buyer: 3, seller: 4, proposer: 3, terms: escrowTerms }));
  });

  const escrow = () => fixture.store.db.selectFrom("escrows").selectAll().where("id", "=", id).executeTakeFirst();
  const milestones = () =>
    fixture.store.db.selectFrom("milestones").selectAll().where("escrow_id", "=", id).orderBy("position").execute();
  const claimables = async () => {
    const rows = await fixture.store.db.selectFrom("escrow_claimables").selectAll().orderBy("participant").execute();
    return rows.map(({ participant, amount }) => [participant, amount]);
  };
  const settled = (milestone: number, toSeller: string, toBuyer: string) =>
    draft("milestone.settled", { id, milestone, cause: "0xdeadbeef", toSeller, toBuyer });

  it("hold the proposal as it was made", async () => {
    expect(await escrow()).to.deep.include({
      ...{ status: "proposed", buyer: 3, seller: 4, arbiter: 5, proposer: 3, locked: "0" },
      ...{ fund_by: escrowTerms.fundBy, terms: escrowTerms },
    });
    expect((await milestones()).map(({ amount, due_at, status }) => [amount, due_at, status])).to.deep.equal([
      ["600", escrowTerms.milestones[0]?.dueAt, "open"],
      ["400", escrowTerms.milestones[1]?.dueAt, "open"],
    ]);
  });

  it("follow agreement, funding, delivery and dispute with their times", async () => {
    await blocks.add(draft("escrow.agreed", { id, by: 4 }));
    expect(await escrow()).to.include({ status: "agreed", locked: "0" });
    await blocks.add(draft("escrow.funded", { id, amount: "1000" }));
    expect(await escrow()).to.include({ status: "funded", locked: "1000" });
    const delivered = await blocks.add(draft("milestone.delivered", { id, milestone: 0, evidenceCommitment: hash(1) }));
    const disputed = await blocks.add(
      draft("milestone.disputed", { id, milestone: 0, by: 3, evidenceCommitment: hash(1) }),
    );
    const [first, second] = await milestones();
    expect(first).to.include({
      ...{ status: "disputed", delivered_at: delivered.block.timestamp, disputed_at: disputed.block.timestamp },
    });
    expect(second).to.include({ status: "open", delivered_at: null });
  });

  it("move what is locked to what may be claimed, sum for sum, and from there to the claimer (ESC-1)", async () => {
    await blocks.add(draft("escrow.agreed", { id, by: 4 }), draft("escrow.funded", { id, amount: "1000" }));
    await blocks.add(settled(0, "600", "0"));
    expect((await escrow())?.locked).to.equal("400");
    expect(await claimables()).to.deep.equal([[4, "600"]]);
    await blocks.add(settled(1, "150", "250"), draft("escrow.settled", { id }));
    expect(await escrow()).to.include({ status: "settled", locked: "0" });
    expect(await claimables()).to.deep.equal([
      [3, "250"],
      [4, "750"],
    ]);
    expect((await milestones()).map(({ status, to_seller, to_buyer }) => [status, to_seller, to_buyer])).to.deep.equal([
      ["settled", "600", "0"],
      ["settled", "150", "250"],
    ]);
    await blocks.add(draft("escrow.claimed", { id, participant: 4, amount: "750" }));
    expect(await claimables()).to.deep.equal([
      [3, "250"],
      [4, "0"],
    ]);
  });

  it("refuse a claim of more than there is, which the ledger cannot have", async () => {
    await blocks.add(draft("escrow.funded", { id, amount: "1000" }), settled(0, "600", "0"));
    const failure: unknown = await blocks
      .add(draft("escrow.claimed", { id, participant: 4, amount: "601" }))
      .catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "escrow_claimables_not_negative");
  });

  it("show a proposal that lapsed", async () => {
    await blocks.add(draft("escrow.lapsed", { id }));
    expect(await escrow()).to.include({ status: "lapsed", locked: "0" });
  });
});
