import { expect } from "chai";
import { describeStore } from "../../fixtures/database.ts";
import {
  address,
  createTestBlocks,
  creditTerms,
  draft,
  enterParticipants,
  enterToken,
  hash,
  noHash,
  type TestBlocks,
  token,
} from "../blockFixture.ts";

const creditId = hash(50);
const id = hash(51);
const presentation = {
  ...{ amount: "10000000", presentedAt: 1_046_100_000, presentedOn: 12_107, shipmentDay: 12_100, replaces: noHash },
  ...{ late: true, latePeriod: false, lateShipment: true },
};
const discrepancy = { kind: "DOCM", document: 1, article: 18, textCommitment: hash(3) };

describeStore("views of credits", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 3, 4, 5, 6, 7]);
    await enterToken(fixture.store);
    await blocks.add(draft("credit.issued", { id: creditId, issuingBank: 2, beneficiary: 4, terms: creditTerms }));
  });

  const credit = () =>
    fixture.store.db.selectFrom("credits").selectAll().where("id", "=", creditId).executeTakeFirstOrThrow();
  const examinations = () =>
    fixture.store.db.selectFrom("examinations").selectAll().orderBy("received_at").orderBy("bank").execute();
  const present = (to: number, more: object = {}) =>
    blocks.add(
      draft("presentation.made", {
        ...{ id, creditId, bank: to, documents: [hash(60), hash(61)] },
        presentation: { ...presentation, ...more },
      }),
    );

  it("hold the credit as it was issued, with nothing drawn and no answer from any bank", async () => {
    expect(await credit()).to.deep.include({
      ...{ status: "issued", issuing_bank: 2, applicant: 3, beneficiary: 4, advising_bank: 5, nominated_bank: 6 },
      ...{ confirmer: 7, second_advising_bank: 0, amount: "10000000", drawn: "0", terms: creditTerms },
      ...{ advice: "none", second_advice: "none", confirmation: "silent", issued_at: 1_046_000_010, token },
    });
  });

  it("keep the two advising banks apart, and advice from declining (U15, U17)", async () => {
    await blocks.add(draft("credit.advised", { id: creditId, bank: 5, second: false, termsCommitment: hash(2) }));
    expect(await credit()).to.include({ advice: "advised", second_advice: "none" });
    await blocks.add(
      draft("credit.advice_declined", { id: creditId, bank: 6, second: true, reasonCommitment: hash(3) }),
    );
    expect(await credit()).to.include({ advice: "advised", second_advice: "declined" });
  });

  for (const [type, confirmation] of [
    ["confirmation.added", "added"],
    ["confirmation.declined", "declined"],
  ] as const) {
    it(`say that the confirmation was ${confirmation} (U14)`, async () => {
      const data = { creditId, bank: 7, token: address(901), reasonCommitment: hash(3) };
      await blocks.add(draft(type, data));
      expect(await credit()).to.include({ confirmation });
    });
  }

  it("follow what is drawn, and the end", async () => {
    await blocks.add(draft("credit.drawn", { id: creditId, amount: "4000000", drawn: "4000000" }));
    await blocks.add(draft("credit.drawn", { id: creditId, amount: "1", drawn: "4000001" }));
    expect(await credit()).to.include({ drawn: "4000001", status: "issued" });
    await blocks.add(draft("credit.closed", { id: creditId, undrawn: "5999999" }));
    expect(await credit()).to.include({ status: "closed" });
  });

  it("hold a presentation with its documents and what was late about it (U12, U29)", async () => {
    const made = await present(6, { replaces: hash(49) });
    const row = await fixture.store.db.selectFrom("presentations").selectAll().executeTakeFirst();
    expect(row).to.deep.include({
      ...{ id, credit_id: creditId, presented_to: 6, amount: "10000000", presented_on: 12_107, shipment_day: 12_100 },
      ...{ late: true, late_period: false, late_shipment: true, replaces: hash(49), presented_at: 1_046_100_000 },
      documents: [hash(60), hash(61)],
    });
    // A nominated bank that has the documents examines nothing yet (U25).
    expect(await examinations()).to.deep.equal([
      {
        ...{ presentation_id: id, bank: 6, decision: "none", received_at: made.block.timestamp, received_on: null },
        ...{ deadline: null, decided_at: null, disposal: null, discrepancies: [], forwarded_to: null },
      },
    ]);
  });

  it("know a first presentation, which replaces none", async () => {
    await present(6);
    expect(await fixture.store.db.selectFrom("presentations").select("replaces").executeTakeFirst()).to.deep.equal({
      replaces: null,
    });
  });

  it("give each bank a clock of its own from its own receipt (U28)", async () => {
    await present(6);
    const forwarded = await blocks.add(draft("presentation.forwarded", { id, from: 6, to: 7 }));
    await blocks.add(draft("examination.started", { id, bank: 7, receivedOn: 12_107, deadline: 1_046_900_000 }));
    const [nominated, confirmer] = await examinations();
    expect(nominated).to.include({ bank: 6, decision: "none", forwarded_to: 7, deadline: null });
    expect(confirmer).to.include({
      ...{ bank: 7, decision: "examining", received_at: forwarded.block.timestamp, received_on: 12_107 },
      ...{ deadline: 1_046_900_000, forwarded_to: null },
    });
  });

  it("record each bank's decision, and no other bank's (U38, U40, U42)", async () => {
    await present(7);
    await blocks.add(draft("examination.started", { id, bank: 7, receivedOn: 12_107, deadline: 1_046_900_000 }));
    const honoured = await blocks.add(draft("presentation.honoured", { id, bank: 7, undertakingId: hash(52) }));
    await blocks.add(
      draft("presentation.forwarded", { id, from: 7, to: 2 }),
      draft("examination.started", { id, bank: 2, receivedOn: 12_110, deadline: 1_047_000_000 }),
    );
    const [confirmer, issuer] = await examinations();
    expect(confirmer).to.include({ decision: "complying", decided_at: honoured.block.timestamp });
    expect(issuer).to.include({ decision: "examining", decided_at: null });
    await blocks.add(draft("presentation.bank_precluded", { id, bank: 2, undertakingId: noHash }));
    expect((await examinations()).map(({ decision }) => decision)).to.deep.equal(["complying", "precluded"]);
  });

  it("keep a notice of refusal with every discrepancy and what becomes of the documents (U40)", async () => {
    await present(7);
    await blocks.add(draft("examination.started", { id, bank: 7, receivedOn: 12_107, deadline: 1_046_900_000 }));
    const discrepancies = [discrepancy, { ...discrepancy, kind: "LATE", document: 0 }];
    const refused = await blocks.add(draft("presentation.refused", { id, bank: 7, disposal: "return", discrepancies }));
    const [examination] = await examinations();
    expect(examination).to.deep.include({
      ...{ decision: "refused", disposal: "return", discrepancies, decided_at: refused.block.timestamp },
    });
  });

  it("hold an undertaking until it is paid", async () => {
    await present(7);
    const undertaking = { presentationId: id, token, holder: 4, amount: "10000000", dueAt: 1_046_200_000 };
    await blocks.add(draft("undertaking.created", { id: hash(52), creditId, obligor: 7, undertaking }));
    const read = () => fixture.store.db.selectFrom("undertakings").selectAll().executeTakeFirst();
    expect(await read()).to.deep.equal({
      ...{ id: hash(52), credit_id: creditId, presentation_id: id, obligor: 7, holder: 4, token, amount: "10000000" },
      ...{ due_at: 1_046_200_000, status: "owed" },
    });
    await blocks.add(draft("undertaking.paid", { id: hash(52), obligor: 7, holder: 4, amount: "10000000" }));
    expect(await read()).to.include({ status: "paid" });
  });
});
