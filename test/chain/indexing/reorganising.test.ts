import { expect } from "chai";
import type { Finality } from "../../../src/domain/blockStore.ts";
import { address, hash } from "../../store/blockFixture.ts";
import {
  addresses,
  createMemoryBlocks,
  createScriptedLedger,
  type Ran,
  type Run,
  runIndexer,
  type ScriptedLedger,
  type ScriptedLog,
} from "./indexerHarness.ts";

const admitted = (id: number): ScriptedLog => ({
  ...{ emitter: addresses.ParticipantRegistry, contract: "ParticipantRegistry", event: "ParticipantAdmitted" },
  values: [id, address(id), hash(id), "0x4e4c", 2],
});
const keyAdded = (account: number): ScriptedLog => ({
  ...{ emitter: address(account), contract: "ParticipantAccount", event: "KeyAdded" },
  values: [address(99), 5],
});

/** What the ledger has after block `above` becomes other blocks, each with a hash and a parent of its own. */
function reorganise(ledger: ScriptedLedger, above: number, logs: readonly (readonly ScriptedLog[])[]): void {
  ledger.blocks.splice(above + 1);
  for (const one of logs) {
    const block = ledger.add(one);
    block.hash = hash(Number(block.number), "d");
    const [transaction = ""] = block.transactions;
    const receipt = ledger.receipts.get(transaction);
    if (receipt) receipt.blockHash = block.hash;
  }
}

