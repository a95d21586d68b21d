import { expect } from "chai";
import { EndpointFault } from "../../../src/chain/endpoints.ts";
import type { Rpc, RpcCall } from "../../../src/chain/rpc.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { watchFailpoints } from "../../images/watchFailpoints.ts";
import { address, hash } from "../../store/blockFixture.ts";
import {
  addresses,
  createMemoryBlocks,
  createScriptedLedger,
  index,
  runIndexer,
  type ScriptedLedger,
  type ScriptedLog,
} from "./indexerHarness.ts";

const listed = (code: string): ScriptedLog => ({
  ...{ emitter: addresses.DepositTokenFactory, contract: "DepositTokenFactory", event: "CurrencyListed" },
  values: [`0x${Buffer.from(code).toString("hex")}`, 2],
});
const admitted = (id: number): ScriptedLog => ({
  ...{ emitter: addresses.ParticipantRegistry, contract: "ParticipantRegistry", event: "ParticipantAdmitted" },
  values: [id, address(id), hash(id), "0x4e4c", 2],
});
const keyAdded = (account: number): ScriptedLog => ({
  ...{ emitter: address(account), contract: "ParticipantAccount", event: "KeyAdded" },
  values: [address(99), 5],
});

describe("the indexer", () => {
  let ledger: ScriptedLedger;
  let store: ReturnType<typeof createMemoryBlocks>;

  beforeEach(() => {
    ledger = createScriptedLedger();
    store = createMemoryBlocks();
    ledger.add();
  });

  const run = (more: Partial<Parameters<typeof index>[0]> = {}) => index({ rpc: ledger.rpc, store, ...more });
  const numbers = () => store.committed.map(({ block }) => block.number);
  const types = () => store.committed.flatMap(({ events }) => events.map(({ type }) => type));

  it("commits every block once and in order, with its events and what became of its transactions", async () => {
    ledger.add([listed("EUR")], [listed("USD"), listed("JPY")]);
    ledger.add();
    ledger.add([admitted(7)]);
    const reverted = ledger.receipts.get(hash(1001, "c"));
    if (reverted) Object.assign(reverted, { status: "0x0", logs: [] });
    expect(await run()).to.equal(undefined);
    expect(numbers()).to.deep.equal([0, 1, 2, 3]);
    expect(store.committed[1]?.transactions).to.deep.equal([
      { hash: hash(1000, "c"), succeeded: true, error: null },
      { hash: hash(1001, "c"), succeeded: false, error: "contract.refused" },
    ]);
    expect(types()).to.deep.equal(["currency.listed", "participant.admitted"]);
    expect(store.committed[3]?.block).to.deep.equal({
      ...{ number: 3, hash: hash(3, "b"), parentHash: hash(2, "b"), timestamp: 1_046_000_003 },
    });
  });

  it("decodes the events of an account from the very transaction that made it, and no stranger's", async () => {
    ledger.add([keyAdded(8), admitted(7), keyAdded(7), keyAdded(8)]);
    await run();
    expect(types()).to.deep.equal(["participant.admitted", "account.key_added"]);
    expect(store.committed[1]?.events.map(({ logIndex }) => logIndex)).to.deep.equal([1, 2]);
  });

  it("goes on after the checkpoint when started again, and asks for nothing before it", async () => {
    ledger.add([listed("EUR")]);
    await run();
    ledger.asked.length = 0;
    ledger.add([listed("USD")]);
    await run();
    expect(numbers()).to.deep.equal([0, 1, 2]);
    const blocks = ledger.asked.filter(({ method }) => method === "eth_getBlockByNumber");
    expect(
      new Set(blocks.map(({ params }) => params[0])),
      "the checkpoint itself, to see that it is still there",
    ).to.deep.equal(new Set(["0x1", "0x2"]));
    const receipts = ledger.asked.filter(({ method }) => method === "eth_getTransactionReceipt");
    expect(receipts.map(({ params }) => params[0])).to.deep.equal([hash(2000, "c")]);
  });

  it("reads a long ledger in ranges", async () => {
    for (let n = 0; n < 170; n += 1) ledger.add([listed("EUR")]);
    await run();
    expect(numbers()).to.deep.equal(Array.from({ length: 171 }, (_, number) => number));
    expect(store.commits.map(({ blocks }) => blocks.length)).to.deep.equal([32, 32, 32, 64, 11]);
  });

  it("commits fewer blocks at a time after a fault, so that a slow store still gets on", async () => {
    for (let n = 0; n < 60; n += 1) ledger.add();
    const { commitBlocks } = store;
    const slow = {
      ...store,
      async commitBlocks(...commit: Parameters<typeof commitBlocks>) {
        if (commit[1].length > 5) throw new AppError("store.transaction_timeout");
        await commitBlocks(...commit);
      },
    };
    expect(await run({ store: slow })).to.equal(undefined);
    expect(numbers()).to.deep.equal(Array.from({ length: 61 }, (_, number) => number));
  });

  it("goes no further than a block that does not name its predecessor, and goes on when that is mended", async () => {
    ledger.add([listed("EUR")]);
    ledger.add([listed("USD")]);
    const broken = ledger.add([listed("JPY")]);
    broken.parentHash = hash(77, "b");
    const standing = await runIndexer({ rpc: ledger.rpc, store });
    expect(standing.state.quarantined).to.include({ block: 3, check: "parent" });
    expect(numbers(), "what comes before it").to.deep.equal([0, 1, 2]);
    broken.parentHash = hash(2, "b");
    expect((await runIndexer({ rpc: ledger.rpc, store })).state.quarantined).to.equal(undefined);
    expect(numbers()).to.deep.equal([0, 1, 2, 3]);
  });

  it("goes no further than a block with a receipt of another block", async () => {
    ledger.add([listed("EUR")]);
    const receipt = ledger.receipts.get(hash(1000, "c"));
    if (receipt) receipt.blockHash = hash(77, "b");
    const { state, failure } = await runIndexer({ rpc: ledger.rpc, store });
    expect(failure).to.equal(undefined);
    expect(state.quarantined).to.include({ block: 1, check: "receipt_of_other_block" });
    expect(numbers()).to.deep.equal([0]);
  });

  for (const [name, quarantineMs] of [
    ["five seconds", undefined],
    ["as long as it is told to", 700],
  ] as const) {
    it(`leaves a block that does not verify alone for ${name}, and tries it again then`, async () => {
      const broken = ledger.add([listed("EUR")]);
      broken.parentHash = hash(77, "b");
      const waits = quarantineMs ?? 5_000;
      const standing: (boolean | undefined)[] = [];
      await runIndexer({
        ...{ rpc: ledger.rpc, store, ...(quarantineMs !== undefined && { quarantineMs }) },
        onIdle({ quarantined }, { clock }) {
          standing.push(quarantined !== undefined);
          broken.parentHash = hash(0, "b");
          // Just before it is time, and when it is.
          clock.advanceMs(standing.length === 1 ? waits - 1 : 1);
          return standing.length === 3;
        },
      });
      expect(standing).to.deep.equal([true, true, false]);
      expect(numbers()).to.deep.equal([0, 1]);
    });
  }

  it("says where it is, how much it asks for at once, and that it leads", async () => {
    ledger.add([listed("EUR")]);
    const { state } = await runIndexer({ rpc: ledger.rpc, store, onIdle: ({ isLeader }) => isLeader });
    expect(state).to.include({ head: 1, indexed: 1, finalized: 1, lagBlocks: 0, lagSeconds: 0, range: 32 });
    expect(state.quarantined).to.equal(undefined);
  });

  it("passes places at which its process can be killed, before a commit and after it", async () => {
    const watch = watchFailpoints(["index.read", "index.committed"], () => store.committed.length);
    try {
      await run();
    } finally {
      watch.end();
    }
    expect(watch.passages).to.deep.equal([
      { place: "index.read", instant: 0 },
      { place: "index.committed", instant: 1 },
    ]);
  });

  it("tells of each commit, and of the blocks in it", async () => {
    for (let n = 0; n < 40; n += 1) ledger.add();
    const told: string[] = [];
    await run({
      onCommitted: (blocks) => told.push(`committed ${blocks.length}`),
      onAdvanced: () => told.push("advanced"),
    });
    expect(told).to.deep.equal(["committed 32", "advanced", "committed 9", "advanced"]);
  });

  it("stops for a person when the ledger has fewer blocks than were indexed, or others", async () => {
    ledger.add([listed("EUR")]);
    ledger.add([listed("USD")]);
    await run();
    ledger.blocks.pop();
    const fewer = await run();
    expect(fewer?.message, "fewer").to.match(/^invariant: .*final/);
    expect(fewer?.cause).to.deep.include({ code: "chain.index_stopped", facts: { check: "finality" } });
    expect(fewer, "and what an endpoint gave").to.have.nested.property("cause.cause").instanceOf(EndpointFault);
    const other = ledger.add();
    other.hash = hash(77, "b");
    expect((await run())?.cause, "others").to.have.property("code", "chain.index_stopped");
    expect(numbers()).to.deep.equal([0, 1, 2]);
  });

  it("waits for a receipt that is not there yet, and for a ledger that does not answer", async () => {
    ledger.add([listed("EUR")]);
    const receipt = ledger.receipts.get(hash(1000, "c"));
    ledger.receipts.delete(hash(1000, "c"));
    let faults = 3;
    const rpc: Rpc = {
      call(method, params) {
        if (faults === 0 && receipt) ledger.receipts.set(hash(1000, "c"), receipt);
        faults -= 1;
        if (faults === 1) return Promise.reject(new AppError("chain.unavailable"));
        return ledger.rpc.call(method, params);
      },
      batch: ledger.rpc.batch,
    };
    expect(await run({ rpc })).to.equal(undefined);
    expect(numbers()).to.deep.equal([0, 1]);
    expect(types()).to.deep.equal(["currency.listed"]);
  });

  it("commits a block once although its commit was refused, or its listener failed after it", async () => {
    ledger.add([admitted(7), keyAdded(7)]);
    let refusals = 1;
    const { commitBlocks } = store;
    const flaky = {
      ...store,
      async commitBlocks(...commit: Parameters<typeof commitBlocks>) {
        refusals -= 1;
        if (refusals === 0) throw new AppError("store.unavailable");
        await commitBlocks(...commit);
      },
    };
    let failures = 1;
    const onCommitted = () => {
      failures -= 1;
      if (failures === 0) throw new Error("a listener's fault");
    };
    expect(await run({ store: flaky, onCommitted })).to.equal(undefined);
    expect(numbers()).to.deep.equal([0, 1]);
    expect(types()).to.deep.equal(["participant.admitted", "account.key_added"]);
  });

  it("loses and doubles nothing wherever its power is cut", async () => {
    for (let n = 0; n < 60; n += 1) ledger.add([admitted(1000 + n), keyAdded(1000 + n)]);
    await run();
    const whole = store.committed;
    for (let cutAt = 1; cutAt <= 20; cutAt += 1) {
      const blocks = createMemoryBlocks();
      const cut = Promise.withResolvers<void>();
      let points = 0;
      const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
        const pass = () => {
          points += 1;
          if (points < cutAt) return;
          cut.resolve();
          throw new Error("a power cut");
        };
        pass();
        const result = await work();
        pass();
        return result;
      };
      const rpc: Rpc = {
        call: (method, params) => guarded(() => ledger.rpc.call(method, params)),
        batch: (calls: readonly RpcCall[]) => guarded(() => ledger.rpc.batch(calls)),
      };
      const wired = {
        ...blocks,
        commitBlocks: (...commit: Parameters<typeof blocks.commitBlocks>) =>
          guarded(() => blocks.commitBlocks(...commit)),
      };
      await index({ rpc, store: wired, cut: cut.promise });
      expect(await index({ rpc: ledger.rpc, store: blocks })).to.equal(undefined);
      expect(blocks.committed, `cut at ${cutAt}`).to.deep.equal(whole);
    }
  });
});
