import { expect } from "chai";
import { createLead, indexLead } from "../../../src/chain/indexing/lead.ts";
import type { Leadership, Lease } from "../../../src/domain/leadership.ts";
import { type Logger, silentLogger } from "../../../src/shared/context.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createMemoryBlocks, createScriptedLedger, runIndexer } from "./indexerHarness.ts";

/** Leadership that a test gives and takes. */
function createLeadershipOfTest() {
  let epoch = 0;
  let isFree = true;
  const lost = new Set<number>();
  const released: number[] = [];
  const asked: string[] = [];
  const leadership: Leadership = {
    acquire(name) {
      asked.push(name);
      epoch += isFree ? 1 : 0;
      return Promise.resolve(isFree ? { name, epoch } : undefined);
    },
    release(lease: Lease) {
      released.push(lease.epoch);
      return Promise.resolve();
    },
    isLost: (lease) => lost.has(lease.epoch),
  };
  function setFree(free: boolean): void {
    isFree = free;
  }
  return { leadership, lost, released, asked, setFree };
}

describe("the lead of the index", () => {
  const said: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    info: (facts, message) => said.push(`${JSON.stringify(facts)} ${message}`),
    warn: (facts, message) => said.push(`${JSON.stringify(facts)} ${message}`),
  };
  beforeEach(() => void said.splice(0));

  it("is taken when it is free, once, and held until it is lost", async () => {
    const { leadership, lost, asked } = createLeadershipOfTest();
    const lead = createLead(leadership, logger);
    expect(lead.isHeld()).to.equal(false);
    expect(await lead.hold()).to.deep.equal({ name: indexLead, epoch: 1 });
    expect(await lead.hold()).to.deep.equal({ name: "indexer", epoch: 1 });
    expect(asked).to.deep.equal(["indexer"]);
    expect(lead.isHeld()).to.equal(true);
    lost.add(1);
    expect(lead.isHeld(), "lost without a word").to.equal(false);
    expect(await lead.hold()).to.have.property("epoch", 2);
    expect(said).to.deep.equal([
      '{"epoch":1} this gateway leads the index',
      '{"epoch":2} this gateway leads the index',
    ]);
  });

  it("is not had while another process leads", async () => {
    const { leadership, setFree } = createLeadershipOfTest();
    setFree(false);
    const lead = createLead(leadership, logger);
    expect(await lead.hold()).to.equal(undefined);
    expect(lead.isHeld()).to.equal(false);
    await lead.release();
    expect(said).to.deep.equal([]);
  });

  it("is asked for anew after another process took it, and said so", async () => {
    const { leadership, released } = createLeadershipOfTest();
    const lead = createLead(leadership, logger);
    await lead.hold();
    lead.lose();
    expect(lead.isHeld()).to.equal(false);
    await lead.release();
    expect(released, "what is lost is not given back").to.deep.equal([]);
    lead.lose();
    expect(said.slice(1)).to.deep.equal([
      '{"epoch":1} another gateway leads the index now',
      '{"epoch":null} another gateway leads the index now',
    ]);
  });

  it("is given back once", async () => {
    const { leadership, released } = createLeadershipOfTest();
    const lead = createLead(leadership, logger);
    await lead.hold();
    await lead.release();
    await lead.release();
    expect(released).to.deep.equal([1]);
    expect(lead.isHeld()).to.equal(false);
  });
});

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
    expect((await runIndexer({ rpc: ledger.rpc, store: contested, leadership })).failure).to.equal(undefined);
    expect(store.committed.map(({ block }) => block.number)).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });
});
