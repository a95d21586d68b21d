import { expect } from "chai";
import { type Rpc, RpcError } from "../../../src/chain/rpc.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createWorld, look, nonces, statusesOf, type World } from "./world.ts";

describe("a nonce that somebody else used", () => {
  let world: World;

  beforeEach(() => {
    world = createWorld();
  });

  it("replaces its act when two heads agree that no attempt of it has a receipt", async () => {
    world.accept(2);
    const process = world.start();
    await process.run();
    world.node.takeNonce();
    await look(process, world, 2_000);
    await look(process, world, 2_000);
    expect(statusesOf(world)["act-0"], "the same head twice proves nothing").to.equal("broadcast");
    world.node.mine(1);
    await look(process, world, 2_000);
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "replaced", "act-1": "mined" });
    expect(process.steps.state().replacedTotal).to.equal(1);
    const loud = world.logger.lines.filter(({ level }) => level === "error");
    expect(loud.map(({ facts }) => facts["transactions"])).to.deep.equal([["act-0"]]);
  });

  it("does not hold up what comes after it", async () => {
    world.accept(1);
    const process = world.start();
    world.node.lose = "request";
    await process.run(1);
    world.node.takeNonce();
    await process.run();
    world.accept(1);
    await process.run();
    expect(world.node.inPool().map(({ nonce }) => nonce)).to.deep.equal([1]);
  });

  it("is not believed while another endpoint has a receipt, or does not answer (hyperbridge PR #1094)", async () => {
    world.accept(1);
    let mood: "receipt" | "away" | "none" = "receipt";
    const witness: Rpc = {
      call: () => Promise.reject(new Error("not asked")),
      batch(calls) {
        if (mood === "away") return Promise.reject(new AppError("chain.unavailable"));
        return Promise.resolve(calls.map(() => (mood === "receipt" ? { status: "0x1" } : null)));
      },
    };
    const process = world.start({ endpoints: () => [world.node.rpc, witness] });
    await process.run();
    world.node.takeNonce();
    for (const next of ["receipt", "away", "none"] as const) {
      await look(process, world, 2_000);
      expect(statusesOf(world), next).to.deep.equal({ "act-0": "broadcast" });
      mood = next;
      world.node.mine(0);
    }
    await look(process, world, 2_000);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "replaced" });
  });

  it("is not believed where a node gives no receipts but errors, or one head in between shows one", async () => {
    world.accept(1);
    let mood: "error" | "none" | "receipt" = "error";
    const receipt = () => ({ error: new RpcError(-32_000, "pruned", undefined), none: null, receipt: {} })[mood];
    const rpc: Rpc = {
      call: world.node.rpc.call,
      batch: async (calls) => {
        const results = await world.node.rpc.batch(calls);
        return results.map((result, index) =>
          calls[index]?.method === "eth_getTransactionReceipt" ? receipt() : result,
        );
      },
    };
    const process = world.start({ rpc, endpoints: () => [] });
    await process.run();
    world.node.takeNonce();
    for (const next of ["error", "error", "none", "receipt", "none"] as const) {
      mood = next;
      await look(process, world, 2_000);
      expect(statusesOf(world), next).to.deep.equal({ "act-0": "broadcast" });
      world.node.mine(0);
    }
    await look(process, world, 2_000);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "replaced" });
  });

  it("needs as many heads as the ledger takes to be sure", async () => {
    world.accept(1);
    const process = world.start({ headsUntilReplaced: 4 });
    await process.run();
    world.node.takeNonce();
    for (let head = 1; head < 4; head += 1) {
      await look(process, world, 2_000);
      expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
      world.node.mine(0);
    }
    await look(process, world, 2_000);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "replaced" });
  });

  it("is not believed before its block is final, however many heads of whichever branches were seen", async () => {
    world.accept(1);
    const process = world.start({ headsUntilReplaced: 4, finality: { kind: "depth", depth: 4 } });
    await process.run();
    world.node.takeNonce();
    for (let head = 1; head < 4; head += 1) {
      await look(process, world, 2_000);
      world.node.mine(0);
    }
    // Another branch has the stranger's transaction in its last block, so the count never falls.
    world.node.reorganise(4, "lost", true);
    world.node.takeNonce();
    await look(process, world, 2_000);
    world.node.mine(0);
    await look(process, world, 2_000);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
    // And a third one does not have it at all: the act goes out again.
    world.node.reorganise(2, "lost", true);
    await look(process, world, 2_000);
    world.node.mine(1);
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "mined" });
  });

  it("is not believed while the node does not say of one of its attempts whether it was mined", async () => {
    const prices = { baseFeeMultiple: 2, maxPriorityFeePerGas: "10", maxFeePerGasCap: "5000" };
    const fees = { kind: "eip1559", ...prices, bumpPercent: 10, bumpAfterMs: 60_000, attemptsMax: 5 } as const;
    let isVague = true;
    const rpc: Rpc = {
      call: world.node.rpc.call,
      batch: async (calls) => {
        const results = await world.node.rpc.batch(calls);
        const last = calls.findLastIndex(({ method }) => method === "eth_getTransactionReceipt");
        return results.map((result, index) =>
          isVague && index === last ? new RpcError(-32_000, "", undefined) : result,
        );
      },
    };
    world.accept(1);
    const process = world.start({ rpc, fees });
    await process.run();
    await look(process, world, 60_000);
    world.node.takeNonce();
    for (let head = 0; head < 3; head += 1) {
      await look(process, world, 2_000);
      world.node.mine(0);
    }
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
    isVague = false;
    for (let head = 0; head < 2; head += 1) {
      await look(process, world, 2_000);
      world.node.mine(0);
    }
    expect(statusesOf(world)).to.deep.equal({ "act-0": "replaced" });
  });
});

