import { expect } from "chai";
import { Transaction } from "ethers";
import { type Rpc, RpcError } from "../../../src/chain/rpc.ts";
import { laneKey } from "../../../src/chain/sending/laneKeys.ts";
import { createWorld, key, lane, look, nonces, statusesOf, type World } from "./world.ts";

describe("a lane", () => {
  let world: World;

  beforeEach(() => {
    world = createWorld();
  });

  it("has stored nonces, bytes and hashes before anything leaves", async () => {
    world.accept(3);
    const seen: unknown[] = [];
    world.node.refuse = ({ raw, nonce }) => {
      const stored = [...world.memory.transactions.values()].find((one) => one.nonce === nonce);
      seen.push([stored?.status, stored?.attempts.map((attempt) => attempt.raw === raw)]);
      return undefined;
    };
    await world.start().run();
    expect(seen).to.deep.equal(Array(3).fill(["signed", [true]]));
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast", "act-1": "broadcast", "act-2": "broadcast" });
    expect(world.told()).to.equal(1);
  });

  it("gives contiguous nonces in the order in which the intents were accepted", async () => {
    world.accept(4);
    const process = world.start();
    await process.run();
    world.accept(2);
    await process.run();
    expect(world.node.offered.map(({ data, nonce }) => [Number(data), nonce])).to.deep.equal(
      [0, 1, 2, 3, 4, 5].map((n) => [n, n]),
    );
    const [first] = world.node.offered;
    expect(Transaction.from(first?.raw).from?.toLowerCase()).to.equal(lane.address);
  });

  it("sends batches of bounded length, in order", async () => {
    world.accept(7);
    await world.start({ sendMax: 3 }).run();
    expect(world.node.batches).to.deep.equal([3, 3, 1]);
  });

  it("keeps no more on the way than a node takes of one sender, and goes on as blocks come (besu #6031)", async () => {
    world.accept(10);
    const process = world.start({ inFlightMax: 4 });
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 1, 2, 3]);
    expect(statusesOf(world)["act-4"], "and leaves the others to be taken later").to.equal("accepted");
    world.node.mine(3);
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });

  it("sends the stored bytes again when the reply was lost, and takes 'already known' for success", async () => {
    world.accept(2);
    world.node.lose = "reply";
    const process = world.start();
    await process.run();
    expect(world.node.offered.map(({ raw }) => raw)).to.deep.equal([0, 1, 0, 1].map((n) => world.node.offered[n]?.raw));
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast", "act-1": "broadcast" });
    expect(process.steps.state()).to.deep.include({ broadcastTotal: 2, rebroadcastTotal: 0 });
  });

  it("sends what another process had signed, oldest first, before anything new (OZR #843)", async () => {
    world.accept(3);
    const first = world.start();
    // Signed and stored; then the power is cut before the batch leaves.
    first.wires.arm({ cutAt: 13 });
    await first.run();
    expect(Object.values(statusesOf(world)), "signed is not broadcast").to.deep.equal(Array(3).fill("signed"));
    expect(world.node.offered).to.deep.equal([]);
    world.accept(1);
    world.memory.loseLock();
    await world.start({ sendMax: 2 }).run();
    expect(nonces(world)).to.deep.equal([0, 1, 2, 3]);
    expect(world.node.batches).to.deep.equal([2, 1, 1]);
  });

  it("sends nothing above a nonce that was refused, until that one is in (besu #7589)", async () => {
    world.accept(6);
    world.node.refuse = ({ nonce }) => (nonce === 1 ? "txpool is full" : undefined);
    const process = world.start({ sendMax: 2 });
    await process.run();
    world.accept(3);
    await process.run();
    expect(nonces(world), "the batch of the refused one was the last").to.deep.equal([0, 1]);
    expect(world.memory.nextNonce(), "and no nonces are given out meanwhile").to.equal(6);
    world.node.refuse = () => undefined;
    await process.run();
    expect(nonces(world), "not before the node had time").to.deep.equal([0, 1]);
    world.clock.advanceMs(1_000);
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 1, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("notes which of a batch a node kept beyond the one that it refused, and sends that one first", async () => {
    world.accept(3);
    let moods = 1;
    world.node.refuse = ({ nonce }) => (nonce === 0 && moods-- > 0 ? "txpool is full" : undefined);
    const process = world.start();
    await process.run();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "signed", "act-1": "broadcast", "act-2": "broadcast" });
    world.clock.advanceMs(1_000);
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 1, 2, 0]);
    expect(process.steps.state().refusedTotal).to.include({ busy: 1 });
  });

  it("asks for the hash when a refusal has unknown or no words: the node may have the bytes (evmconnect #12)", async () => {
    world.accept(1);
    world.node.lose = "reply";
    const process = world.start();
    let moods = 2;
    world.node.refuse = () => (moods-- === 1 ? new RpcError(-32_000, "", undefined) : undefined);
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 0]);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
    expect(process.steps.state().refusedTotal.unknown).to.equal(1);
  });

  it("takes an error without words for a refusal where the node does not have the bytes (firefly #1081)", async () => {
    world.accept(1);
    world.node.refuse = () => "";
    const process = world.start();
    await process.run();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "signed" });
    expect(process.steps.state().broadcastTotal).to.equal(0);
  });

  it("sends everything from the ledger's count on again when a node misses something below", async () => {
    world.node.keepsGaps = false;
    world.accept(2);
    const process = world.start();
    await process.run();
    world.node.forgetPool();
    world.accept(1);
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 1, 2]);
    await look(process, world);
    expect(nonces(world)).to.deep.equal([0, 1, 2, 0, 1, 2]);
    expect(world.node.inPool().map(({ nonce }) => nonce)).to.deep.equal([0, 1, 2]);
  });

  it("frees no nonce because a send failed (ethers #972)", async () => {
    world.accept(2);
    world.node.lose = "request";
    await world.start().run();
    expect(nonces(world)).to.deep.equal([0, 1]);
    expect(world.memory.nextNonce()).to.equal(2);
  });

  it("refuses a key that is not the lane's", () => {
    expect(() => world.start({ key: laneKey(key, 1) })).to.throw("invariant: a lane signs with its own key");
  });

  it("says how it is", async () => {
    const process = world.start();
    expect(process.steps.state()).to.deep.include({
      ...{ lane: lane.address, number: 0, isLeader: false, epoch: null, nextNonce: null, openCount: 0 },
      ...{ headOfLaneAgeMs: 0, quarantined: false, supersededTotal: 0 },
    });
    world.accept(2);
    await process.run();
    world.clock.advanceMs(700);
    expect(process.steps.state()).to.deep.include({
      ...{ isLeader: true, epoch: 1, nextNonce: 2, openCount: 2, headOfLaneAgeMs: 700, broadcastTotal: 2 },
    });
    await process.steps.end();
    expect(process.steps.state()).to.deep.include({ isLeader: false, nextNonce: null, broadcastTotal: 2 });
  });

  it("makes the next batch ready while a node works at one, but not while it is held up", async () => {
    const gate = Promise.withResolvers<void>();
    const rpc: Rpc = {
      call: world.node.rpc.call,
      async batch(calls) {
        if (calls[0]?.method === "eth_sendRawTransaction") await gate.promise;
        return world.node.rpc.batch(calls);
      },
    };
    world.accept(3);
    const process = world.start({ rpc });
    await process.steps.step();
    world.accept(2);
    world.node.refuse = () => "txpool is full";
    const step = process.steps.step();
    while (statusesOf(world)["act-4"] !== "signed") await new Promise((resolve) => setImmediate(resolve));
    expect(world.node.offered).to.deep.equal([]);
    gate.resolve();
    await step;
    world.accept(1);
    await process.run();
    expect(statusesOf(world)["act-5"]).to.equal("accepted");
    world.node.refuse = () => undefined;
    world.clock.advanceMs(1_000);
    await process.run();
    expect(nonces(world)).to.deep.equal([0, 1, 2, 0, 1, 2, 3, 4, 5]);
  });
});