describe("the indexer on a ledger that reorganises", () => {
  let ledger: ScriptedLedger;
  let store: ReturnType<typeof createMemoryBlocks>;
  const depth: Finality = { kind: "depth", depth: 20 };

  beforeEach(() => {
    ledger = createScriptedLedger();
    store = createMemoryBlocks();
    ledger.add();
  });

  const run = (more: Partial<Run> = {}): Promise<Ran> =>
    runIndexer({ rpc: ledger.rpc, store, finality: depth, isWhole: false, ...more });
  const hashes = () => store.committed.map(({ block }) => block.hash);
  const expected = () => ledger.blocks.map((block) => block.hash);
  const accounts = () =>
    store.committed.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === "participant.admitted" ? [event.data.id] : [])),
    );

  it("takes back what is gone and goes on with what came instead, while it runs", async () => {
    for (let n = 1; n <= 12; n += 1) ledger.add([admitted(n)]);
    let looks = 0;
    const { failure, state } = await run({
      onIdle() {
        looks += 1;
        if (looks === 1) reorganise(ledger, 9, [[admitted(201)], [admitted(202)], [admitted(203)], [admitted(204)]]);
        return looks > 1;
      },
    });
    expect(failure).to.equal(undefined);
    expect(hashes()).to.deep.equal(expected());
    expect(accounts()).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 201, 202, 203, 204]);
    expect(store.orphaned.map(({ block }) => block.number)).to.deep.equal([10, 11, 12]);
    expect(state).to.deep.include({ indexed: 13, head: 13, retractionsTotal: 3, lagBlocks: 0 });
    expect(state.reorgsTotal).to.include({ "1": 0, "2": 0, "4": 1, more: 0 });
  });

  it("notices another block at the same height, with nothing new above it", async () => {
    for (let n = 1; n <= 5; n += 1) ledger.add([admitted(n)]);
    let looks = 0;
    await run({
      onIdle() {
        looks += 1;
        if (looks === 1) reorganise(ledger, 4, [[admitted(205)]]);
        return looks > 1;
      },
    });
    expect(hashes()).to.deep.equal(expected());
    expect(store.orphaned.map(({ block }) => block.hash)).to.deep.equal([hash(5, "b")]);
  });

  it("notices after a start what was reorganised while it was away, and forgets accounts that are gone", async () => {
    ledger.add([admitted(7)]);
    ledger.add([admitted(8)]);
    await run();
    reorganise(ledger, 1, [[keyAdded(8), keyAdded(7)], []]);
    await run();
    expect(hashes()).to.deep.equal(expected());
    const types = store.committed.flatMap(({ events }) => events.map(({ type, logIndex }) => `${type} ${logIndex}`));
    expect(types, "a key of an account that is not there any more is none").to.deep.equal([
      "participant.admitted 0",
      "account.key_added 1",
    ]);
  });

  it("follows a ledger that is shorter for a while, as far as it reaches", async () => {
    for (let n = 1; n <= 6; n += 1) ledger.add([admitted(n)]);
    await run();
    const gone = ledger.blocks.splice(5);
    expect((await run()).failure).to.equal(undefined);
    expect(store.orphaned, "what is missing may come back").to.deep.equal([]);
    ledger.blocks.push(...gone);
    await run();
    expect(hashes()).to.deep.equal(expected());
    expect(store.orphaned).to.deep.equal([]);
  });

  for (const [reorganised, steps] of [
    [15, [4]],
    [16, [3]],
    [17, [3, 2]],
    [33, [17, 1, 0]],
  ] as const) {
    it(`takes back ${reorganised} blocks in ${steps.length} steps of sixteen at the most`, async () => {
      const length = steps.length === 1 ? 19 : steps.length === 2 ? 19 : 33;
      for (let n = 1; n <= length; n += 1) ledger.add([admitted(n)]);
      const finality: Finality = { kind: "depth", depth: 64 };
      await run({ finality });
      const ancestor = length - reorganised;
      reorganise(
        ledger,
        ancestor,
        Array.from({ length: reorganised + 1 }, (_, index) => [admitted(200 + index)]),
      );
      const above: number[] = [];
      const { retractBlocks } = store;
      const watched = {
        ...store,
        retractBlocks: (...retraction: Parameters<typeof retractBlocks>) => {
          above.push(retraction[1].above);
          return retractBlocks(...retraction);
        },
      };
      await run({ finality, store: watched });
      expect(above).to.deep.equal(steps);
      expect(hashes()).to.deep.equal(expected());
    });
  }

  it("stops for a person when a block is gone that was final", async () => {
    for (let n = 1; n <= 10; n += 1) ledger.add([admitted(n)]);
    const finality: Finality = { kind: "depth", depth: 3 };
    await run({ finality });
    expect((await store.finalized())?.number).to.equal(7);
    reorganise(ledger, 6, [[admitted(207)], [admitted(208)], [admitted(209)], [admitted(210)], [admitted(211)]]);
    const { failure } = await run({ finality });
    expect(failure?.message).to.match(/^invariant: .*final/);
    expect(failure?.cause).to.deep.include({ code: "chain.index_stopped", facts: { check: "finality" } });
    expect(store.orphaned).to.deep.equal([]);
  });

  it("takes back everything down to the last final block, and not that one", async () => {
    for (let n = 1; n <= 10; n += 1) ledger.add([admitted(n)]);
    const finality: Finality = { kind: "depth", depth: 3 };
    await run({ finality });
    reorganise(ledger, 7, [[admitted(208)], [admitted(209)], [admitted(210)], [admitted(211)]]);
    expect((await run({ finality })).failure).to.equal(undefined);
    expect(hashes()).to.deep.equal(expected());
    expect(store.orphaned.map(({ block }) => block.number)).to.deep.equal([8, 9, 10]);
  });

  it("notes that stored blocks have become final, although there is no new block", async () => {
    for (let n = 1; n <= 6; n += 1) ledger.add([admitted(n)]);
    let finalized = "0x2";
    const rpc: Run["rpc"] = {
      ...ledger.rpc,
      call: <T>(method: string, params: readonly unknown[] = []) =>
        params[0] === "finalized"
          ? Promise.resolve({ number: finalized, hash: hash(Number(finalized), "b") } as T)
          : ledger.rpc.call<T>(method, params),
    };
    let looks = 0;
    let told = 0;
    const seen: (number | undefined)[] = [];
    await run({
      rpc,
      finality: { kind: "tagged" },
      onAdvanced() {
        told += 1;
      },
      onIdle(state) {
        seen.push(state.finalized);
        looks += 1;
        if (looks === 1) told = 0;
        finalized = "0x5";
        return looks > 1;
      },
    });
    expect(seen).to.deep.equal([2, 5]);
    expect(told, "whoever waits for a final block hears of it, once").to.equal(1);
    expect(store.commits.slice(-1), "without blocks").to.deep.equal([{ blocks: [], finalized: 5 }]);
    expect(
      store.commits.filter(({ blocks }) => blocks.length === 0),
      "once",
    ).to.have.length(1);
  });

  it("notes nothing as long as no more is final", async () => {
    for (let n = 1; n <= 6; n += 1) ledger.add([admitted(n)]);
    let looks = 0;
    await run({
      onIdle() {
        looks += 1;
        return looks > 3;
      },
    });
    expect(store.commits.map(({ blocks }) => blocks.length)).to.deep.equal([7]);
  });
});
