import { expect } from "chai";
import { findUndertaking, listUndertakings } from "../../../src/store/undertakings.ts";
import { findWholeCredit } from "../../../src/store/wholeCredit.ts";
import { describeStore } from "../../fixtures/database.ts";
import {
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
const id = hash(52);
const owed = (holder: number) => ({
  ...{ presentationId: hash(51), token, holder, amount: "10000000", dueAt: 1_046_200_000 },
});
const presentation = {
  ...{ amount: "10000000", presentedAt: 1_046_100_000, presentedOn: 12_107, shipmentDay: 12_100, replaces: noHash },
  ...{ late: false, latePeriod: false, lateShipment: false },
};
const page = { role: undefined, status: undefined, creditId: undefined, cursor: undefined, limit: 10 };
const executed = (n: number, legs: { target: string; from: number; to: number; item: string; amount: string }[]) =>
  draft("settlement.executed", { id: hash(n), legs });

describeStore("views of settlements", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 3, 4, 5, 6, 7]);
    await enterToken(fixture.store);
    await blocks.add(
      draft("credit.issued", { id: creditId, issuingBank: 2, beneficiary: 4, terms: creditTerms }),
      draft("credit.advised", { id: creditId, bank: 5, second: false, termsCommitment: hash(2) }),
      draft("presentation.made", { id: hash(51), creditId, bank: 2, presentation, documents: [hash(60)] }),
      draft("undertaking.created", { id, creditId, obligor: 2, undertaking: owed(4) }),
    );
  });

  const seenBy = (participant: number) => findUndertaking(fixture.store.db, participant, id);
  const listedFor = async (participant: number, filter: Partial<Parameters<typeof listUndertakings>[2]> = {}) => {
    const rows = await listUndertakings(fixture.store.db, participant, { ...page, ...filter });
    return rows.map(({ status, holder }) => [status, holder]);
  };

  it("keep what was executed with its legs, and what was cancelled with who withdrew", async () => {
    const legs = [{ target: token, from: 3, to: 4, item: noHash, amount: "5" }];
    const { block } = await blocks.add(executed(80, legs));
    await blocks.add(draft("settlement.cancelled", { id: hash(81), by: 4, parties: [3, 4] }));
    const rows = await fixture.store.db.selectFrom("settlements").selectAll().orderBy("id").execute();
    expect(rows.map(({ transaction_hash: _, ...row }) => row)).to.deep.equal([
      { id: hash(80), status: "executed", legs, cancelled_by: null, ended_at: block.timestamp },
      { id: hash(81), status: "cancelled", legs: null, cancelled_by: 4, ended_at: block.timestamp + 10 },
    ]);
    const parties = await fixture.store.db.selectFrom("settlement_parties").selectAll().execute();
    expect(parties.map(({ participant, settlement_id }) => [participant, settlement_id]).sort()).to.deep.equal([
      ...[
        [3, hash(80)],
        [3, hash(81)],
        [4, hash(80)],
        [4, hash(81)],
      ],
    ]);
  });

  it("show an undertaking to its new holder and to its obligor as it is, and what became of it", async () => {
    expect(await seenBy(6)).to.equal(undefined);
    await blocks.add(draft("undertaking.transferred", { id, from: 4, to: 6 }));
    expect(await seenBy(6)).to.include({ holder: 6, status: "owed", transferred_at: null, currency: "EUR" });
    expect(await seenBy(2)).to.include({ holder: 6, status: "owed" });
    await blocks.add(draft("undertaking.paid", { id, obligor: 2, holder: 6, amount: "10000000" }));
    expect(await seenBy(6)).to.include({ holder: 6, status: "paid" });
    expect(await seenBy(2)).to.include({ holder: 6, status: "paid" });
    expect(await seenBy(3), "another party of the credit").to.equal(undefined);
  });

  it("show it to who gave it away as it was then, whatever came later", async () => {
    const { block } = await blocks.add(draft("undertaking.transferred", { id, from: 4, to: 6 }));
    const then = { holder: 6, status: "transferred", transferred_at: block.timestamp };
    expect(await seenBy(4)).to.include(then);
    await blocks.add(draft("undertaking.transferred", { id, from: 6, to: 7 }));
    await blocks.add(draft("undertaking.paid", { id, obligor: 2, holder: 7, amount: "10000000" }));
    expect(await seenBy(4)).to.include(then);
    expect(await seenBy(6)).to.include({ holder: 7, status: "transferred", transferred_at: block.timestamp + 10 });
    for (const status of ["owed", "paid"] as const) {
      expect(await listedFor(4, { status }), `no list says that it is ${status}`).to.deep.equal([]);
      expect(await listedFor(4, { status, creditId }), `no list says that it is ${status}`).to.deep.equal([]);
    }
    for (const filter of [{}, { role: "former_holder" }, { status: "transferred" }, { creditId }] as const) {
      expect(await listedFor(4, filter), JSON.stringify(filter)).to.deep.equal([["transferred", 6]]);
    }
    expect(await listedFor(4, { role: "holder" })).to.deep.equal([]);
    expect(await listedFor(7, { role: "former_holder" })).to.deep.equal([]);
    expect(await listedFor(7, { status: "transferred" })).to.deep.equal([]);
    expect(await listedFor(7)).to.deep.equal([["paid", 7]]);
  });

  it("show it once and as it is to who got it back, and the last of its gifts to who gave it twice", async () => {
    for (const [from, to] of [
      [4, 6],
      [6, 4],
    ] as const) {
      await blocks.add(draft("undertaking.transferred", { id, from, to }));
    }
    expect(await seenBy(4)).to.include({ holder: 4, status: "owed", transferred_at: null });
    expect(await listedFor(4)).to.deep.equal([["owed", 4]]);
    await blocks.add(draft("undertaking.transferred", { id, from: 4, to: 7 }));
    expect(await listedFor(4)).to.deep.equal([["transferred", 7]]);
    expect(await listedFor(6)).to.deep.equal([["transferred", 4]]);
  });

  it("name a holder that is no party of the credit, to the obligor and to the one before, within the credit", async () => {
    await enterParticipants(fixture.store, [8]);
    await blocks.add(draft("undertaking.transferred", { id, from: 4, to: 8 }));
    for (const party of [2, 4]) {
      const credit = await findWholeCredit(fixture.store.db, party, creditId);
      expect(credit?.undertakings.map(({ holder }) => holder)).to.deep.equal([8]);
      expect(credit?.names?.[8]).to.equal("Party 8");
    }
    const applicants = await findWholeCredit(fixture.store.db, 3, creditId);
    expect(applicants?.undertakings).to.deep.equal([]);
    expect(applicants?.names?.[8], "the applicant does not learn who holds it").to.equal(undefined);
  });

  it("do not show a credit to who merely holds an undertaking under it", async () => {
    await enterParticipants(fixture.store, [8]);
    await blocks.add(draft("undertaking.transferred", { id, from: 4, to: 8 }));
    expect(await seenBy(8)).to.include({ credit_id: creditId, holder: 8 });
    expect(await findWholeCredit(fixture.store.db, 8, creditId)).to.equal(undefined);
  });
});
