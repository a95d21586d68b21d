import { expect } from "chai";
import type { Rpc } from "../../../src/chain/rpc.ts";
import { attemptsOf, createWorld, look, nonces, statusesOf, type World } from "./world.ts";

describe("a lane and the blocks of its ledger", () => {
  let world: World;

  beforeEach(() => {
    world = createWorld();
  });

  it("goes by the count of the latest block, never of a pool that jumps over gaps (besu #9529)", async () => {
    const asked: unknown[] = [];
    const rpc: Rpc = {
      call: world.node.rpc.call,
      batch(calls) {
        asked.push(
          ...calls.filter(({ method }) => method === "eth_getTransactionCount").map(({ params }) => params[1]),
        );
        return world.node.rpc.batch(calls);
      },
    };
    world.accept(2);
    const process = world.start({ rpc, inFlightMax: 1 });
    await process.run();
    await look(process, world);
    expect(new Set(asked)).to.deep.equal(new Set(["latest"]));
  });

  it("re-broadcasts what has no block yet after a while, oldest first, and never bumps where nothing has a price", async () => {
    world.accept(2);
    const process = world.start();
    await process.run();
    await look(process, world, 14_000);
    expect(nonces(world)).to.deep.equal([0, 1]);
    await look(process, world, 1_000);
    expect(nonces(world)).to.deep.equal([0, 1, 0, 1]);
    await look(process, world, 3_600_000);
    expect(process.steps.state()).to.deep.include({ broadcastTotal: 2, rebroadcastTotal: 4, bumpTotal: 0 });
    expect(attemptsOf(world, "act-0")).to.have.length(1);
  });

  it("leaves what is in a block to the indexer and sends it no more", async () => {
    world.accept(1);
    const process = world.start();
    await process.run();
    world.node.mine(1);
    await look(process, world, 3_600_000);
    await look(process, world, 3_600_000);
    expect(nonces(world)).to.deep.equal([0]);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
    expect(process.steps.state()).to.deep.include({ openCount: 0, headOfLaneAgeMs: 0, replacedTotal: 0 });
    world.index();
    await look(process, world);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "mined" });
  });

  it("sends again what a reorganisation took back, and nothing above it before the store knows", async () => {
    world.accept(2);
    const process = world.start();
    await process.run();
    world.node.mine(2);
    world.index();
    await look(process, world);
    world.node.reorganise(1, "lost");
    world.accept(1);
    await look(process, world);
    expect(nonces(world), "the indexer has not told yet").to.deep.equal([0, 1]);
    expect(statusesOf(world)["act-2"], "and no nonce is given out above what is missing").to.equal("accepted");
    world.index();
    await look(process, world);
    expect(nonces(world)).to.deep.equal([0, 1, 0, 1, 2]);
    world.node.mine(9);
    world.index();
    expect(Object.values(statusesOf(world))).to.deep.equal(["mined", "mined", "mined"]);
  });

  it("stops for a person where the ledger has counted more than its store gave out", async () => {
    const process = world.start();
    world.accept(1);
    await process.run();
    world.node.mine(1);
    world.node.takeNonce();
    world.clock.advanceMs(2_000);
    await process.run().then(
      () => expect.fail("it went on"),
      (error: unknown) => expect(String(error)).to.match(/invariant: .*behind the ledger/),
    );
  });

  it("takes a used nonce for success where these very bytes used it", async () => {
    world.accept(1);
    world.node.lose = "reply";
    let offers = 0;
    world.node.refuse = () => {
      offers += 1;
      // The block comes between the lane's look at the ledger and its second offer.
      if (offers === 2) world.node.mine(1);
      return undefined;
    };
    const process = world.start();
    await process.run();
    expect(process.steps.state().refusedTotal.nonceTooLow).to.equal(1);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
  });

  it("sends at once what was in a block that the indexer never saw, when that block is gone", async () => {
    world.accept(2);
    const process = world.start();
    await process.run();
    world.node.mine(2);
    await look(process, world);
    world.node.reorganise(1, "lost");
    await look(process, world);
    expect(nonces(world)).to.deep.equal([0, 1, 0, 1]);
  });

  it("leaves the indexer a second before it asks for receipts itself", async () => {
    const asked: string[] = [];
    const rpc: Rpc = {
      call: world.node.rpc.call,
      batch(calls) {
        asked.push(...calls.map(({ method }) => method));
        return world.node.rpc.batch(calls);
      },
    };
    world.accept(1);
    const process = world.start({ rpc });
    await process.run();
    world.node.mine(1);
    await look(process, world, 999);
    expect(asked).not.to.include("eth_getTransactionReceipt");
    await look(process, world, 250);
    expect(asked).to.include("eth_getTransactionReceipt");
  });
});
