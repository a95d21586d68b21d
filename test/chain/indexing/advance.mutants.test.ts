import { expect } from "chai";
import type { Rpc } from "../../../src/chain/rpc.ts";
import type { Finality } from "../../../src/domain/blockStore.ts";
import { hash } from "../../store/blockFixture.ts";
import { type AdvanceWorld, createAdvanceWorld, faultOf, upTo } from "./advanceHarness.ts";

describe("the leader's step where blocks may go", () => {
  let world: AdvanceWorld;
  beforeEach(() => {
    world = createAdvanceWorld();
  });

  const depth: Finality = { kind: "depth", depth: 5 };
  let final: { number: string; hash: string } | null;
  const tagged = (): Rpc => ({
    ...world.ledger.rpc,
    call: <T>(method: string, params: readonly unknown[] = []) => {
      if (params[0] !== "finalized") return world.ledger.rpc.call<T>(method, params);
      world.ledger.asked.push({ method: "finalized", params });
      return Promise.resolve(final as T);
    },
  });
  const timesAsked = () => world.ledger.asked.filter(({ method }) => method === "finalized").length;
  const finalAt = (number: number) => ({ number: `0x${number.toString(16)}`, hash: hash(number, "b") });

  it("notes as final what is deep enough, and shows it", async () => {
    const { progress, step } = world.build({ finality: depth });
    await step();
    expect(world.store.commits).to.deep.equal([{ blocks: upTo(9), finalized: 4 }]);
    expect(progress.state().finalized).to.equal(4);
    expect(await step(), "no more is final").to.equal("idle");
    expect(world.store.commits).to.have.length(1);
  });

  it("takes back what is gone when it reads on, and reads on then", async () => {
    const { progress, step } = world.build({ finality: depth });
    await step();
    world.reorganise(7, 12);
    expect(await step()).to.equal("busy");
    expect(world.numbers()).to.deep.equal(upTo(7));
    expect(progress.state()).to.include({ indexed: 7, head: 12 });
    await step();
    expect(world.hashes()).to.deep.equal(world.ledgerHashes());
  });

  it("takes it back when there is nothing new above it, and reads on then", async () => {
    const { step } = world.build({ finality: depth });
    await step();
    world.reorganise(7, 9);
    expect(await step()).to.equal("busy");
    expect(world.numbers()).to.deep.equal(upTo(7));
    await step();
    expect(world.hashes()).to.deep.equal(world.ledgerHashes());
    expect(await step()).to.equal("idle");
  });

  it("takes it back at its first look, and reads on from what is left in the same step", async () => {
    await world.build({ finality: depth }).step();
    world.reorganise(7, 12);
    await world.build({ finality: depth }).step();
    expect(world.hashes()).to.deep.equal(world.ledgerHashes());
  });

  it("does not take back what became final by the very commits of this step", async () => {
    world.grow(60);
    // The branch changes while the step is under way: what it reads first is of the old one.
    let isOther = false;
    const rpc: Rpc = {
      ...world.ledger.rpc,
      batch(calls) {
        const isSecond = calls[0]?.method === "eth_getBlockByNumber" && calls[0].params[0] === "0x1f";
        if (isSecond && !isOther) {
          isOther = true;
          world.reorganise(20, 69);
        }
        return world.ledger.rpc.batch(calls);
      },
    };
    const { step } = world.build({ finality: depth, rpc });
    const error = await faultOf(step());
    expect(error).to.deep.include({ fault: { check: "finality" } });
    expect(world.numbers(), "the first range, all of it final").to.deep.equal(upTo(31));
    expect(world.store.orphaned).to.deep.equal([]);
  });

  it("notes that stored blocks became final, tells of it, and says no more than what is stored", async () => {
    final = finalAt(3);
    const { progress, step } = world.build({ finality: { kind: "tagged" }, rpc: tagged() });
    await step();
    world.told();
    expect(await step()).to.equal("idle");
    expect(world.told(), "nothing new").to.equal(0);
    final = finalAt(7);
    expect(await step()).to.equal("idle");
    expect(world.store.commits.slice(1)).to.deep.equal([{ blocks: [], finalized: 7 }]);
    expect(progress.state().finalized).to.equal(7);
    expect(world.told()).to.equal(1);
    final = finalAt(40);
    await step();
    expect(progress.state().finalized, "the endpoint is further than its head").to.equal(9);
    await step();
    expect(world.store.commits.slice(2), "once").to.deep.equal([{ blocks: [], finalized: 40 }]);
  });

  it("notes block 0 as the first that is final", async () => {
    final = null;
    const { step, progress } = world.build({ finality: { kind: "tagged" }, rpc: tagged() });
    await step();
    expect(await step()).to.equal("idle");
    expect(world.store.commits, "nothing is").to.have.length(1);
    final = finalAt(0);
    await step();
    expect(world.store.commits.slice(1)).to.deep.equal([{ blocks: [], finalized: 0 }]);
    expect(progress.state().finalized).to.equal(0);
  });

  it("never takes back that something was final", async () => {
    final = finalAt(7);
    const { step } = world.build({ finality: { kind: "tagged" }, rpc: tagged() });
    await step();
    final = finalAt(2);
    await step();
    world.grow(1);
    await step();
    expect(world.store.commits.map(({ finalized }) => finalized)).to.deep.equal([7, 7]);
  });

  it("does not ask what is final while it reads what is known to be", async () => {
    world.grow(500);
    final = finalAt(300);
    const { step } = world.build({ finality: { kind: "tagged" }, rpc: tagged() });
    await step();
    const firsts = world.store.commits.map(({ blocks }) => blocks[0] ?? -1);
    const beyond = firsts.filter((first) => first > 300);
    expect(beyond, "some ranges begin above").not.to.have.length(0);
    expect(timesAsked(), "once, and for each of these").to.equal(1 + beyond.length);
  });

  it("does not ask for the block that was final last", async () => {
    final = finalAt(10);
    const { step } = world.build({ finality: { kind: "tagged" }, rpc: tagged() });
    await step();
    world.grow(1);
    await step();
    expect(timesAsked()).to.equal(1);
    world.grow(1);
    await step();
    expect(timesAsked()).to.equal(2);
  });
});
