import { expect } from "chai";
import { insertCommittedText } from "../../../src/store/committedTexts.ts";
import { listBalances } from "../../../src/store/deposits.ts";
import { findRedemption, listRedemptions } from "../../../src/store/redemptions.ts";
import { describeStore } from "../../fixtures/database.ts";
import {
  address,
  createTestBlocks,
  draft,
  enterParticipants,
  enterToken,
  hash,
  nobody,
  organisationOf,
  type TestBlocks,
  token,
} from "../blockFixture.ts";

/** Holder 3 at bank 2. */
const requested = (n: number, dueAt: number) =>
  draft("redemption.requested", {
    ...{ id: hash(n), bank: 2, holder: 3, ref: hash(n, "a") },
    redemption: { token, holder: 3, dueAt, status: "requested", amount: "100", bank: 2 },
  });
const ended = (n: number) => ({ id: hash(n), bank: 2, holder: 3 });

describeStore("views of redemptions", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 3, 4]);
    await enterToken(fixture.store);
    await blocks.add(draft("deposit.moved", { token, from: nobody, to: address(3), value: "500" }));
  });

  const ids = async (participantId: number, regulates?: string, dueBy?: number) => {
    const page = { dueBy, before: undefined, limit: 10 };
    const rows = await listRedemptions(fixture.store.db, { participantId, regulates }, page);
    return rows.map(({ id }) => id);
  };
  const find = (n: number) => findRedemption(fixture.store.db, { participantId: 3, regulates: undefined }, hash(n));

  it("show each to its holder, its bank and the regulator of the bank's country, newest first", async () => {
    await blocks.add(requested(1, 1_046_100_000));
    await blocks.add(requested(2, 1_046_200_000));
    for (const participant of [2, 3]) expect(await ids(participant)).to.deep.equal([hash(2), hash(1)]);
    expect(await ids(4), "nobody else").to.deep.equal([]);
    expect(await ids(4, "NL"), "the regulator of the bank's country").to.deep.equal([hash(2), hash(1)]);
    expect(await ids(4, "DE")).to.deep.equal([]);
    const reader = { participantId: 4, regulates: "DE" };
    expect(await findRedemption(fixture.store.db, reader, hash(1))).to.equal(undefined);
  });

  it("find those that were due by a time and wait still", async () => {
    await blocks.add(requested(1, 1_046_100_000), requested(2, 1_046_100_000), requested(3, 1_046_100_001));
    await blocks.add(draft("redemption.paid", { ...ended(2), payoutRef: hash(5) }));
    expect(await ids(2, undefined, 1_046_099_999)).to.deep.equal([]);
    expect(await ids(2, undefined, 1_046_100_000)).to.deep.equal([hash(1)]);
    expect(await ids(4, "NL", 1_046_100_001)).to.deep.equal([hash(3), hash(1)]);
  });

  it("say how each ended, with the words that belong to its commitments", async () => {
    await blocks.add(requested(1, 1_046_100_000), requested(2, 1_046_100_000), requested(3, 1_046_100_000));
    await fixture.store.transaction(async (tx) => {
      const shared = { organisationId: organisationOf(3), salt: null, orderId: "order", createdAtMs: 0 };
      const words = { ...shared, kind: "redemption_request", commitment: hash(1, "a") } as const;
      await insertCommittedText(tx, { ...words, text: "R-1" });
      await insertCommittedText(tx, { ...words, text: "said again" });
      const answered = { ...shared, organisationId: organisationOf(2) };
      await insertCommittedText(tx, { ...answered, kind: "give_back", commitment: hash(9), text: "Closed." });
    });
    await blocks.add(draft("redemption.given_back", { ...ended(1), reasonHash: hash(9) }));
    await blocks.add(draft("redemption.withdrawn", ended(2)));
    const block = await blocks.add(draft("redemption.paid", { ...ended(3), payoutRef: hash(8) }));
    expect(await find(1)).to.deep.include({ status: "given_back", reference: "R-1", answerText: "Closed." });
    expect(await find(2)).to.deep.include({ status: "withdrawn", reference: null, answer: null });
    expect(await find(3)).to.deep.include({ status: "paid", ended_at: block.block.timestamp, answer: hash(8) });
  });

  it("quote nobody who wrote the words for something else, whoever repeats their commitment", async () => {
    await blocks.add(requested(1, 1_046_100_000), requested(2, 1_046_100_000));
    await fixture.store.transaction(async (tx) => {
      const shared = { salt: null, orderId: "order", createdAtMs: 0 };
      const freeze = { ...shared, organisationId: organisationOf(2), kind: "freeze" } as const;
      await insertCommittedText(tx, { ...freeze, commitment: hash(1, "a"), text: "an order of the court" });
      const other = { ...shared, organisationId: organisationOf(4), kind: "redemption_request" } as const;
      await insertCommittedText(tx, { ...other, commitment: hash(2, "a"), text: "another's reference" });
    });
    for (const n of [1, 2]) expect(await find(n)).to.include({ reference: null });
  });

  it("count as set aside beside the holder's balance until they end", async () => {
    const setAside = async () => (await listBalances(fixture.store.db, address(3)))[0]?.setAside;
    expect(await setAside()).to.equal("0");
    await blocks.add(requested(1, 1_046_100_000), requested(2, 1_046_100_000));
    expect(await setAside()).to.equal("200");
    await blocks.add(draft("redemption.withdrawn", ended(1)));
    expect(await setAside()).to.equal("100");
  });
});
