import { expect } from "chai";
import fc from "fast-check";
import type { FeePolicy } from "../../../src/chain/sending/fees.ts";
import type { Known } from "./fakeNode.ts";
import { createWorld, type Process, type World } from "./world.ts";

/** What the commands remember beside the world itself. */
interface Real {
  readonly world: World;
  process: Process;
  /** Acts that every node refuses for good, by their data. */
  readonly hopeless: Set<string>;
  /** The lane's account is barred: no-ops are refused too. */
  isBarred: boolean;
  /** The next so many offers are refused in these words. */
  moody: { words: string; left: number };
}

type Command = fc.AsyncCommand<object, Real>;

const policies: readonly FeePolicy[] = [
  { kind: "zero" },
  { kind: "fixed", gasPrice: "1000" },
  {
    kind: "eip1559",
    ...{ baseFeeMultiple: 2, maxPriorityFeePerGas: "10", maxFeePerGasCap: "5000" },
    ...{ bumpPercent: 10, bumpAfterMs: 30_000, attemptsMax: 4 },
  },
];

const passingWords = [
  "txpool is full",
  "insufficient funds for gas * price + value",
  "nonce too high: next nonce 0, tx nonce 1",
  "transaction underpriced",
  "Internal error",
  "",
];

function createReal(fees: FeePolicy, keepsGaps: boolean): Real {
  const world = createWorld({ fees, inFlightMax: 12, sendMax: 5 });
  const real: Real = {
    ...{ world, process: world.start(), hopeless: new Set(), isBarred: false },
    moody: { words: "", left: 0 },
  };
  world.node.keepsGaps = keepsGaps;
  world.node.baseFee = fees.kind === "eip1559" ? 100n : 0n;
  world.node.refuse = (offered) => refusalOf(real, offered);
  return real;
}

function refusalOf(real: Real, { data }: Known): string | undefined {
  if (real.isBarred) return "cannot issue transaction from non-allow listed address: 0x1";
  if (real.hopeless.has(data)) return "exceeds block gas limit: tx gas (12000000) > current max gas (8000000)";
  if (real.moody.left === 0) return undefined;
  real.moody.left -= 1;
  return real.moody.words;
}

/** What holds at every instant, whatever happened. */
function expectSound({ world }: Real): void {
  const { node, memory } = world;
  const transactions = [...memory.transactions.values()];
  const attempts = new Map(transactions.flatMap((one) => one.attempts.map((attempt) => [attempt.raw, attempt])));
  for (const { raw, nonce, isAboveHole } of node.offered) {
    expect(attempts.get(raw)?.nonce, "bytes of a nonce come from its stored attempts").to.equal(nonce);
    expect(isAboveHole, `nonce ${nonce} was sent above a hole`).to.equal(false);
  }
  const nonces = transactions.flatMap(({ nonce }) => (nonce === null ? [] : [nonce])).sort((a, b) => a - b);
  expect(nonces, "each nonce is given once").to.deep.equal(nonces.map((_, index) => index));
  expect(memory.nextNonce()).to.equal(nonces.length);
  expect(node.count(), "the ledger is not ahead").to.be.at.most(nonces.length);
  const onLedger = node.onLedger();
  for (const { id, attempts: own } of transactions) {
    const mined = own.filter(({ hash }) => onLedger.has(hash));
    expect(mined.length, `${id} is on the ledger once`).to.be.at.most(1);
  }
}

function command(name: string, act: (real: Real) => unknown): Command {
  return {
    check: () => true,
    async run(_, real) {
      await act(real);
      expectSound(real);
    },
    toString: () => name,
  };
}

const always = (name: string, act: (real: Real) => unknown) => fc.constant(command(name, act));
const some = <T>(name: string, from: fc.Arbitrary<T>, act: (real: Real, value: T) => unknown) =>
  from.map((value) => command(`${name} ${JSON.stringify(value)}`, (real) => act(real, value)));

/** The power came back: a new process, and the lock of the old one is gone. */
function restart(real: Real): void {
  real.world.memory.loseLock();
  real.process = real.world.start();
}

async function step(real: Real, armed: Parameters<Process["wires"]["arm"]>[0] = {}): Promise<void> {
  real.process.wires.arm(armed);
  real.process.steps.headChanged();
  await real.process.run(10);
  real.process.wires.arm({});
  if (real.process.wires.isCut()) restart(real);
}

/** The leader sleeps somewhere in a step; another takes over and works; then the first wakes and goes on. */
async function oversleep(real: Real, sleepAt: number): Promise<void> {
  const sleeper = real.process;
  sleeper.wires.arm({ sleepAt });
  const nap = sleeper.run(10);
  await Promise.race([nap, sleeper.wires.asleep()]);
  restart(real);
  await step(real);
  real.world.node.mine(2);
  await step(real);
  sleeper.wires.wake();
  await nap;
  // It may go on as if it led until it writes; what it sends by then are stored bytes, as of everybody.
  sleeper.steps.headChanged();
  await sleeper.run(3);
}

function cancelOne({ world }: Real, which: number): void {
  const open = [...world.memory.transactions.values()].filter(({ status }) =>
    ["accepted", "assigned", "signed", "broadcast"].includes(status),
  );
  const one = open[which % Math.max(1, open.length)];
  if (one) world.memory.cancel(one.id);
}

