import { expect } from "chai";
import { findCycle, listCycleNets, listCycles, listMandates } from "../../../src/store/cycles.ts";
import { describeStore } from "../../fixtures/database.ts";
import { createTestBlocks, draft, enterParticipants, hash, type TestBlocks } from "../blockFixture.ts";

/** Agent 9 settles for banks 2 and 5. */
const settled = (n: number, paid: string) => [
  draft("cycle.bank_settled", { cycleId: hash(n), bank: 2, agent: 9, net: `-${paid}` }),
  draft("cycle.bank_settled", { cycleId: hash(n), bank: 5, agent: 9, net: paid }),
  draft("cycle.settled", { id: hash(n), agent: 9, currency: "EUR", ref: hash(n, "a"), gross: paid, paid }),
];

describeStore("views of settlement cycles", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 5, 6, 9]);
  });

  const mandates = async (bank: number) => {
    const rows = await listMandates(fixture.store.db, bank, { after: undefined, limit: 10 });
    return rows.map((row) => [row.bank, row.currency, row.agent, row.until]);
  };
  const cycles = async (bank: number, before?: { block: number; log: number }) =>
    (await listCycles(fixture.store.db, bank, { before, limit: 10 })).map(({ id }) => id);

  it("show a bank its agents and an agent its banks, as each last said", async () => {
    await blocks.add(
      draft("settlement.joined", { bank: 2, currency: "EUR", agent: 9 }),
      draft("settlement.joined", { bank: 5, currency: "EUR", agent: 9 }),
    );
    await blocks.add(draft("settlement.left", { bank: 2, currency: "EUR", agent: 9, until: 1_046_900_000 }));
    expect(await mandates(9)).to.deep.equal([
      [2, "EUR", 9, 1_046_900_000],
      [5, "EUR", 9, null],
    ]);
    await blocks.add(draft("settlement.joined", { bank: 2, currency: "EUR", agent: 6 }));
    expect(await mandates(2)).to.deep.equal([[2, "EUR", 6, null]]);
    expect(await mandates(9)).to.deep.equal([[5, "EUR", 9, null]]);
  });

  it("show a cycle to its agent with all sums and to each bank with its own, newest first", async () => {
    await blocks.add(...settled(1, "500"));
    await blocks.add(...settled(2, "70"));
    for (const bank of [2, 5, 9]) expect(await cycles(bank)).to.deep.equal([hash(2), hash(1)]);
    expect(await cycles(6)).to.deep.equal([]);
    const [newest] = await listCycles(fixture.store.db, 9, { before: undefined, limit: 10 });
    const place = { block: newest?.block_number ?? 0, log: newest?.log_index ?? 0 };
    for (const bank of [2, 5, 9]) expect(await cycles(bank, place)).to.deep.equal([hash(1)]);

    const nets = async (bank: number) =>
      (await listCycleNets(fixture.store.db, bank, [hash(1)])).map((row) => [row.bank, row.net]);
    expect(await nets(9)).to.deep.equal([
      [2, "-500"],
      [5, "500"],
    ]);
    expect(await nets(2)).to.deep.equal([[2, "-500"]]);
    expect(await nets(6)).to.deep.equal([]);
    expect(await findCycle(fixture.store.db, 5, hash(1))).to.include({ agent: 9, gross: "500" });
    expect(await findCycle(fixture.store.db, 6, hash(1))).to.equal(undefined);
  });
});
