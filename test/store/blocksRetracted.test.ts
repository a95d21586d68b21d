import { expect } from "chai";
import { sql } from "kysely";
import { listEvents } from "../../src/store/eventLog.ts";
import { findBrokenSequences } from "../../src/store/sequenceDifferences.ts";
import { viewNames } from "../../src/store/views/views.ts";
import { describeStore } from "../fixtures/database.ts";
import { viewsOf } from "../reorg/indexedState.ts";
import {
  address,
  createTestBlocks,
  creditTerms,
  draft,
  enterIntent,
  enterParticipants,
  enterToken,
  hash,
  lease,
  organisationOf,
  type TestBlocks,
  token,
} from "./blockFixture.ts";

const issued = (n: number) =>
  draft("credit.issued", { id: hash(n), issuingBank: 2, beneficiary: 4, terms: creditTerms });
const closed = (n: number) => draft("credit.closed", { id: hash(n), undrawn: "0" });
const created = (to: number, amount: string) =>
  draft("deposit.moved", { token, from: address(0), to: address(to), value: amount });
const nothingFinal = -1;

describeStore("blocks that are taken back", (fixture) => {
  let blocks: TestBlocks;
  let nonce = 0;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [1, 2, 3, 4]);
    await enterToken(fixture.store);
  });

  const retract = (above: number) => blocks.store.retractBlocks(lease, { above, atMs: 1_700 });

  const sequenceOf = async (id: number) => {
    const filter = { after: 0, subject: undefined, limit: 100 };
    const rows = await listEvents(fixture.store.db, organisationOf(id), filter);
    return rows.map(({ sequence, type, subject, retracts, final }) => ({ sequence, type, subject, retracts, final }));
  };

  async function sent(id: string, attempts: Readonly<Record<string, "act" | "noop">>): Promise<void> {
    nonce += 1;
    const lane = { lane: address(800), nonce };
    await enterIntent(fixture.store, { id });
    await fixture.store.transaction(async (tx) => {
      await tx
        .updateTable("transactions")
        .set({ ...lane, status: "broadcast", hash: Object.keys(attempts).at(-1) ?? null })
        .where("id", "=", id)
        .execute();
      for (const [index, [own, kind]] of Object.entries(attempts).entries()) {
        await tx
          .insertInto("attempts")
          .values({
            ...{ hash: own, transaction_id: id, ...lane, kind, raw: "0x" },
            ...{ fee: '{"type":0,"gasPrice":"0"}', signed_at_ms: index, broadcast_at_ms: index },
          })
          .execute();
      }
    });
  }

  const fateOf = (id: string) =>
    fixture.store.db
      .selectFrom("transactions")
      .select(["status", "hash", "block_number", "block_hash", "error"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();

  it("leave views, sequences and checkpoint as they were, and each organisation hears of it, last event first", async () => {
    await blocks.commit([blocks.make([[issued(50), created(3, "500")]])], nothingFinal);
    const before = await viewsOf(fixture.store);
    await blocks.commit([blocks.make([[created(3, "7"), closed(50)]]), blocks.make([[issued(51)]])], nothingFinal);
    expect(await retract(1)).to.deep.equal({ blocks: 2, events: 5 });
    expect(await viewsOf(fixture.store)).to.deep.equal(before);
    expect(await blocks.store.checkpoint()).to.deep.equal({ number: 1, hash: hash(1, "b") });
    const told = await sequenceOf(3);
    expect(told.map(({ sequence, type, retracts }) => [sequence, type, retracts])).to.deep.equal([
      [1, "credit.issued", null],
      [2, "deposit.moved", null],
      [3, "deposit.moved", null],
      [4, "credit.closed", null],
      [5, "credit.issued", null],
      [6, "credit.issued", 5],
      [7, "credit.closed", 4],
      [8, "deposit.moved", 3],
    ]);
    expect(told[5]?.subject, "of the same thing").to.equal(hash(51));
    expect(await findBrokenSequences(fixture.store.db)).to.deep.equal([]);
  });

  it("may come back: the same block is applied, taken back and applied again (cowprotocol/services#2069)", async () => {
    const block = blocks.make([[issued(50)]]);
    for (let turn = 0; turn < 3; turn += 1) {
      await blocks.commit([block], nothingFinal);
      await retract(0);
    }
    await blocks.commit([block], nothingFinal);
    const told = await sequenceOf(2);
    expect(told.map(({ retracts }) => retracts)).to.deep.equal([null, 1, null, 3, null, 5, null]);
    const again: unknown = await blocks.commit([{ ...block, block: { ...block.block, number: 2 } }]).catch((e) => e);
    expect(again, "but stands in the sequence once at a time").to.have.property("code", "23505");
    expect(await findBrokenSequences(fixture.store.db)).to.deep.equal([]);
  });

  it("are kept for audit with the time at which they went", async () => {
    await blocks.commit([blocks.make([[]]), blocks.make([[]])], nothingFinal);
    await retract(0);
    const kept = await fixture.store.db.selectFrom("orphaned_blocks").selectAll().orderBy("position").execute();
    expect(kept.map(({ number, hash: own, orphaned_at_ms }) => [number, own, orphaned_at_ms])).to.deep.equal([
      [1, hash(1, "b"), 1_700],
      [2, hash(2, "b"), 1_700],
    ]);
  });

  it("put our transactions on their way again, with the attempt that went out last", async () => {
    await sent("done", { [hash(1, "d")]: "act", [hash(2, "d")]: "act" });
    await sent("failed", { [hash(3, "d")]: "act" });
    await sent("cancelled", { [hash(4, "d")]: "act", [hash(5, "d")]: "noop" });
    const mined = [
      { hash: hash(1, "d"), succeeded: true, error: null },
      { hash: hash(3, "d"), succeeded: false, error: "credit.unknown" },
      { hash: hash(5, "d"), succeeded: true, error: null },
    ];
    const block = blocks.make([[]], mined);
    await blocks.commit([block], nothingFinal);
    const where = { block_number: 1, block_hash: hash(1, "b") };
    const fates = async () => [await fateOf("done"), await fateOf("failed"), await fateOf("cancelled")];
    expect(await fates()).to.deep.equal([
      { status: "mined", hash: hash(1, "d"), ...where, error: null },
      { status: "reverted", hash: hash(3, "d"), ...where, error: "credit.unknown" },
      { status: "cancelled", hash: hash(5, "d"), ...where, error: null },
    ]);
    await retract(0);
    const nowhere = { block_number: null, block_hash: null, error: null };
    expect(await fates()).to.deep.equal([
      { status: "broadcast", hash: hash(2, "d"), ...nowhere },
      { status: "broadcast", hash: hash(3, "d"), ...nowhere },
      { status: "broadcast", hash: hash(5, "d"), ...nowhere },
    ]);
  });

  it("say what a mined no-op means", async () => {
    await sent("dead", { [hash(1, "d")]: "act", [hash(2, "d")]: "noop" });
    await fixture.store.transaction((tx) => tx.updateTable("transactions").set({ noop_means: "dead" }).execute());
    await blocks.commit([blocks.make([[]], [{ hash: hash(2, "d"), succeeded: true, error: null }])]);
    expect(await fateOf("dead")).to.include({ status: "dead", hash: hash(2, "d") });
  });

  it("are never final ones; then nothing is changed", async () => {
    await blocks.commit([blocks.make([[issued(50)]]), blocks.make([[closed(50)]])], 1);
    const before = await viewsOf(fixture.store);
    const failure: unknown = await retract(0).catch((error: unknown) => error);
    expect(failure)
      .to.have.property("message")
      .that.matches(/^invariant: block 1 is final/);
    expect(await viewsOf(fixture.store)).to.deep.equal(before);
    expect(await sequenceOf(2)).to.have.length(2);
    await retract(1);
  });

  it("become final with their transactions, even without a new block; what was final stays so (evmconnect PR #193)", async () => {
    await sent("done", { [hash(1, "d")]: "act" });
    await sent("failed", { [hash(3, "d")]: "act" });
    const first = [
      { hash: hash(1, "d"), succeeded: true, error: null },
      { hash: hash(3, "d"), succeeded: false, error: null },
    ];
    await blocks.commit([blocks.make([[issued(50)]], first), blocks.make([[closed(50)]])], nothingFinal);
    expect((await sequenceOf(2)).map(({ final }) => final)).to.deep.equal([false, false]);
    await blocks.commit([], 1);
    expect([(await fateOf("done")).status, (await fateOf("failed")).status]).to.deep.equal(["final", "reverted"]);
    expect((await sequenceOf(2)).map(({ final }) => final)).to.deep.equal([true, false]);
    expect(await blocks.store.finalized()).to.deep.equal({ number: 1, hash: hash(1, "b") });
    const undo = await fixture.store.db.selectFrom("undo").select("block_number").execute();
    expect(new Set(undo.map(({ block_number }) => block_number)), "no longer to be undone").to.deep.equal(new Set([2]));
    await blocks.commit([], 0);
    expect(await blocks.store.finalized()).to.include({ number: 1 });
    await blocks.commit([], 99);
    expect(await blocks.store.finalized(), "no further than there are blocks").to.include({ number: 2 });
  });

  it("leave no undo log where every block is final at once", async () => {
    await blocks.add(issued(50), created(3, "500"));
    await blocks.add(closed(50));
    expect(await fixture.store.db.selectFrom("undo").selectAll().execute()).to.deep.equal([]);
  });

  it("leave a user disabled whom a person has disabled meanwhile", async () => {
    const users = async () =>
      (await fixture.store.db.selectFrom("users").select(["id", "status"]).orderBy("id").execute()).map(
        ({ status }) => status,
      );
    await fixture.store.transaction(async (tx) => {
      for (const n of [1, 2]) {
        await tx
          .insertInto("users")
          .values({
            ...{ id: `user-${n}`, organisation_id: organisationOf(3), name: "", role: "maker", status: "accepted" },
            ...{ invitation_hash: null, signer: address(90 + n), sealed_key: null, created_at_ms: 0 },
          })
          .execute();
      }
    });
    const added = [1, 2].map((n) =>
      draft("account.key_added", { account: address(3), signer: address(90 + n), purposes: 5 }),
    );
    await blocks.commit([blocks.make([added])], nothingFinal);
    expect(await users()).to.deep.equal(["active", "active"]);
    await fixture.store.transaction((tx) =>
      tx.updateTable("users").set({ status: "disabled" }).where("id", "=", "user-1").execute(),
    );
    await retract(0);
    expect(await users()).to.deep.equal(["disabled", "accepted"]);
  });

  it("can be undone in every view that there is", async () => {
    const { rows } = await sql<{ name: string }>`select event_object_table as name from information_schema.triggers
      where trigger_name like '%\\_undo' group by event_object_table order by name`.execute(fixture.store.db);
    const expected = [...viewNames, "organisations", "users"].sort();
    expect(rows.map(({ name }) => name)).to.deep.equal(expected);
  });

  it("and blocks that are committed are refused to a leader that has been replaced", async () => {
    await blocks.commit([blocks.make([[]])], nothingFinal);
    await fixture.store.transaction((tx) => tx.updateTable("leaders").set({ epoch: 2 }).execute());
    const writes: readonly (() => Promise<unknown>)[] = [
      () => blocks.store.commitBlocks(lease, [blocks.make([[]])], nothingFinal),
      () => blocks.store.commitBlocks(lease, [], 1),
      () => retract(0),
    ];
    for (const write of writes) {
      const failure: unknown = await write().catch((error: unknown) => error);
      expect(failure).to.have.property("code", "leader.superseded");
    }
    expect(await blocks.store.checkpoint()).to.include({ number: 1 });
    expect(await blocks.store.finalized()).to.equal(undefined);
  });
});
