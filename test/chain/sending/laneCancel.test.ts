import { expect } from "chai";
import { attemptsOf, createWorld, lane, look, nonces, type Process, statusesOf, type World } from "./world.ts";

describe("cancelling", () => {
  let world: World;
  let process: Process;

  beforeEach(async () => {
    world = createWorld({ fees: { kind: "fixed", gasPrice: "1000" } });
    world.accept(3);
    process = world.start();
    await process.run();
  });

  it("uses the nonce up with a no-op at a higher price and leaves no hole (firefly deletes without filling)", async () => {
    world.memory.cancel("act-1");
    await look(process, world);
    const [, noop] = world.node.inPool();
    expect(noop).to.include({ nonce: 1, to: lane.address, data: "0x", gasLimit: 21_000, maxFee: 1_100n });
    world.node.mine(9);
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "mined", "act-1": "cancelled", "act-2": "mined" });
    expect(process.steps.state()).to.deep.include({ cancelTotal: 1, deadTotal: 0 });
  });

  it("keeps to the no-op, also over a restart and a node that has forgotten everything", async () => {
    world.memory.cancel("act-1");
    await look(process, world);
    world.node.forgetPool();
    world.memory.loseLock();
    process = world.start();
    await process.run();
    expect(world.node.inPool().map(({ data }) => data)).to.deep.equal(["0x00000000", "0x", "0x00000002"]);
    await look(process, world);
    expect(attemptsOf(world, "act-1"), "one no-op is enough").to.have.length(2);
  });

  it("comes too late for what is in a block", async () => {
    world.node.mine(2);
    world.memory.cancel("act-1");
    await look(process, world);
    world.index();
    expect(statusesOf(world)["act-1"]).to.equal("mined");
    expect(process.steps.state().cancelTotal).to.equal(0);
  });

  it("fails where the node keeps to the act, which is mined then", async () => {
    world.node.refuse = ({ data }) => (data === "0x" ? "replacement transaction underpriced" : undefined);
    world.memory.cancel("act-1");
    await look(process, world);
    world.accept(1);
    await process.run();
    expect(nonces(world).at(-1), "nothing is missing at that nonce").to.equal(3);
    world.node.mine(9);
    world.index();
    expect(statusesOf(world)["act-1"]).to.equal("mined");
  });

  it("keeps the act where a node refuses the no-op for good", async () => {
    world.node.refuse = ({ data }) => (data === "0x" ? "intrinsic gas too low" : undefined);
    world.memory.cancel("act-1");
    await look(process, world);
    world.accept(1);
    await process.run();
    expect(process.steps.state()).to.deep.include({ quarantined: false, cancelTotal: 1 });
    world.node.mine(9);
    world.index();
    expect(Object.values(statusesOf(world))).to.deep.equal(["mined", "mined", "mined", "mined"]);
  });

  it("goes before an act that no node ever took", async () => {
    world.node.refuse = ({ nonce }) => (nonce === 3 ? "txpool is full" : undefined);
    world.accept(1);
    await process.run();
    world.memory.cancel("act-3");
    world.node.refuse = () => undefined;
    await look(process, world);
    expect(world.node.inPool().at(-1)).to.include({ nonce: 3, data: "0x" });
    expect(world.node.offered.filter(({ nonce }) => nonce === 3).map(({ data }) => data)).to.deep.equal([
      "0x00000003",
      "0x",
    ]);
  });

  it("is bumped on a market as the act would be, and the act never again", async () => {
    const fees = { baseFeeMultiple: 2, maxPriorityFeePerGas: "10", maxFeePerGasCap: "5000" };
    const bumps = { bumpPercent: 10, bumpAfterMs: 60_000, attemptsMax: 5 };
    world = createWorld({ fees: { kind: "eip1559", ...fees, ...bumps } });
    world.accept(1);
    process = world.start();
    await process.run();
    world.memory.cancel("act-0");
    for (let round = 0; round < 3; round += 1) await look(process, world, 60_000);
    expect(attemptsOf(world, "act-0").map(({ kind }) => kind)).to.deep.equal(["act", "noop", "noop", "noop"]);
    expect(process.steps.state()).to.deep.include({ cancelTotal: 1, bumpTotal: 2, deadTotal: 0 });
    world.node.mine(1);
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "cancelled" });
  });
});
