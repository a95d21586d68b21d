import { expect } from "chai";
import { createEndpointPool, EndpointFault, type EndpointPool } from "../../src/chain/endpoints.ts";
import { createRpc, RpcError } from "../../src/chain/rpc.ts";
import { unavailabilityOf } from "../../src/chain/rpcTransport.ts";
import { verifyBlock } from "../../src/chain/verify/verifyBlock.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { rollFor, seedOfRun } from "./dice.ts";
import { type ServedLedger, serveLedger } from "./ledger.ts";
import { lieNames } from "./lies.ts";
import { type FaultProxy, type Faults, startFaultProxy } from "./proxy.ts";
import { type ReadBlock, readChain } from "./readChain.ts";

const head = 30;
const full = { mode: "full", headerKind: "ethereum" } as const;

const wire: Faults = { requestLost: 0.05, replyLost: 0.05, noJson: 0.03, limited: 0.03, duplicate: 0.03, reorder: 0.2 };
const lying: Faults = { ...wire, ...Object.fromEntries(lieNames.map((name) => [name, 0.1])) };

describe("an endpoint pool over endpoints that fail and lie", () => {
  let served: ServedLedger;
  let other: ServedLedger;
  let truth: readonly ReadBlock[];
  let clock: ReturnType<typeof createFixedClock>;
  const proxies: FaultProxy[] = [];
  const pools: EndpointPool[] = [];

  before(async () => {
    served = await serveLedger({ blocks: head });
    other = await serveLedger({ blocks: 3, genesisSeconds: 1_046_000_222 });
    const rpc = createRpc({ url: served.url });
    truth = await readChain(rpc, 0, head);
    await rpc.close();
  });
  after(() => Promise.all([served.close(), other.close()]));
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  async function openPool(seed: number, faults: readonly Faults[]): Promise<EndpointPool> {
    clock = createFixedClock(1_000_000);
    const context: Context = { logger: silentLogger, clock, shutdown: createShutdown() };
    for (const [index, one] of faults.entries()) {
      const options = { upstream: served.url, fork: other.url, delayMsMax: 3 };
      proxies.push(await startFaultProxy({ ...options, seed: seed + index, faults: one }));
    }
    const genesisHash = String(truth[0]?.block.hash);
    const client = { timeoutMs: 2_000, wait: async () => {} };
    const urls = proxies.map(({ url }) => url);
    const pool = createEndpointPool({
      context,
      urls,
      expect: { chainId: 61_337, genesisHash },
      client,
      asideMs: 5_000,
    });
    pools.push(pool);
    return pool;
  }

  /** Reads and proves blocks with one endpoint, as an indexer would. */
  function readProven(pool: EndpointPool, from: number, to: number): Promise<readonly ReadBlock[]> {
    return pool.sticky(async (rpc) => {
      const read = await readChain(rpc, from, to);
      for (const [index, { block, receipts }] of read.entries()) {
        const parentHash = String(truth[from + index - 1]?.block.hash);
        const fault = verifyBlock(block, receipts, { ...full, parentHash, number: from + index });
        if (fault) throw new EndpointFault(fault);
      }
      return read;
    });
  }

  it("gives every block as it is, and only so, while two of three lie and all three fail", async () => {
    const seed = seedOfRun();
    const dice = rollFor(seed, "ranges");
    const pool = await openPool(seed, [lying, lying, wire]);
    let [taken, lied, unanswered] = [0, 0, 0];
    for (let round = 0; round < 120; round += 1) {
      clock.advanceMs(1_000);
      const from = 1 + Math.floor(dice(`from ${round}`) * (head - 4));
      try {
        const read = await readProven(pool, from, from + 3);
        expect(read, `blocks from ${from}`).to.deep.equal(truth.slice(from, from + 4));
        taken += 1;
      } catch (error) {
        if (error instanceof EndpointFault) lied += 1;
        else if (unavailabilityOf(error) !== undefined) unanswered += 1;
        else throw error;
      }
    }
    const told = JSON.stringify({ taken, lied, unanswered, state: pool.state() });
    expect(taken, told).to.be.greaterThan(60);
    // Of a block, or of the chain that it is: then it is not asked for blocks.
    const lies = pool.state().endpoints.map(({ errors }) => (errors["lied"] ?? 0) + (errors["other_chain"] ?? 0));
    expect(Math.min(...lies.slice(0, 2)), told).to.be.greaterThan(0);
    expect(lies[2], told).to.equal(0);
  });

  it("shows no head that the ledger does not have, nor one of another chain that answers in between", async () => {
    const seed = seedOfRun();
    const pool = await openPool(seed, [{ staleHead: 0.3 }, { fork: 0.3, noJson: 0.1 }, { replyLost: 0.2 }]);
    let exact = 0;
    for (let round = 0; round < 60; round += 1) {
      clock.advanceMs(1_000);
      const found = await pool.head().catch((error: unknown) => {
        if (unavailabilityOf(error) === undefined) throw error;
        return undefined;
      });
      expect(found?.number ?? 0).to.be.at.most(head);
      if (found?.number === head) exact += 1;
    }
    expect(exact).to.be.greaterThan(10);
  });

  it("sends each transaction into the ledger once, whichever replies are lost on the way", async () => {
    const seed = seedOfRun();
    const faults: Faults = { requestLost: 0.15, replyLost: 0.25, noJson: 0.05, limited: 0.05 };
    const pool = await openPool(seed, [faults, faults]);
    const mined = async () => Number(await served.ledger.read("eth_blockNumber", []).then(numberOf));
    const before = await mined();
    const raws = await Promise.all(Array.from({ length: 40 }, () => served.sign()));
    for (const raw of raws) {
      for (let sent = false; !sent; clock.advanceMs(1_000)) {
        const answer = await pool.call("eth_sendRawTransaction", [raw]).catch((error: unknown) => error);
        // The hash, or the refusal of bytes that are in a block already. No answer: the same bytes go out again.
        sent = typeof answer === "string" || answer instanceof RpcError;
      }
    }
    expect(await mined(), "none lost, none doubled").to.equal(before + raws.length);
  });
});

function numberOf(outcome: { readonly ok: boolean; readonly result?: unknown }): unknown {
  return outcome.result;
}
