import { expect } from "chai";
import { createBlockStore } from "../../src/store/blocks.ts";
import type { Store } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import {
  address,
  createTestBlocks,
  creditTerms,
  draft,
  enterIntent,
  enterParticipants,
  enterToken,
  hash,
  heard,
  organisationOf,
  type TestBlocks,
  token,
} from "./blockFixture.ts";

const created = (to: number, amount: string) => [
  draft("deposit.moved", { token, from: address(0), to: address(to), value: amount }),
  draft("deposit.created", { token, ground: "entry", ref: hash(9), to: address(to), amount }),
];
const issued = draft("credit.issued", { id: hash(50), issuingBank: 2, beneficiary: 4, terms: creditTerms });
/** Its projection looks for a credit that is not there, and so fails. */
const impossible = draft("credit.closed", { id: hash(99), undrawn: "0" });

/** Everything that a commit of blocks may touch. */
async function everything({ db }: Store): Promise<unknown> {
  return {
    blocks: await db.selectFrom("blocks").selectAll().orderBy("number").execute(),
    events: await db.selectFrom("events").selectAll().orderBy("organisation_id").orderBy("sequence").execute(),
    sequences: await db.selectFrom("event_sequences").selectAll().orderBy("organisation_id").execute(),
    postings: await db.selectFrom("postings").selectAll().orderBy("block_number").orderBy("log_index").execute(),
    balances: await db.selectFrom("balances").selectAll().orderBy("holder").execute(),
    credits: await db.selectFrom("credits").selectAll().execute(),
    transactions: await db.selectFrom("transactions").selectAll().orderBy("position").execute(),
  };
}

describeStore("blocks", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [1, 2, 3, 4]);
    await enterToken(fixture.store);
  });

  async function signed(id: string, nonce: number): Promise<void> {
    await enterIntent(fixture.store, { id });
    await fixture.store.transaction(async (tx) => {
      await tx
        .updateTable("transactions")
        .set({ status: "broadcast", lane: address(800), nonce, hash: hash(nonce, "d") })
        .where("id", "=", id)
        .execute();
      await tx
        .insertInto("attempts")
        .values({
          ...{ hash: hash(nonce, "d"), transaction_id: id, lane: address(800), nonce, kind: "act", raw: "0x" },
          ...{ fee: '{"type":0,"gasPrice":"0"}', signed_at_ms: 1, broadcast_at_ms: 1 },
        })
        .execute();
    });
  }

  const statusOf = (id: string) =>
    fixture.store.db
      .selectFrom("transactions")
      .select(["status", "block_number", "block_hash"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();

  const reasonOf = async (id: string) =>
    (await fixture.store.db.selectFrom("transactions").select("error").where("id", "=", id).executeTakeFirstOrThrow())
      .error;

  it("start without a checkpoint, and go on after the last block committed", async () => {
    expect(await blocks.store.checkpoint()).to.equal(undefined);
    await blocks.add();
    const second = await blocks.add();
    expect(await blocks.store.checkpoint()).to.deep.equal({ number: 2, hash: second.block.hash });
    expect(await createBlockStore(fixture.store).checkpoint(), "after a restart").to.include({ number: 2 });
  });

  it("commit events, views and the state of our transactions together", async () => {
    await signed("one", 1);
    await signed("two", 2);
    await signed("three", 3);
    const mined = [
      { hash: hash(1, "d"), succeeded: true, error: null },
      { hash: hash(2, "d"), succeeded: false, error: "credit.unknown" },
      { hash: hash(77, "d"), succeeded: true, error: null },
    ];
    const { block, ...rest } = blocks.make([created(3, "500"), [issued]], mined);
    await blocks.commit([{ block, ...rest }]);
    const where = { block_number: block.number, block_hash: block.hash };
    expect(await statusOf("one")).to.deep.equal({ status: "final", ...where });
    expect(await statusOf("two")).to.deep.equal({ status: "reverted", ...where });
    expect(await reasonOf("two"), "and the reason").to.equal("credit.unknown");
    expect(await statusOf("three")).to.include({ status: "broadcast", block_number: null });
    expect(await heard(fixture.store)).to.deep.equal({
      2: ["deposit.created", "credit.issued"],
      3: ["deposit.moved", "deposit.created", "credit.issued"],
    });
  });

  it("commit all blocks of a range or none: what fails in the last undoes the first", async () => {
    await signed("one", 1);
    await blocks.add(...created(3, "500"));
    const before = await everything(fixture.store);
    const good = blocks.make([created(4, "100"), [issued]], [{ hash: hash(1, "d"), succeeded: true, error: null }]);
    const bad = blocks.make([[...created(3, "1"), impossible]]);
    const failure: unknown = await blocks.commit([good, bad]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(await everything(fixture.store)).to.deep.equal(before);
    await blocks.commit([good]);
    expect(await blocks.store.checkpoint(), "and the same block is taken afterwards").to.include({ number: 2 });
    expect(await statusOf("one")).to.include({ status: "final" });
  });

  it("are taken once: the same block again changes nothing", async () => {
    const block = await blocks.add(...created(3, "500"), issued);
    const before = await everything(fixture.store);
    const failure: unknown = await blocks.commit([block]).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "23505");
    expect(await everything(fixture.store)).to.deep.equal(before);
  });

  it("leave the sequence alone when views are made anew: an event stands in it once (unique by block and log)", async () => {
    const block = await blocks.add(...created(3, "500"));
    await fixture.store.transaction(async (tx) => {
      for (const table of ["blocks", "postings", "balances"] as const) await tx.deleteFrom(table).execute();
    });
    const before = await everything(fixture.store);
    const failure: unknown = await blocks.commit([block]).catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "events_once");
    expect(await everything(fixture.store)).to.deep.equal(before);
  });

  it("refuse a second block of the same number or hash", async () => {
    const block = await blocks.add();
    const fork = { ...block, block: { ...block.block, hash: hash(5, "a") } };
    const twin = { ...block, block: { ...block.block, number: 9 } };
    for (const other of [fork, twin]) {
      const failure: unknown = await blocks.commit([other]).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "23505");
    }
  });

  it("give the organisations of a range one gap-free sequence each, in the order of the ledger", async () => {
    const range = [blocks.make([created(3, "5"), created(4, "5")]), blocks.make([[issued], created(3, "5")])];
    await blocks.commit(range);
    for (const id of [2, 3, 4]) {
      const rows = await fixture.store.db
        .selectFrom("events")
        .select(["sequence", "block_number", "log_index"])
        .where("organisation_id", "=", organisationOf(id))
        .orderBy("sequence")
        .execute();
      expect(rows.map(({ sequence }) => sequence)).to.deep.equal(rows.map((_, index) => index + 1));
      const places = rows.map(({ block_number, log_index }) => block_number * 1000 + log_index);
      expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    }
  });
});