/** Somebody else has the key, and takes a nonce that was given to an act. */
function takeNonce({ world }: Real): void {
  if (world.node.count() < world.memory.nextNonce()) world.node.takeNonce();
}

const commands = [
  some("accept", fc.integer({ min: 1, max: 8 }), ({ world }, count) => world.accept(count)),
  always("step", (real) => step(real)),
  always("step", (real) => step(real)),
  some("step, cut at", fc.integer({ min: 1, max: 24 }), (real, cutAt) => step(real, { cutAt })),
  some("step, fault at", fc.integer({ min: 1, max: 24 }), (real, faultAt) => step(real, { faultAt })),
  some("oversleep at", fc.integer({ min: 1, max: 24 }), oversleep),
  some("lose", fc.constantFrom("request" as const, "reply" as const), async (real, lost) => {
    real.world.node.lose = lost;
    await step(real);
  }),
  some("refuse", fc.tuple(fc.constantFrom(...passingWords), fc.integer({ min: 1, max: 7 })), (real, [words, left]) => {
    real.moody = { words, left };
  }),
  some("hopeless", fc.integer({ min: 0, max: 30 }), ({ hopeless }, which) => {
    hopeless.add(`0x${which.toString(16).padStart(8, "0")}`);
  }),
  some("barred", fc.boolean(), (real, isBarred) => {
    real.isBarred = isBarred;
  }),
  some("mine", fc.integer({ min: 0, max: 6 }), ({ world }, max) => world.node.mine(max)),
  some(
    "reorganise",
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("pooled" as const, "lost" as const)),
    ({ world }, [depth, fate]) => world.node.reorganise(depth, fate),
  ),
  always("index", ({ world }) => world.index()),
  some("wait", fc.constantFrom(300, 1_100, 16_000, 61_000), ({ world }, ms) => world.clock.advanceMs(ms)),
  some("cancel", fc.nat(20), cancelOne),
  always("somebody else uses a nonce", takeNonce),
  always("node forgets its pool", ({ world }) => world.node.forgetPool()),
  some("base fee", fc.constantFrom(0, 100, 700), ({ world }, fee) => {
    world.node.baseFee = BigInt(fee);
  }),
  some("pool max", fc.constantFrom(3, 1_000), ({ world }, max) => {
    world.node.poolMax = max;
  }),
];

const finalStatuses = ["mined", "cancelled", "dead", "replaced"];

/** All faults end; then everything that was accepted comes to an end. */
async function settle(real: Real): Promise<void> {
  const { world } = real;
  const { node, memory, clock } = world;
  real.isBarred = false;
  real.moody.left = 0;
  node.lose = undefined;
  node.poolMax = 1_000;
  node.baseFee = 0n;
  for (let round = 0; round < 60; round += 1) {
    clock.advanceMs(20_000);
    await step(real);
    expectSound(real);
    node.mine(100);
    world.index();
    if ([...memory.transactions.values()].every(({ status }) => finalStatuses.includes(status))) return;
  }
  const left = [...memory.transactions.values()].filter(({ status }) => !finalStatuses.includes(status));
  expect(
    left.map(({ id, status, nonce }) => `${id} ${status} ${nonce}`),
    "everything comes to an end",
  ).to.deep.equal([]);
}

function expectAllAccounted({ world, hopeless }: Real, fees: FeePolicy): void {
  const { node, memory } = world;
  expect(node.count(), "every nonce is used").to.equal(memory.nextNonce());
  const onLedger = node.onLedger();
  for (const { id, status, data, attempts, cancelRequested, noopMeans } of memory.transactions.values()) {
    const kinds = attempts.filter(({ hash }) => onLedger.has(hash)).map(({ kind }) => kind);
    if (status === "mined") expect(kinds, id).to.deep.equal(["act"]);
    if (status === "replaced") expect(kinds, id).to.deep.equal([]);
    if (status === "cancelled") {
      expect(cancelRequested, `${id} was cancelled because somebody asked`).to.equal(true);
      expect(kinds, id).to.deep.equal(attempts.length === 0 ? [] : ["noop"]);
    }
    if (status !== "dead") continue;
    expect(kinds, id).to.deep.equal(["noop"]);
    expect(noopMeans).to.equal("dead");
    const acts = attempts.filter(({ kind }) => kind === "act").length;
    const isExhausted = fees.kind === "eip1559" && acts >= fees.attemptsMax;
    // A lane that was barred for a while has tried a no-op for its lowest nonce too.
    const wasRefused =
      hopeless.has(data) || world.logger.lines.some(({ facts }) => facts["refusal"] === "refusedForGood");
    expect(wasRefused || isExhausted, `${id} died of something`).to.equal(true);
  }
}

describe("a lane, whatever befalls it", () => {
  for (const fees of policies) {
    it(`loses nothing, doubles nothing and leaves no hole, paying ${fees.kind}`, async function model() {
      this.timeout(180_000);
      const given = fc.commands(commands, { maxCommands: 40, size: "max" });
      await fc.assert(
        fc.asyncProperty(fc.boolean(), given, async (keepsGaps, list) => {
          const real = createReal(fees, keepsGaps);
          await fc.asyncModelRun(() => ({ model: {}, real }), list);
          await settle(real);
          expectAllAccounted(real, fees);
        }),
        { numRuns: Number(process.env["HANSA_MODEL_RUNS"] ?? 150) },
      );
    });
  }
});
