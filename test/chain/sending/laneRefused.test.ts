import { expect } from "chai";
import { type Rpc, RpcError } from "../../../src/chain/rpc.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { attemptsOf, createWorld, look, nonces, statusesOf, type World } from "./world.ts";

describe("an act that the ledger refuses for good", () => {
  let world: World;
  const refusesActs = (...hopeless: string[]) => {
    world.node.refuse = ({ data }) => (hopeless.includes(data) ? "exceeds block gas limit" : undefined);
  };

  beforeEach(() => {
    world = createWorld();
  });

  it("is dead, a no-op takes its nonce, and the others go on", async () => {
    refusesActs("0x00000001");
    world.accept(3);
    const process = world.start();
    await process.run();
    expect(world.node.inPool().map(({ nonce, data }) => [nonce, data])).to.deep.equal([
      [0, "0x00000000"],
      [2, "0x00000002"],
      [1, "0x"],
    ]);
    world.node.mine(9);
    world.index();
    expect(statusesOf(world)).to.deep.equal({ "act-0": "mined", "act-1": "dead", "act-2": "mined" });
    expect(process.steps.state()).to.deep.include({ deadTotal: 1, quarantined: false });
    const loud = world.logger.lines.filter(({ level }) => level === "error");
    expect(loud.map(({ facts }) => [facts["transaction"], facts["refusal"]])).to.deep.equal([
      ["act-1", "refusedForGood"],
    ]);
  });

  it("is not given up while one endpoint takes it", async () => {
    const other = createWorld().node;
    refusesActs("0x00000000");
    world.accept(2);
    const process = world.start({ endpoints: () => [world.node.rpc, other.rpc] });
    await process.run();
    expect(other.inPool().map(({ data }) => data)).to.deep.equal(["0x00000000"]);
    expect(attemptsOf(world, "act-0")).to.have.length(1);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast", "act-1": "broadcast" });
  });

  it("is not given up while one endpoint gives no clear answer; one that is away has no say", async () => {
    let mood: RpcError | AppError = new RpcError(-32_000, "txpool is full", undefined);
    const other: Rpc = {
      call: () => Promise.reject(mood),
      batch: (calls) => (mood instanceof RpcError ? Promise.resolve(calls.map(() => mood)) : Promise.reject(mood)),
    };
    refusesActs("0x00000000");
    world.accept(1);
    const process = world.start({ endpoints: () => [world.node.rpc, other] });
    await process.run();
    expect(attemptsOf(world, "act-0")).to.have.length(1);
    mood = new AppError("chain.unavailable");
    await look(process, world);
    expect(attemptsOf(world, "act-0").map(({ kind }) => kind)).to.deep.equal(["act", "noop"]);
  });

  it("puts its lane into quarantine when the no-op is refused too, and everything goes on once it is let in (besu #6058)", async () => {
    world.node.refuse = () => "cannot issue transaction from non-allow listed address: 0x1";
    world.accept(2);
    const process = world.start();
    await process.run();
    expect(process.steps.state()).to.deep.include({ quarantined: true, deadTotal: 1 });
    const offers = world.node.offered.length;
    world.accept(1);
    await look(process, world, 59_000);
    expect(world.node.offered.length, "it waits").to.equal(offers);
    expect(statusesOf(world)["act-2"], "and takes no more").to.equal("accepted");
    await look(process, world, 1_000);
    expect(world.node.offered.length).to.be.greaterThan(offers);
    expect(process.steps.state().quarantined).to.equal(true);
    world.node.refuse = () => undefined;
    await look(process, world, 60_000);
    expect(process.steps.state().quarantined).to.equal(false);
    world.node.mine(9);
    world.index();
    expect(statusesOf(world), "the acts themselves were tried first").to.deep.equal({
      ...{ "act-0": "mined", "act-1": "mined", "act-2": "mined" },
    });
  });

  it("leaves quarantine when the nonce is used", async () => {
    world.node.refuse = () => "sender not an eoa";
    world.accept(1);
    const process = world.start();
    await process.run();
    world.node.refuse = () => undefined;
    world.node.takeNonce();
    await look(process, world, 2_000);
    expect(process.steps.state().quarantined).to.equal(false);
    world.accept(1);
    await process.run();
    expect(nonces(world).at(-1)).to.equal(1);
  });

  it("says loudly when the lane cannot pay, and waits", async () => {
    world.node.refuse = () => "insufficient funds for gas * price + value";
    world.accept(1);
    const process = world.start();
    await process.run();
    await look(process, world);
    await look(process, world);
    expect(process.steps.state()).to.deep.include({ quarantined: false, deadTotal: 0 });
    expect(process.steps.state().refusedTotal.insufficientFunds).to.equal(3);
    const loud = world.logger.lines.filter(({ level }) => level === "error");
    expect(loud, "once").to.have.length(1);
    world.node.refuse = () => undefined;
    await look(process, world);
    expect(statusesOf(world)).to.deep.equal({ "act-0": "broadcast" });
  });
});
