import { expect } from "chai";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createIndexer } from "../../../src/chain/indexing/indexer.ts";
import type { Leadership } from "../../../src/domain/leadership.ts";
import { type Logger, silentLogger } from "../../../src/shared/context.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { addresses, contextWith, createMemoryBlocks, createScriptedLedger, runIndexer } from "./indexerHarness.ts";
import { createLeadershipOfTest } from "./leadershipOfTest.ts";

describe("an indexer that leads", () => {
  it("keeps its lead through a fault of the store, which it names", async () => {
    const { leadership, asked } = createLeadershipOfTest();
    const ledger = createScriptedLedger();
    ledger.add();
    const store = createMemoryBlocks();
    const { commitBlocks } = store;
    const fault = new AppError("store.unavailable");
    let refusals = 1;
    const flaky = {
      ...store,
      commitBlocks(...commit: Parameters<typeof commitBlocks>) {
        refusals -= 1;
        return refusals === 0 ? Promise.reject(fault) : commitBlocks(...commit);
      },
    };
    const warned: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (facts) => warned.push(facts) };
    await runIndexer({ rpc: ledger.rpc, store: flaky, leadership, logger });
    expect(warned).to.deep.equal([{ worker: "indexer", code: "store.unavailable", err: fault }]);
    expect(asked).to.deep.equal(["indexer"]);
    expect(store.committed).to.have.length(1);
  });
});

describe("an indexer that has nothing to do", () => {
  /** Looks at the head between wake-ups: an hour passes before it looks by itself. */
  async function looksOf(leadership: Leadership, store = createMemoryBlocks()): Promise<readonly number[]> {
    const ledger = createScriptedLedger();
    ledger.add();
    const source = createSingleSource(ledger.rpc);
    let looks = 0;
    const indexer = createIndexer({
      ...{ context: contextWith(), leadership, store, finality: { kind: "instant" }, onAdvanced() {} },
      book: createAddressBook(addresses, { accounts: [], tokens: [] }),
      verify: { mode: "off", headerKind: "none" },
      source: {
        ...source,
        head() {
          looks += 1;
          return source.head();
        },
      },
      pollMs: 3_600_000,
    });
    const seen: number[] = [];
    indexer.start();
    for (let time = 0; time < 3; time += 1) {
      // All that it does by itself is done after fewer turns.
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      seen.push(looks);
      indexer.wake();
    }
    await indexer.stop();
    return seen;
  }

  it("waits until it is woken, whether it leads or follows", async () => {
    expect(
      await looksOf(createLeadershipOfTest().leadership),
      "one look commits, the next finds nothing",
    ).to.deep.equal([2, 3, 4]);
    const { leadership, setFree } = createLeadershipOfTest();
    setFree(false);
    expect(await looksOf(leadership)).to.deep.equal([1, 2, 3]);
  });

  it("waits, too, when it learns that another one leads", async () => {
    const { leadership } = createLeadershipOfTest();
    const superseded = () => Promise.reject(new AppError("leader.superseded"));
    expect(await looksOf(leadership, { ...createMemoryBlocks(), commitBlocks: superseded })).to.deep.equal([1, 2, 3]);
  });
});