describe("the lead of a lane", () => {
  let world: World;

  beforeEach(() => {
    world = createWorld();
  });

  it("belongs to one process; another waits and takes over when it is free", async () => {
    world.accept(1);
    const first = world.start();
    const second = world.start();
    await first.run();
    world.accept(1);
    await second.run();
    expect(second.steps.state().isLeader).to.equal(false);
    expect(nonces(world)).to.deep.equal([0]);
    await first.steps.end();
    await second.run();
    expect(second.steps.state().isLeader, "it tries at intervals").to.equal(false);
    world.clock.advanceMs(1_000);
    await second.run();
    expect(second.steps.state()).to.deep.include({ isLeader: true, epoch: 2, nextNonce: 2 });
  });

  it("is gone for one who slept through its loss: it writes nothing and stands down (OZR #836)", async () => {
    world.accept(2);
    const sleeper = world.start();
    // Asleep with freshly signed bytes, before the commit that would store them.
    sleeper.wires.arm({ sleepAt: 11 });
    const nap = sleeper.run();
    await sleeper.wires.asleep();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "assigned", "act-1": "assigned" });
    world.memory.loseLock();
    const next = world.start();
    await next.run();
    const stored = JSON.stringify([...world.memory.transactions.values()]);
    const offers = world.node.offered.length;
    sleeper.wires.wake();
    await nap;
    expect(JSON.stringify([...world.memory.transactions.values()]), "nothing was written").to.equal(stored);
    expect(world.node.offered.length, "nothing was sent").to.equal(offers);
    expect(sleeper.steps.state()).to.deep.include({ isLeader: false, supersededTotal: 1, nextNonce: null });
    expect(world.memory.nextNonce(), "no act has two nonces").to.equal(2);
  });

  it("sends nothing once the lock is known to be gone", async () => {
    world.accept(1);
    let isLost = false;
    const inner = world.memory.joinLeadership();
    const process = world.start({ leadership: { ...inner, isLost: () => isLost } });
    world.node.lose = "request";
    await process.run(1);
    isLost = true;
    await process.run();
    expect(world.node.offered).to.deep.equal([]);
    expect(process.steps.state()).to.deep.include({ isLeader: false, supersededTotal: 1 });
    isLost = false;
    world.clock.advanceMs(1_000);
    await process.run();
    expect(nonces(world)).to.deep.equal([0]);
    expect(process.steps.state().epoch).to.equal(2);
  });

  it("sends no further batch when the lock goes while one is on its way", async () => {
    world.accept(2);
    let isLost = false;
    const inner = world.memory.joinLeadership();
    const process = world.start({ leadership: { ...inner, isLost: () => isLost }, sendMax: 1 });
    world.node.refuse = () => {
      isLost = true;
      return undefined;
    };
    await process.run();
    expect(nonces(world)).to.deep.equal([0]);
    expect(process.steps.state()).to.deep.include({ isLeader: false, supersededTotal: 1 });
  });

  it("is given up also by a lane without work, once the lock is known to be gone", async () => {
    let isLost = false;
    const inner = world.memory.joinLeadership();
    const process = world.start({ leadership: { ...inner, isLost: () => isLost } });
    await process.run();
    expect(process.steps.state().isLeader).to.equal(true);
    isLost = true;
    await process.run();
    expect(process.steps.state().isLeader).to.equal(false);
  });
});
