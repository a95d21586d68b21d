/** What the two workers of a gateway remember of what is over: nothing. The store is in a thread or a server of its own. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { keccak256 } from "ethers";
import { quantity, type Rpc, type RpcCall } from "../../src/chain/rpc.ts";
import { createLaneSteps } from "../../src/chain/sending/lane.ts";
import { laneName } from "../../src/chain/sending/laneKeys.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import { contextWith, runIndexer } from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { enterIntents } from "../races/intents.ts";
import { enterParticipants, hash } from "../store/blockFixture.ts";

const key = `0x${"5b".repeat(32)}`;
const lane = laneName(key, 0);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of live objects of this thread. */
function liveBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Bytes for each thing done, in the second half of samples that were taken after each `every` of them. */
function growth(samples: readonly number[], every: number): number {
  const half = samples.slice(samples.length >> 1);
  return ((half.at(-1) ?? 0) - (half[0] ?? 0)) / ((half.length - 1) * every);
}

/** Executes at once, and remembers only how many there were. */
function createForgetfulNode(): Rpc {
  let count = 0;
  function answer({ method, params: [first] }: RpcCall): unknown {
    if (method === "eth_getTransactionCount") return quantity(count);
    if (method === "eth_getBlockByNumber")
      return { number: quantity(count), hash: hash(count, "b"), baseFeePerGas: "0x0" };
    count += 1;
    return keccak256(String(first));
  }
  return { call: () => Promise.reject(new Error("in batches only")), batch: async (calls) => calls.map(answer) };
}

/** Empty blocks, made when they are asked for. */
function createForgetfulLedger(head: () => number): Rpc {
  function answer({ method, params: [first] }: RpcCall): unknown {
    if (method === "eth_blockNumber") return quantity(head());
    const number = Number(first);
    if (number > head()) return null;
    return {
      ...{ number: quantity(number), hash: hash(number, "b"), parentHash: hash(Math.max(0, number - 1), "b") },
      ...{ timestamp: quantity(1_790_000_000 + number), transactions: [] },
    };
  }
  return {
    call: async <T>(method: string, params: readonly unknown[] = []) => answer({ method, params }) as T,
    batch: async (calls) => calls.map(answer),
  };
}

describeStore("memory over many transactions and blocks", (fixture) => {
  it("of a lane does not grow with what it has sent (firefly#1576)", async function sendMany() {
    this.timeout(120_000);
    const every = 400;
    await enterParticipants(fixture.store, [1]);
    const context = contextWith();
    const steps = createLaneSteps({
      ...{ context, key, lane, laneCount: 1, chainId: 31_337, fees: { kind: "zero" }, rpc: createForgetfulNode() },
      ...{ store: createSenderStore(fixture.store), leadership: createLeadership(fixture.store), onBroadcast() {} },
      ...{ inFlightMax: 1_000, sendMax: every },
    });
    const samples: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const intents = Array.from({ length: every }, (_, n) => ({ id: `act-${round}-${n}` }));
      await enterIntents(fixture.store, intents);
      while ((await steps.step()) === "busy");
      await fixture.store.transaction((tx) => tx.updateTable("transactions").set({ status: "final" }).execute());
      context.clock.advanceMs(10_000);
      steps.headChanged();
      while ((await steps.step()) === "busy");
      samples.push(liveBytes());
    }
    expect(steps.state()).to.include({ broadcastTotal: 10 * every, openCount: 0 });
    await steps.end();
    // Its hash alone would be 82 bytes and an entry of a map; its bytes are a thousand.
    expect(growth(samples, every), `bytes a transaction: ${samples.join(" ")}`).to.be.lessThan(200);
  });

  it("of an index does not grow with the blocks that it has read (firefly#1576)", async function readMany() {
    this.timeout(120_000);
    const every = 500;
    const samples: number[] = [];
    let head = 0;
    const { state } = await runIndexer({
      ...{ rpc: createForgetfulLedger(() => head), store: createBlockStore(fixture.store) },
      leadership: createLeadership(fixture.store),
      onIdle() {
        samples.push(liveBytes());
        if (samples.length === 17) return true;
        head += every;
        return false;
      },
    });
    expect(state.indexed).to.equal(16 * every);
    // A hash is 82 bytes.
    expect(growth(samples, every), `bytes a block: ${samples.join(" ")}`).to.be.lessThan(60);
  });
});
