import { expect } from "chai";
import { createLane } from "../../../src/chain/sending/lane.ts";
import { createWorld, key, lane, nonces, statusesOf } from "./world.ts";

/** A lane with its loop: nothing here waits for time, only for what the lane does. */
function startLane() {
  const world = createWorld();
  const { node, memory, clock, logger } = world;
  let broadcast = Promise.withResolvers<void>();
  const looped = createLane({
    ...{ context: { logger, clock, shutdown: undefined as never }, rpc: node.rpc, store: memory.store },
    ...{
      chainId: 31_337,
      key,
      lane,
      laneCount: 1,
      fees: { kind: "fixed", gasPrice: "1000" },
      leadership: memory.joinLeadership(),
    },
    intervals: { pollMs: 600_000, reconcileMs: 600_000, reconcileMinMs: 0, receiptMs: 0 },
    onBroadcast: () => broadcast.resolve(),
  });
  return {
    ...{ world, looped },
    async sent() {
      await broadcast.promise;
      broadcast = Promise.withResolvers();
    },
  };
}

describe("a lane with its loop", () => {
  it("looks when it is woken, and gives its lead back when it stops", async () => {
    const { world, looped, sent } = startLane();
    world.accept(1);
    looped.start();
    await sent();
    world.accept(1);
    looped.wake();
    await sent();
    expect(nonces(world)).to.deep.equal([0, 1]);
    expect(looped.state().isLeader).to.equal(true);
    await looped.stop();
    expect(looped.failure()).to.equal(undefined);
    expect(looped.state().isLeader).to.equal(false);
    const next = world.start();
    await next.run();
    expect(next.steps.state()).to.deep.include({ isLeader: true, epoch: 2 });
  });

  it("compares with the ledger when it hears of a new head", async () => {
    const { world, looped, sent } = startLane();
    world.accept(1);
    looped.start();
    await sent();
    world.memory.cancel("act-0");
    looped.headChanged();
    await sent();
    await looped.stop();
    expect(world.node.inPool().map(({ data }) => data)).to.deep.equal(["0x"]);
  });

  it("stops for a person at a broken invariant", async () => {
    const { world, looped, sent } = startLane();
    world.accept(1);
    looped.start();
    await sent();
    world.node.mine(1);
    world.index();
    world.node.takeNonce();
    const stopped = Promise.withResolvers<void>();
    const { logger } = world;
    const { error } = logger;
    logger.error = (facts, message) => {
      error(facts, message);
      stopped.resolve();
    };
    looped.headChanged();
    await stopped.promise;
    await looped.stop();
    expect(looped.failure()?.message).to.match(/^invariant: .*behind the ledger/);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "mined" });
  });
});
