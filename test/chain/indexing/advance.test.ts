import { expect } from "chai";
import type { Rpc } from "../../../src/chain/rpc.ts";
import { hash } from "../../store/blockFixture.ts";
import { type AdvanceWorld, createAdvanceWorld, faultOf, quarantineMs, upTo } from "./advanceHarness.ts";
import { turns, unhandledDuring } from "./unhandled.ts";

describe("the leader's step", () => {
  let world: AdvanceWorld;
  beforeEach(() => {
    world = createAdvanceWorld();
  });

  it("commits what is there, then has nothing to do until something comes", async () => {
    const { progress, step } = world.build();
    expect(await step()).to.equal("busy");
    expect(world.numbers()).to.deep.equal(upTo(9));
    expect(progress.state()).to.include({ head: 9, indexed: 9, finalized: 9 });
    expect(await step()).to.equal("idle");
    expect(world.store.commits).to.have.length(1);
    world.grow(1);
    expect(await step()).to.equal("busy");
    expect(world.numbers()).to.deep.equal(upTo(10));
    expect(world.told()).to.equal(2);
  });

  it("asks for the head only, where there is nothing new and blocks never go", async () => {
    const { step } = world.build();
    await step();
    world.ledger.asked.length = 0;
    await step();
    expect(world.ledger.asked.map(({ method }) => method)).to.deep.equal(["eth_blockNumber"]);
  });

  it("is over after eight ranges, so that its worker may stop", async () => {
    world.grow(1_500);
    const { advance, step } = world.build();
    expect(await step()).to.equal("busy");
    expect(world.store.commits).to.have.length(8);
    expect(world.numbers().length).to.be.lessThan(1_510);
    expect(advance.width(), "wider with each").to.equal(256);
    while ((await step()) === "busy");
    expect(world.numbers()).to.deep.equal(upTo(1_509));
  });

  it("goes on from where the store is after it was closed, and asks the store only then", async () => {
    let looks = 0;
    let finalLooks = 0;
    const { checkpoint, finalized } = world.store;
    const { advance, step } = world.build({
      store: {
        checkpoint() {
          looks += 1;
          return checkpoint();
        },
        finalized() {
          finalLooks += 1;
          return finalized();
        },
      },
    });
    await step();
    await step();
    expect([looks, finalLooks]).to.deep.equal([1, 1]);
    // Another leader's work.
    world.store.committed.splice(4);
    advance.close();
    await step();
    expect([looks, finalLooks]).to.deep.equal([2, 2]);
    expect(world.numbers()).to.deep.equal(upTo(9));
  });

  it("reads on while it commits, and commits one after the other", async () => {
    world.grow(60);
    const gate = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    let commits = 0;
    const { commitBlocks } = world.store;
    const rpc: Rpc = {
      ...world.ledger.rpc,
      batch(calls) {
        if (calls.some(({ params }) => params[0] === "0x40")) second.resolve();
        return world.ledger.rpc.batch(calls);
      },
    };
    const { step } = world.build({
      rpc,
      store: {
        async commitBlocks(...commit) {
          commits += 1;
          await gate.promise;
          return commitBlocks(...commit);
        },
      },
    });
    const done = step();
    await second.promise;
    expect(commits, "the first one takes its time").to.be.at.most(1);
    gate.resolve();
    await done;
    expect(world.store.commits.map(({ blocks }) => blocks.length)).to.deep.equal([32, 32, 6]);
  });

  it("fails with the commit that failed, and begins no other", async () => {
    world.grow(60);
    const fault = new Error("the store is full");
    let commits = 0;
    const { step } = world.build({
      store: {
        commitBlocks() {
          commits += 1;
          return Promise.reject(fault);
        },
      },
    });
    expect(await faultOf(step())).to.equal(fault);
    expect(commits).to.equal(1);
  });

  it("does not lose a failed commit when the reading beside it fails as well", async () => {
    world.grow(60);
    const fault = new Error("the store is full");
    const rpc: Rpc = {
      ...world.ledger.rpc,
      async batch(calls) {
        if (!calls.some(({ params }) => params[0] === "0x21")) return world.ledger.rpc.batch(calls);
        await turns();
        throw new Error("no answer");
      },
    };
    const { step } = world.build({ rpc, store: { commitBlocks: () => Promise.reject(fault) } });
    const unhandled = await unhandledDuring(async () => {
      expect(await faultOf(step())).to.equal(fault);
    });
    expect(unhandled).to.deep.equal([]);
  });

  it("reads a range anew that could not be read, once it was closed", async () => {
    let isAway = true;
    const rpc: Rpc = {
      ...world.ledger.rpc,
      batch: (calls) => (isAway ? Promise.reject(new Error("no answer")) : world.ledger.rpc.batch(calls)),
    };
    const { advance, step } = world.build({ rpc });
    expect(await faultOf(step())).to.have.property("message", "no answer");
    isAway = false;
    advance.close();
    expect(await step()).to.equal("busy");
    expect(world.numbers()).to.deep.equal(upTo(9));
  });

  it("takes block 0 of a ledger that has no other", async () => {
    world.ledger.blocks.splice(1);
    const { step } = world.build();
    expect(await step()).to.equal("busy");
    expect(world.numbers()).to.deep.equal([0]);
    expect(await step()).to.equal("idle");
  });

  describe("before a block that does not verify", () => {
    it("takes what comes before it, tries it alone when it is time, and goes on behind it", async () => {
      const { quarantine, context, step } = world.build();
      quarantine.add({ check: "bloom", number: 6 }, undefined);
      expect(await step()).to.equal("busy");
      expect(world.numbers(), "up to it").to.deep.equal(upTo(5));
      quarantine.add({ check: "bloom", number: 6 }, 5);
      expect(await step(), "not yet").to.equal("idle");
      expect(world.numbers()).to.deep.equal(upTo(5));
      context.clock.advanceMs(quarantineMs);
      expect(await step()).to.equal("busy");
      expect(world.numbers(), "it alone").to.deep.equal(upTo(6));
      await step();
      expect(world.numbers()).to.deep.equal(upTo(9));
    });

    it("counts each endpoint's fault by what was wrong", async () => {
      (world.ledger.blocks[4] ?? expect.fail()).parentHash = hash(77, "b");
      const { progress, step } = world.build();
      expect(await faultOf(step())).to.have.nested.property("fault.check", "parent");
      expect(progress.state().verifyFailuresTotal).to.deep.equal({ parent: 1 });
    });
  });
});
