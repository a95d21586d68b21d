import { expect } from "chai";
import type { SenderStore } from "../../../src/domain/transaction.ts";
import { createWorld, nonces, statusesOf, type World } from "./world.ts";

describe("a lane that claims the next intents in the commit of the last nonces", () => {
  let world: World;

  beforeEach(() => {
    world = createWorld();
  });

  /** An intent comes with each commit of nonces, up to so many; `commits` counts the lane's other commits. */
  function arriving(count: number): { readonly commits: () => number } {
    const store = world.memory.store as { -readonly [name in keyof SenderStore]: SenderStore[name] };
    const { claim, saveSigned, markBroadcast } = store;
    let left = count;
    let commits = 0;
    store.saveSigned = (...args) => {
      if (left > 0) world.accept();
      left -= 1;
      return saveSigned(...args);
    };
    store.claim = (...args) => {
      commits += 1;
      return claim(...args);
    };
    store.markBroadcast = (...args) => {
      commits += 1;
      return markBroadcast(...args);
    };
    return { commits: () => commits };
  }

  it("makes one commit a round while there is more to do, and notes at the end what was sent last", async () => {
    const { commits } = arriving(5);
    world.accept();
    await world.start().run();
    expect(nonces(world)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(new Set(Object.values(statusesOf(world)))).to.deep.equal(new Set(["broadcast"]));
    expect(commits(), "the first claim, the last which finds nothing, the last note").to.equal(3);
  });

  it("never signs one that is cancelled while the lane is held up", async () => {
    arriving(2);
    world.accept();
    world.node.refuse = () => "txpool is full";
    const process = world.start();
    await process.run();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "signed", "act-1": "signed", "act-2": "assigned" });
    world.memory.cancel("act-2");
    world.node.refuse = () => undefined;
    world.clock.advanceMs(1_000);
    await process.run();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast", "act-1": "broadcast", "act-2": "cancelled" });
    expect(world.memory.nextNonce()).to.equal(2);
  });

  it("signs the others where one was cancelled between claim and commit", async () => {
    const { cancel, store } = world.memory;
    const { saveSigned } = store;
    (store as { saveSigned: SenderStore["saveSigned"] }).saveSigned = (...args) => {
      if (statusesOf(world)["act-1"] === "assigned") cancel("act-1");
      return saveSigned(...args);
    };
    world.accept(3);
    await world.start().run();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast", "act-1": "cancelled", "act-2": "broadcast" });
    expect(nonces(world)).to.deep.equal([0, 1]);
  });
});
