/** Checkpoints that were lost, or that passed what nobody had got yet. */
import { expect } from "chai";
import { sql } from "kysely";
import { quantity, type Rpc } from "../../src/chain/rpc.ts";
import type { BlockStore } from "../../src/domain/blockStore.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { runIndexer } from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { createBranchingLedger } from "../reorg/branchingLedger.ts";
import { drawFrom } from "../reorg/drawFrom.ts";
import { enterWaiting, entriesAfter, forgetIndex } from "../reorg/indexedState.ts";
import { createSubscriber } from "../reorg/subscriber.ts";
import { participantsMost } from "../reorg/world.ts";
import { createTestBlocks, organisationOf } from "../store/blockFixture.ts";

describeStore("the checkpoint of the index", (fixture) => {
  const organisations = Array.from({ length: participantsMost }, (_, index) => organisationOf(index + 1));

  const contents = async () =>
    Promise.all(
      organisations.map(async (id) => (await entriesAfter(fixture.store, id, 0)).map(({ content }) => content)),
    );

  it("never passes events that are not there, whatever fails while later blocks are read already (transaction-manager PR #182)", async () => {
    const ledger = createBranchingLedger({ draw: drawFrom(182), attempts: [], depth: 64 });
    ledger.extend(400);
    const inner = createBlockStore(fixture.store);
    let head = 90;
    const rpc: Rpc = {
      ...ledger.rpc,
      call: <T>(method: string, params: readonly unknown[] = []) =>
        method === "eth_blockNumber" ? Promise.resolve(quantity(head) as T) : ledger.rpc.call<T>(method, params),
    };
    /** The ledger grows by some ranges each time that all is read. */
    function onIdle(): boolean {
      const isRead = head === ledger.blocks.length - 1;
      head = Math.min(head + 90, ledger.blocks.length - 1);
      return isRead;
    }
    const index = (store: BlockStore) =>
      runIndexer({ rpc, store, onIdle, leadership: createLeadership(fixture.store) });
    await enterWaiting(fixture.store, []);
    await index(inner);
    const wanted = await contents();
    await forgetIndex(fixture.store);
    head = 90;

    const subscribers = organisations.map((id) => createSubscriber(fixture.store, id));
    const seen: { readonly reached: number; readonly heard: readonly (readonly string[])[] }[] = [];

    /** Undone, done with its answer lost, or well, in turn. */
    async function commitBlocks(...commit: Parameters<BlockStore["commitBlocks"]>): Promise<void> {
      const turn = seen.length % 3;
      if (turn > 0) await inner.commitBlocks(...commit);
      const reached = (await inner.checkpoint())?.number ?? -1;
      for (const subscriber of subscribers) await subscriber.read();
      seen.push({ reached, heard: subscribers.map((subscriber) => [...subscriber.contents()]) });
      if (turn < 2) throw new AppError("store.unavailable");
    }

    expect((await index({ ...inner, commitBlocks })).failure).to.equal(undefined);
    expect(seen.length, "commits").to.be.greaterThan(8);
    for (const { reached, heard } of seen) {
      const due = wanted.map((entries) => entries.filter((content) => blockOf(content, ledger.blocks) <= reached));
      expect(heard, `up to block ${reached} every event is there, and no other`).to.deep.equal(due);
    }
    expect(subscribers.map((subscriber) => subscriber.contents())).to.deep.equal(wanted);
    expect(wanted.filter((entries) => entries.length > 10).length, "several hear of it").to.be.greaterThan(3);
  });

  it("is the last stored block, and cannot be emptied: no restart begins at block 0 (transaction-manager PR #180)", async () => {
    const blocks = createTestBlocks(fixture.store);
    for (let count = 0; count < 3; count += 1) await blocks.add();
    for (const statement of [
      "update blocks set number = null where number = 3",
      "update blocks set hash = null where number = 3",
      "insert into lanes (address, next_nonce, number) values ('0x1', null, 0)",
    ]) {
      const failure: unknown = await fixture.store
        .transaction((tx) => sql.raw(statement).execute(tx))
        .catch((error: unknown) => error);
      expect(failure, statement).to.have.property("code", "23502");
    }
    expect(await createBlockStore(fixture.store).checkpoint(), "after a restart").to.include({ number: 3 });
  });
});

/** Number of the block that an entry of a sequence came from. */
function blockOf(content: string, blocks: readonly { readonly number: number; readonly hash: string }[]): number {
  const [, , , blockHash] = JSON.parse(content) as readonly unknown[];
  return blocks.find(({ hash }) => hash === blockHash)?.number ?? Number.POSITIVE_INFINITY;
}
