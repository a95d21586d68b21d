import { expect } from "chai";
import { type Logger, silentLogger } from "../../../src/shared/context.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createMemoryBlocks, createScriptedLedger, runIndexer } from "./indexerHarness.ts";
import { createLeadershipOfTest } from "./leadershipOfTest.ts";

describe("an indexer that follows", () => {
  const deep = (blocks: number) => {
    const ledger = createScriptedLedger();
    for (let n = 0; n <= blocks; n += 1) ledger.add();
    return ledger;
  };

  it("writes nothing, shows how far the leader is, and tells when the leader has come further", async () => {
    const { leadership, setFree } = createLeadershipOfTest();
    const ledger = deep(5);
    const store = createMemoryBlocks();
    await runIndexer({ rpc: ledger.rpc, store });
    ledger.add();
    ledger.add();
    setFree(false);
    const commits = store.commits.length;
    const told: (number | undefined)[] = [];
    let looks = 0;
    const { state } = await runIndexer({
      ...{ rpc: ledger.rpc, store, leadership },
      onAdvanced: () => told.push(store.committed.at(-1)?.block.number),
      async onIdle(seen) {
        looks += 1;
        if (looks === 1) {
          expect(seen).to.include({ isLeader: false, indexed: 5, finalized: 5, head: 7, lagBlocks: 2 });
          // The leader's work, as another process does it.
          await runIndexer({ rpc: ledger.rpc, store });
        }
        return looks > 1;
      },
    });
    expect(store.commits.length, "the leader's one").to.equal(commits + 1);
    expect(told, "once for what was there, once for what came").to.deep.equal([5, 7]);
    expect(state).to.include({ isLeader: false, indexed: 7, finalized: 7, lagBlocks: 0 });
  });

  it("follows a leader that has not begun", async () => {
    const { leadership, setFree } = createLeadershipOfTest();
    setFree(false);
    const { failure, state } = await runIndexer({ rpc: deep(5).rpc, store: createMemoryBlocks(), leadership });
    expect(failure).to.equal(undefined);
    expect(state).to.include({ indexed: undefined, finalized: undefined, head: 5, lagBlocks: 6, isLeader: false });
  });

  it("tells when stored blocks have become final", async () => {
    const { leadership, setFree } = createLeadershipOfTest();
    setFree(false);
    const ledger = deep(5);
    const store = createMemoryBlocks();
    let final = 2;
    let told = 0;
    const finalized = () => Promise.resolve({ number: final, hash: "" });
    let looks = 0;
    await runIndexer({
      ...{ rpc: ledger.rpc, leadership, store: { ...store, finalized } },
      onAdvanced() {
        told += 1;
      },
      onIdle() {
        looks += 1;
        final = 4;
        return looks > 1;
      },
    });
    expect(told).to.equal(2);
  });

  it("starts to lead when the lead becomes free", async () => {
    const { leadership, setFree, released } = createLeadershipOfTest();
    setFree(false);
    const ledger = deep(5);
    const store = createMemoryBlocks();
    let looks = 0;
    const { state } = await runIndexer({
      ...{ rpc: ledger.rpc, store, leadership },
      onIdle() {
        looks += 1;
        setFree(true);
        return looks > 1;
      },
    });
    expect(store.committed).to.have.length(6);
    expect(state.indexed).to.equal(5);
    expect(released, "and gives it back at the end").to.deep.equal([1]);
  });

  it("is what a leader becomes whose lease was superseded, and the block is committed by the next one", async () => {
    const { leadership } = createLeadershipOfTest();
    const ledger = deep(5);
    const store = createMemoryBlocks();
    const epochs: number[] = [];
    const { commitBlocks } = store;
    const fenced = {
      ...store,
      commitBlocks(...commit: Parameters<typeof commitBlocks>) {
        epochs.push(commit[0].epoch);
        return commit[0].epoch < 2 ? Promise.reject(new AppError("leader.superseded")) : commitBlocks(...commit);
      },
    };
    const { failure } = await runIndexer({ rpc: ledger.rpc, store: fenced, leadership });
    expect(failure).to.equal(undefined);
    expect(epochs).to.deep.equal([1, 2]);
    expect(store.committed).to.have.length(6);
  });

  it("goes on from where the other leader was, when it leads again", async () => {
    const { leadership } = createLeadershipOfTest();
    const ledger = deep(5);
    const store = createMemoryBlocks();
    const { commitBlocks } = store;
    const contested = {
      ...store,
      async commitBlocks(...[lease, blocks, final]: Parameters<typeof commitBlocks>) {
        await commitBlocks(lease, blocks, final);
        // The other one was faster: these very blocks are its work.
        if (lease.epoch === 1) throw new AppError("leader.superseded");
      },
    };
    const warned: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_facts, message) => warned.push(message) };
    expect((await runIndexer({ rpc: ledger.rpc, store: contested, leadership, logger })).failure).to.equal(undefined);
    expect(warned, "and commits nothing anew").to.deep.equal(["another gateway leads the index now"]);
    expect(store.committed.map(({ block }) => block.number)).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it("is what a leader becomes that lost its lead unnoticed, and it goes on from where the other one came to", async () => {
    const { leadership, lost, setFree } = createLeadershipOfTest();
    const ledger = deep(5);
    const store = createMemoryBlocks();
    const warned: string[] = [];
    let looks = 0;
    await runIndexer({
      ...{
        rpc: ledger.rpc,
        store,
        leadership,
        logger: { ...silentLogger, warn: (_, message) => warned.push(message) },
      },
      async onIdle({ isLeader }) {
        looks += 1;
        expect(isLeader, `look ${looks}`).to.equal(looks !== 2);
        if (looks === 1) {
          lost.add(1);
          setFree(false);
          ledger.add();
        }
        if (looks === 2) {
          await runIndexer({ rpc: ledger.rpc, store });
          setFree(true);
          ledger.add();
        }
        return looks === 3;
      },
    });
    expect(warned).to.deep.equal([]);
    expect(store.committed.map(({ block }) => block.number)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
