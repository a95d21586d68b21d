import { expect } from "chai";
import { createRpc, type RpcClient, RpcError } from "../../src/chain/rpc.ts";
import { unavailabilityOf } from "../../src/chain/rpcTransport.ts";
import { type ServedLedger, serveLedger } from "./ledger.ts";
import { type FaultName, type FaultProxy, faultNames, startFaultProxy } from "./proxy.ts";

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("the fault proxy", () => {
  let served: ServedLedger;
  let other: ServedLedger;
  let proxy: FaultProxy;
  let rpc: RpcClient;

  before(async () => {
    served = await serveLedger({ blocks: 6 });
    other = await serveLedger({ blocks: 2, genesisSeconds: 1_046_000_111 });
  });
  after(() => Promise.all([served.close(), other.close()]));
  beforeEach(async () => {
    proxy = await startFaultProxy({ upstream: served.url, fork: other.url, seed: 1, hugeBytes: 2_000_000 });
    rpc = createRpc({ url: proxy.url, timeoutMs: 2_000, responseBytesMax: 1_000_000, wait: async () => {} });
  });
  afterEach(() => Promise.all([proxy.close(), rpc.close()]));

  /** The next request meets exactly these, later ones none. */
  function next(...faults: FaultName[]): void {
    let met = false;
    proxy.setScript(() => {
      if (met) return [];
      met = true;
      return faults;
    });
  }
  const asked = (method: string, params: readonly unknown[] = []) => ({ method, params });

  it("passes on what is asked and answered while it has no faults", async () => {
    expect(await rpc.call("eth_blockNumber")).to.equal("0x6");
    expect(await rpc.batch([asked("eth_chainId"), asked("eth_blockNumber")])).to.deep.equal(["0xef99", "0x6"]);
    expect(await failureOf(rpc.call("eth_nothing"))).to.be.instanceOf(RpcError);
    expect(proxy.log().map(({ sequence, faults }) => [sequence, faults])).to.deep.equal([0, 1, 2].map((n) => [n, []]));
  });

  it("loses a reply after the ledger accepted: the bytes are mined, and sending them again is no second time", async () => {
    const raw = await served.sign();
    next("replyLost");
    expect(unavailabilityOf(await failureOf(rpc.call("eth_sendRawTransaction", [raw])))).to.equal("unreachable");
    const again = await failureOf(rpc.call("eth_sendRawTransaction", [raw]));
    expect(again, "the ledger has it already").to.be.instanceOf(RpcError);
  });

  it("loses a request before the ledger saw it", async () => {
    const before = await rpc.call("eth_blockNumber");
    next("requestLost");
    const failure = await failureOf(rpc.call("eth_sendRawTransaction", [await served.sign()]));
    expect(unavailabilityOf(failure)).to.equal("unreachable");
    expect(await rpc.call("eth_blockNumber")).to.equal(before);
  });

  const outcomes: Partial<Record<FaultName, string>> = {
    halfOpen: "timeout",
    hugeReply: "too_large",
    noJson: "not_json_rpc",
    duplicate: "not_json_rpc",
    missingEntry: "not_json_rpc",
    wrongId: "not_json_rpc",
  };
  for (const [name, reason] of Object.entries(outcomes)) {
    it(`${name}: the client says ${reason}, and the next call is answered`, async () => {
      await rpc.close();
      rpc = createRpc({ url: proxy.url, timeoutMs: 300, responseBytesMax: 1_000_000 });
      next(name as FaultName);
      const failure = await failureOf(rpc.batch([asked("eth_chainId"), asked("eth_blockNumber")]));
      expect(unavailabilityOf(failure)).to.equal(reason);
      expect(proxy.counts()).to.deep.equal({ [name]: 1 });
      expect(await rpc.call("eth_chainId")).to.equal("0xef99");
    });
  }

  it("answers a batch in another order, which changes nothing", async () => {
    next("reorder");
    expect(await rpc.batch([asked("eth_chainId"), asked("eth_blockNumber")])).to.have.members(
      ["0xef99"].concat(String(await rpc.call("eth_blockNumber"))),
    );
    expect(proxy.counts()).to.deep.equal({ reorder: 1 });
  });

  it("says too many requests, with and without a time, and the client comes again", async () => {
    for (const name of ["limited", "limitedRetryAfter"] as const) {
      next(name);
      expect(await rpc.call("eth_chainId")).to.equal("0xef99");
      expect(proxy.counts()[name]).to.equal(1);
    }
  });

  it("answers with an error without words, which is an error all the same", async () => {
    next("emptyError");
    const failure = await failureOf(rpc.call("eth_sendRawTransaction", [await served.sign()]));
    expect(failure).to.be.instanceOf(RpcError).and.to.include({ code: -32_000, message: "" });
  });

  it("shows the head of a replica that lags, and of another fork", async () => {
    const head = Number(await rpc.call("eth_blockNumber"));
    next("staleHead");
    expect(Number(await rpc.call("eth_blockNumber"))).to.equal(head - 1);
    next("fork");
    expect(await rpc.call("eth_blockNumber")).to.equal("0x2");
    next("staleHead");
    expect(await rpc.call("eth_getBlockByNumber", ["0x1", false])).to.equal(null);
  });

  it("lies about receipts only where it was told to", async () => {
    const hash = await served.emit(3);
    type Told = { status: string; blockHash: string; logs: { data: string; logIndex: string }[] };
    const read = () => rpc.call<Told>("eth_getTransactionReceipt", [hash]);
    const truth = await read();
    expect(truth.logs.length).to.equal(3);
    next("truncatedLogs");
    expect((await read()).logs).to.deep.equal(truth.logs.slice(0, 2));
    next("wrongStatus");
    expect(await read()).to.deep.equal({ ...truth, status: "0x0" });
    next("wrongLogIndex");
    expect((await read()).logs.map(({ logIndex }) => logIndex)).to.not.deep.equal(
      truth.logs.map((log) => log.logIndex),
    );
    next("wrongLogData");
    expect((await read()).logs.map(({ data }) => data)).to.not.deep.equal(truth.logs.map(({ data }) => data));
    await rpc.call("eth_getTransactionReceipt", [await served.emit(1)]);
    next("otherReceipt");
    expect((await read()).blockHash).to.not.equal(truth.blockHash);
    expect(await read(), "and tells the truth again").to.deep.equal(truth);
  });

  it("meets the same faults again with the same seed, and others with another", async () => {
    const faults = Object.fromEntries(faultNames.filter((name) => name !== "halfOpen").map((name) => [name, 0.15]));
    async function run(seed: number): Promise<unknown> {
      const one = await startFaultProxy({ upstream: served.url, seed, faults, hugeBytes: 10 });
      const client = createRpc({ url: one.url, timeoutMs: 2_000, attemptsMax: 1 });
      for (let round = 0; round < 25; round += 1) {
        await failureOf(client.call("eth_blockNumber"));
        await failureOf(client.batch([asked("eth_chainId"), asked("eth_getBlockByNumber", ["0x1", false])]));
      }
      await Promise.all([one.close(), client.close()]);
      return one.log().map(({ faults: met }) => met.join());
    }
    const first = await run(7);
    expect(await run(7)).to.deep.equal(first);
    expect(await run(8)).to.not.deep.equal(first);
  });
});
