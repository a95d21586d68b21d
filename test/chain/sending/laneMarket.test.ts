import { expect } from "chai";
import type { Eip1559Policy } from "../../../src/chain/sending/fees.ts";
import { attemptsOf, createWorld, lane, look, nonces, statusesOf, type World } from "./world.ts";

const market: Eip1559Policy = {
  kind: "eip1559",
  ...{ baseFeeMultiple: 2, maxPriorityFeePerGas: "10", maxFeePerGasCap: "5000" },
  ...{ bumpPercent: 10, bumpAfterMs: 60_000, attemptsMax: 3 },
};

describe("a lane on a market for gas", () => {
  let world: World;

  beforeEach(() => {
    world = createWorld({ fees: market });
    world.node.baseFee = 100n;
  });

  it("counts the age of an attempt from its broadcast, not from an old head (morpho-bots #98)", async () => {
    const process = world.start();
    await process.run();
    // No block for an hour; then an act is sent.
    world.clock.advanceMs(3_600_000);
    world.accept(1);
    await process.run();
    await look(process, world, 286);
    await look(process, world, 59_000);
    expect(attemptsOf(world, "act-0")).to.have.length(1);
    await look(process, world, 714);
    expect(attemptsOf(world, "act-0").map(({ fee }) => fee)).to.deep.equal([
      { type: 2, maxFeePerGas: "210", maxPriorityFeePerGas: "10" },
      { type: 2, maxFeePerGas: "231", maxPriorityFeePerGas: "11" },
    ]);
    await look(process, world, 59_000);
    expect(attemptsOf(world, "act-0"), "and the age of the next one from its own").to.have.length(2);
  });

  it("counts it from the broadcast also after a restart, when the bytes were sent again just now", async () => {
    world.accept(1);
    await world.start().run();
    world.clock.advanceMs(59_000);
    world.memory.loseLock();
    const process = world.start();
    await process.run();
    expect(attemptsOf(world, "act-0")).to.have.length(1);
    await look(process, world);
    expect(attemptsOf(world, "act-0")).to.have.length(2);
  });

  it("knows that an attempt was mined after it was replaced (morpho-bots #197)", async () => {
    world.accept(1);
    const process = world.start();
    await process.run();
    const [before] = world.node.inPool();
    await look(process, world, 60_000);
    expect(attemptsOf(world, "act-0")).to.have.length(2);
    // Another node made the block, with the attempt that it had.
    world.node.forgetPool();
    world.node.keepsGaps = true;
    await world.node.rpc.batch([{ method: "eth_sendRawTransaction", params: [before?.raw] }]);
    world.node.mine(1);
    await look(process, world);
    world.node.mine(0);
    await look(process, world);
    expect(process.steps.state()).to.deep.include({ replacedTotal: 0, deadTotal: 0 });
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "mined" });
  });

  it("bumps the lowest nonce only, and others where no block could hold them", async () => {
    world.accept(3);
    const process = world.start();
    await process.run();
    await look(process, world, 60_000);
    expect([0, 1, 2].map((n) => attemptsOf(world, `act-${n}`).length)).to.deep.equal([2, 1, 1]);
    world.node.baseFee = 300n;
    await look(process, world, 60_000);
    expect([0, 1, 2].map((n) => attemptsOf(world, `act-${n}`).length)).to.deep.equal([3, 2, 2]);
    expect(attemptsOf(world, "act-1").at(-1)?.fee).to.deep.equal({
      ...{ type: 2, maxFeePerGas: "610", maxPriorityFeePerGas: "11" },
    });
    expect(process.steps.state().bumpTotal).to.equal(4);
    expect(world.node.inPool().map(({ maxFee }) => maxFee)).to.deep.equal([610n, 610n, 610n]);
  });

  it("gives an act up after its last attempt: a no-op takes the nonce, and is bumped itself", async () => {
    world.accept(1);
    world.node.baseFee = 100n;
    const process = world.start();
    await process.run();
    for (let round = 0; round < 4; round += 1) await look(process, world, 60_000);
    const attempts = attemptsOf(world, "act-0");
    expect(attempts.map(({ kind }) => kind)).to.deep.equal(["act", "act", "act", "noop", "noop"]);
    expect(process.steps.state()).to.deep.include({ bumpTotal: 3, deadTotal: 1 });
    const noop = world.node.inPool()[0];
    expect(noop).to.include({ to: lane.address, data: "0x", gasLimit: 21_000, maxFee: 310n });
    world.node.mine(1);
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "dead" });
  });

  it("stops bumping at the cap and keeps on sending", async () => {
    world = createWorld({ fees: { ...market, maxFeePerGasCap: "220" } });
    world.node.baseFee = 100n;
    world.accept(1);
    const process = world.start();
    await process.run();
    for (let round = 0; round < 3; round += 1) await look(process, world, 60_000);
    expect(attemptsOf(world, "act-0")).to.have.length(1);
    expect(process.steps.state().rebroadcastTotal).to.equal(3);
  });

  it("pays more at once where a node takes nothing at that price, step by step", async () => {
    world.accept(1);
    world.node.refuse = ({ maxFee }) => (maxFee < 231n ? "transaction underpriced: tip needed 11" : undefined);
    const process = world.start();
    await process.run();
    expect(nonces(world)).to.deep.equal([0]);
    await look(process, world);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
    expect(attemptsOf(world, "act-0").map(({ broadcastAtMs }) => broadcastAtMs !== null)).to.deep.equal([false, true]);
  });

  it("pays no more because a pool is full: age counts from when a node took it", async () => {
    world.accept(1);
    world.node.refuse = () => "txpool is full";
    const process = world.start();
    await process.run();
    for (let round = 0; round < 3; round += 1) await look(process, world, 60_000);
    expect(attemptsOf(world, "act-0")).to.have.length(1);
    expect(process.steps.state().refusedTotal.busy).to.equal(4);
  });
});
