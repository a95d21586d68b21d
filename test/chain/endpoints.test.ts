import { expect } from "chai";
import { EndpointFault } from "../../src/chain/endpoints.ts";
import { RpcError } from "../../src/chain/rpc.ts";
import { unavailabilityOf } from "../../src/chain/rpcTransport.ts";
import { failureOf, type PoolHarness, startPoolHarness } from "./endpointsHarness.ts";

describe("an endpoint pool", () => {
  let harness: PoolHarness;
  beforeEach(async () => {
    harness = await startPoolHarness();
  });
  afterEach(() => harness.close());
  const open: PoolHarness["open"] = (options) => harness.open(options);
  const node: PoolHarness["node"] = (index) => harness.node(index);
  const asked: PoolHarness["asked"] = (method) => harness.asked(method);
  const endpoint: PoolHarness["endpoint"] = (pool, index) => harness.endpoint(pool, index);

  it("stays with the first endpoint while it answers, and goes to the next one when it does not", async () => {
    const pool = open();
    for (let round = 0; round < 3; round += 1) await pool.call("eth_gasPrice");
    expect(asked("eth_gasPrice")).to.deep.equal([3, 0, 0]);
    node(0).mode = "silent";
    expect(await pool.call("eth_gasPrice")).to.equal("eth_gasPrice of 10");
    await pool.call("eth_gasPrice");
    node(0).mode = "normal";
    await pool.call("eth_gasPrice");
    expect(asked("eth_gasPrice"), "and stays there").to.deep.equal([4, 3, 0]);
    expect(pool.state().failovers).to.equal(1);
  });

  it("gives an error that a node answers with to the caller: no other node is asked", async () => {
    const pool = open();
    await pool.head();
    node(0).mode = "refusing";
    expect(await failureOf(pool.call("eth_call", [{}, "latest"]))).to.be.instanceOf(RpcError);
    expect(asked("eth_call")).to.deep.equal([1, 0, 0]);
    expect(endpoint(pool, 0)).to.deep.include({ breaker: "closed", errors: { refused: 1 } });
  });

  it("sends the same bytes to the next endpoint when the first one says nothing", async () => {
    const pool = open();
    await pool.head();
    node(0).mode = "accepting_in_silence";
    const calls = [{ method: "eth_sendRawTransaction", params: ["0x01"] }];
    expect(await pool.batch(calls)).to.deep.equal(["eth_sendRawTransaction of 10"]);
    expect(asked("eth_sendRawTransaction")).to.deep.equal([1, 1, 0]);
  });

  it("says that nobody answers, and why, when nobody does", async () => {
    const pool = open();
    for (const one of harness.nodes) one.mode = "html";
    expect(unavailabilityOf(await failureOf(pool.call("eth_gasPrice")))).to.equal("not_json_rpc");
    expect(unavailabilityOf(await failureOf(pool.head()))).to.equal("not_json_rpc");
  });

  describe("the head", () => {
    it("is the highest block that more than half of those that answer have reached", async () => {
      const pool = open();
      for (const [heads, expected] of [
        [[10, 10, 10], 10],
        [[12, 11, 10], 11],
        [[12, 3, 12], 12],
        [[99, 10, 10], 10],
      ] as const) {
        for (const [index, head] of heads.entries()) node(index).head = head;
        expect((await pool.head()).number, heads.join()).to.equal(expected);
        expect(pool.state().head).to.equal(expected);
      }
      node(0).mode = "silent";
      node(1).head = 20;
      node(2).head = 18;
      expect((await pool.head()).number, "two answer: both must have reached it").to.equal(18);
      node(1).mode = "silent";
      const alone = await pool.head();
      expect(alone.number).to.equal(18);
      expect(Object.values(alone.endpoints)).to.deep.equal([18]);
    });

    it("can be asked of a fixed number of endpoints", async () => {
      node(0).head = 12;
      expect((await open({ quorum: 1 }).head()).number).to.equal(12);
      node(2).mode = "silent";
      expect(unavailabilityOf(await failureOf(open({ quorum: 3 }).head()))).to.equal("timeout");
    });
  });

  it("asks no endpoint for a block above a head seen on it: a lagging replica shows an empty block (hyperbridge#1094)", async () => {
    const pool = open();
    node(0).head = 7;
    node(1).head = 9;
    const range = [{ fromBlock: "0x5", toBlock: "0xa" }];
    expect(await pool.call("eth_getLogs", range)).to.equal("eth_getLogs of 10");
    expect(asked("eth_getLogs")).to.deep.equal([0, 0, 1]);
    node(2).head = 3;
    expect(await pool.call("eth_getBlockByNumber", ["0xa", false]), "the head it has shown").to.not.equal(null);
    expect(endpoint(pool, 0)).to.deep.include({ breaker: "closed", errors: { behind: 1 }, head: 7 });
    expect(unavailabilityOf(await failureOf(pool.call("eth_getBlockByNumber", ["0x63", false])))).to.equal("behind");
  });

  describe("the breaker of an endpoint", () => {
    it("spares it the calls after some failures, tries again after a time, and lets one try", async () => {
      const pool = open({ breaker: { failuresMax: 2, openMs: 1_000 } });
      await pool.head();
      node(0).mode = "html";
      await pool.head();
      await pool.head();
      expect(endpoint(pool, 0)).to.deep.include({ breaker: "open", errors: { not_json_rpc: 2 } });
      const before = node(0).asked.length;
      await pool.head();
      await pool.call("eth_gasPrice");
      expect(node(0).asked.length, "left alone").to.equal(before);
      harness.clock.advanceMs(1_000);
      expect(endpoint(pool, 0).breaker).to.equal("half_open");
      node(0).mode = "normal";
      expect(Object.keys((await pool.head()).endpoints).length).to.equal(3);
      expect(endpoint(pool, 0).breaker).to.equal("closed");
    });

    it("asks an endpoint that comes back which chain it is, before anything else", async () => {
      const pool = open({ breaker: { failuresMax: 1, openMs: 1_000 } });
      await pool.head();
      node(0).mode = "silent";
      await pool.head();
      node(0).mode = "normal";
      node(0).chainId = 6;
      harness.clock.advanceMs(1_000);
      const { endpoints } = await pool.head();
      expect(Object.keys(endpoints).length).to.equal(2);
      expect(endpoint(pool, 0)).to.deep.include({ otherChain: true });
    });
  });

  describe("an endpoint of another chain", () => {
    for (const what of ["chain id", "first block"]) {
      it(`(${what}) is left out and logged`, async () => {
        if (what === "chain id") node(0).chainId = 6;
        else node(0).genesis = `0x${"00".repeat(32)}`;
        node(0).head = 99;
        const pool = open();
        expect(await pool.call("eth_gasPrice")).to.equal("eth_gasPrice of 10");
        expect((await pool.head()).number).to.equal(10);
        expect(asked("eth_gasPrice")).to.deep.equal([0, 1, 0]);
        expect(endpoint(pool, 0)).to.deep.include({ otherChain: true, breaker: "closed" });
        expect(harness.logged.map(({ message }) => message)).to.deep.equal([
          "an endpoint serves another chain and is left out",
        ]);
      });
    }

    it("stops the start when there is no other", async () => {
      for (const one of harness.nodes) one.chainId = 6;
      expect(await failureOf(open().head())).to.include({ code: "chain.other_chain" });
      expect(await failureOf(open().call("eth_gasPrice"))).to.include({ code: "chain.other_chain" });
      node(1).mode = "silent";
      expect(unavailabilityOf(await failureOf(open().head())), "one may come back and be right").to.equal("timeout");
    });

    it("is asked again after a while", async () => {
      node(0).chainId = 6;
      const pool = open({ recheckMs: 60_000 });
      await pool.head();
      node(0).chainId = 5;
      expect(Object.keys((await pool.head()).endpoints).length).to.equal(2);
      harness.clock.advanceMs(60_000);
      expect(Object.keys((await pool.head()).endpoints).length).to.equal(3);
    });

    it("is nobody's business where no chain is expected", async () => {
      node(0).chainId = 6;
      expect(await open({ expect: {} }).call("eth_gasPrice")).to.equal("eth_gasPrice of 10");
      expect(asked("eth_chainId")).to.deep.equal([0, 0, 0]);
    });
  });

  describe("work with one endpoint", () => {
    it("has all its calls answered by that one, and is done anew by the next when it fails half way", async () => {
      const pool = open();
      const used: string[] = [];
      const result = await pool.sticky(async (rpc, name) => {
        used.push(name);
        await rpc.call("eth_gasPrice");
        node(0).mode = "silent";
        return rpc.batch([{ method: "eth_syncing", params: [] }]);
      });
      expect(result).to.deep.equal(["eth_syncing of 10"]);
      expect(used).to.deep.equal(
        pool
          .state()
          .endpoints.slice(0, 2)
          .map(({ name }) => name),
      );
      expect([asked("eth_gasPrice"), asked("eth_syncing")]).to.deep.equal([
        [1, 1, 0],
        [1, 1, 0],
      ]);
    });

    it("sets a lying endpoint aside for a time and goes on with the next", async () => {
      const pool = open({ asideMs: 60_000 });
      const liar = pool.state().endpoints[0]?.name;
      const verified = () =>
        pool.sticky((_, name) =>
          name === liar ? Promise.reject(new EndpointFault({ check: "receipts_root" })) : Promise.resolve(name),
        );
      expect(await verified()).to.equal(pool.state().endpoints[1]?.name);
      expect(endpoint(pool, 0)).to.deep.include({ setAside: true, errors: { lied: 1 } });
      expect(harness.logged.at(-1)?.facts).to.deep.equal({ endpoint: liar, check: "receipts_root" });
      node(0).head = 99;
      expect(Object.keys((await pool.head()).endpoints), "it has no say").to.have.length(2);
      for (const index of [1, 2]) node(index).mode = "silent";
      expect((await pool.head()).number, "until no other is left").to.equal(99);
      harness.clock.advanceMs(60_000);
      expect(endpoint(pool, 0).setAside).to.equal(false);
    });

    it("ends with the lie when every endpoint lied, and as unavailable when one may come back with the truth", async () => {
      const pool = open();
      const lying = () => pool.sticky(() => Promise.reject(new EndpointFault({ check: "bloom" })));
      expect(await failureOf(lying()))
        .to.be.instanceOf(EndpointFault)
        .and.to.have.nested.property("fault.check", "bloom");
      node(2).mode = "silent";
      const mixed = pool.sticky(async (rpc) => {
        await rpc.call("eth_gasPrice");
        throw new EndpointFault({ check: "bloom" });
      });
      expect(unavailabilityOf(await failureOf(mixed))).to.equal("timeout");
    });

    it("is not done anew for a fault of its own", async () => {
      const pool = open();
      let times = 0;
      const broken = pool.sticky(() => {
        times += 1;
        return Promise.reject(new Error("invariant: mine"));
      });
      expect(await failureOf(broken)).to.have.property("message", "invariant: mine");
      expect(times).to.equal(1);
    });
  });

  it("never says an address with its key: not in its state, not in its log, not in its errors", async () => {
    const urls = harness.nodes.map(({ url }) => url.replace("http://", "http://user:secret@").concat("/v1/secret"));
    for (const one of harness.nodes) one.mode = "silent";
    const pool = open({ urls, breaker: { failuresMax: 1 } });
    const failure = (await failureOf(pool.head())) as Error & { facts: object };
    expect(
      JSON.stringify([pool.state(), harness.logged, failure.facts, failure.message, failure.stack]),
    ).to.not.include("secret");
    expect(harness.logged.length).to.equal(3);
  });

  it("counts what it asked and what became of it", async () => {
    const pool = open({ expect: {} });
    await pool.call("eth_gasPrice");
    node(0).mode = "silent";
    await pool.call("eth_gasPrice");
    expect(pool.state().endpoints.map(({ calls, errors }) => [calls, errors])).to.deep.equal([
      [2, { timeout: 1 }],
      [1, {}],
      [0, {}],
    ]);
  });
});
