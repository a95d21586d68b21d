import { expect } from "chai";
import { type Rpc, RpcError } from "../../../src/chain/rpc.ts";
import { unavailable } from "../../../src/chain/rpcTransport.ts";
import { reconcile } from "../../../src/chain/sending/reconcile.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { attempt, build, market, nowMs, open } from "./reconcileHarness.ts";
import { lane } from "./world.ts";

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail("it went well"),
    (error: unknown) => error,
  );

describe("a look at the ledger", () => {
  it("shows its latest block and what the store has open, in order of the nonces", async () => {
    const { view, look, called } = build({ opened: [open(5), open(6)] });
    await look();
    expect(view.ledger).to.deep.equal({ count: 5, headHash: "0xa1", headNumber: 9, baseFeePerGas: 100n });
    expect([...view.open.keys()]).to.deep.equal([5, 6]);
    expect(view.lookedAtMs).to.equal(nowMs);
    expect(called).to.deep.equal([]);
  });

  it("asks the store about a count above all that it gave out, and not about as much", async () => {
    const equal = build({ count: 8, opened: [] });
    await equal.look();
    expect(equal.called).to.deep.equal([]);
    const more = build({ count: 9, opened: [] });
    await more.look();
    expect(more.called).to.deep.equal([["openLane", lane, 9]]);
  });

  it("forgets what is no longer open, and nothing else", async () => {
    const { view, look } = build({ count: 6, opened: [open(5), open(7)] });
    const seen = { firstMs: nowMs, lastMs: nowMs };
    for (const hash of ["h4", "h5", "h6", "h7"]) {
      view.sends.set(hash, seen);
      view.refused.add(hash);
    }
    const suspected = { heads: 1, headHash: "0xa1" };
    for (const nonce of [4, 5, 6, 7]) view.taken.add(nonce).add(nonce);
    for (const nonce of [4, 5]) view.mined.add(nonce);
    for (const nonce of [3, 7]) view.suspects.set(nonce, suspected);
    await look();
    expect([...view.sends.keys()]).to.deep.equal(["h5", "h7"]);
    expect([...view.refused]).to.deep.equal(["h5", "h7"]);
    expect([...view.taken], "a nonce that is not used is not over").to.deep.equal([5, 6, 7]);
    expect([...view.mined]).to.deep.equal([5]);
    expect([...view.suspects.keys()]).to.deep.equal([7]);
  });
});

describe("a nonce that the ledger used and the indexer did not see", () => {
  const used = (more: Parameters<typeof build>[0] = {}) => build({ count: 6, ...more });

  it("is left to the indexer for a second after the last attempt was signed", async () => {
    const early = { signedAtMs: nowMs - 1_000 };
    const late = { signedAtMs: nowMs - 999 };
    const waiting = used({ opened: [open(5, { attempts: [attempt("a", early), attempt("b", late)] })] });
    await waiting.look();
    expect(waiting.askedFor()).to.deep.equal([]);
    const asking = used({ opened: [open(5, { attempts: [attempt("a", early), attempt("b", early)] })] });
    await asking.look();
    expect(asking.askedFor()).to.deep.equal(["a", "b"]);
  });

  for (const [name, first, second] of [
    ["the first", { status: "0x1" }, null],
    ["the last", null, { status: "0x1" }],
    ["one, although the node does not say of the other,", new RpcError(-32_000, "busy", undefined), { status: "0x1" }],
  ] as const) {
    it(`is mined when ${name} of its attempts has a receipt, which is asked for once for each head`, async () => {
      const { view, look, receipts, askedFor, head } = used({
        opened: [open(5, { attempts: [attempt("a"), attempt("b")] })],
      });
      view.suspects.set(5, { heads: 1, headHash: "0xa0" });
      receipts.set("a", first).set("b", second);
      await look();
      expect([...view.mined]).to.deep.equal([5]);
      expect(view.suspects.size, "no longer").to.equal(0);
      await look();
      expect(askedFor()).to.deep.equal(["a", "b"]);
      head.hash = "0xa2";
      await look();
      expect(askedFor()).to.have.length(4);
    });
  }

  it("was taken by somebody else when nothing of ours has a receipt at so many heads in a row", async () => {
    const { view, look, called, head, parts, logger } = used({ headsUntilReplaced: 3 });
    for (const hash of ["0xa1", "0xa1", "0xa1", "0xa2", "0xa2"]) {
      head.hash = hash;
      await look();
    }
    expect(called, "two heads").to.deep.equal([]);
    expect(view.suspects.get(5)).to.deep.equal({ heads: 2, headHash: "0xa2" });
    head.hash = "0xa3";
    await look();
    expect(called).to.deep.equal([["markReplaced", ["t5"]]]);
    expect(parts.tally.replacedTotal).to.equal(1);
    expect([...view.open.keys()]).to.deep.equal([]);
    const loud = logger.lines.filter(({ level }) => level === "error");
    expect(loud.map(({ facts }) => facts)).to.deep.equal([{ lane: lane.address, nonces: [5], transactions: ["t5"] }]);
  });

  it("stays open while a node does not say whether it has a receipt of every attempt", async () => {
    for (const unclear of [new RpcError(-32_000, "busy", undefined), undefined]) {
      for (const hash of ["a", "b"]) {
        const { view, look, called, receipts } = used({
          opened: [open(5, { attempts: [attempt("a"), attempt("b")] })],
          headsUntilReplaced: 1,
        });
        receipts.set(hash, unclear);
        await look();
        expect([view.suspects.size, view.mined.size, called.length]).to.deep.equal([0, 0, 0]);
      }
    }
  });

  it("stays open while one endpoint has its receipt, is away, or does not say; the rest do not stay", async () => {
    const answering = (of: (hash: unknown) => unknown): Rpc => ({
      call: () => Promise.reject(new Error("asked in batches only")),
      batch: (calls) => Promise.resolve(calls.map(({ params }) => of(params[0]))),
    });
    const failing = (error: Error): Rpc => ({ call: () => Promise.reject(error), batch: () => Promise.reject(error) });
    const nothing = answering(() => null);
    const both = { count: 7, opened: [open(5), open(6)], headsUntilReplaced: 1 };
    const has5 = build({ ...both, endpoints: () => [nothing, answering((hash) => (hash === "h5" ? {} : null))] });
    await has5.look();
    expect(has5.called).to.deep.equal([["markReplaced", ["t6"]]]);
    expect([...has5.view.open.keys()]).to.deep.equal([5]);
    const away = build({
      ...both,
      endpoints: () => [failing(unavailable("timeout")), failing(new Error("not asked"))],
    });
    await away.look();
    expect(away.called, "and nobody else needs to be asked").to.deep.equal([]);
    const fault = new Error("a fault of ours");
    expect(await faultOf(build({ ...both, endpoints: () => [failing(fault)] }).look())).to.equal(fault);
    const other = new AppError("chain.other_chain");
    expect(await faultOf(build({ ...both, endpoints: () => [failing(other)] }).look())).to.equal(other);
  });

  it("is not sent again", async () => {
    const { view, look, receipts } = used();
    receipts.set("h5", { status: "0x1" });
    view.taken.add(5);
    await look();
    expect(view.taken.has(5)).to.equal(true);
  });

  it("is asked for in slices that a node takes", async () => {
    const sizes: number[] = [];
    const { parts, view } = used({ count: 8, opened: [open(5), open(6), open(7)], sendMax: 2 });
    const rpc: Rpc = {
      ...parts.rpc,
      batch(calls) {
        if (calls[0]?.method === "eth_getTransactionReceipt") sizes.push(calls.length);
        return parts.rpc.batch(calls);
      },
    };
    await reconcile({ ...parts, rpc }, view);
    expect(sizes).to.deep.equal([2, 1]);
  });
});

describe("a nonce that the ledger has not used", () => {
  /** Its only attempt was sent so long ago, by this lead and as the store has it. */
  async function lookAfter(
    { sentMs, storedMs }: { sentMs?: [first: number, last: number]; storedMs?: number },
    more: Parameters<typeof build>[0] = {},
  ) {
    const broadcastAtMs = storedMs === undefined ? null : nowMs - storedMs;
    const built = build({ opened: [open(5, { attempts: [attempt("h5", { broadcastAtMs })] })], ...more });
    built.view.taken.add(5).add(6);
    if (sentMs) built.view.sends.set("h5", { firstMs: nowMs - sentMs[0], lastMs: nowMs - sentMs[1] });
    await built.look();
    const attempts = built.view.open.get(5)?.attempts.map(({ kind }) => kind);
    return { view: built.view, attempts, isDue: !built.view.taken.has(5) };
  }

  it("is sent again fifteen seconds after it was sent last, whoever sent it", async () => {
    expect((await lookAfter({ storedMs: 14_999 })).isDue).to.equal(false);
    expect((await lookAfter({ storedMs: 15_000 })).isDue).to.equal(true);
    expect((await lookAfter({ sentMs: [90_000, 14_999], storedMs: 90_000 })).isDue).to.equal(false);
    expect((await lookAfter({ sentMs: [90_000, 15_000] })).isDue).to.equal(true);
    expect((await lookAfter({ sentMs: [90_000, 15_000], storedMs: 14_000 })).isDue).to.equal(false);
  });

  it("is not looked for in blocks", async () => {
    const { look, askedFor } = build({ opened: [open(5), open(6)] });
    await look();
    expect(askedFor()).to.deep.equal([]);
  });

  it("is bumped on a market a minute after its own first broadcast, and not where nothing has a price", async () => {
    const bumped = ["act", "act"];
    expect((await lookAfter({ storedMs: 60_000 }, { fees: market })).attempts).to.deep.equal(bumped);
    expect((await lookAfter({ storedMs: 59_999 }, { fees: market })).attempts).to.deep.equal(["act"]);
    expect((await lookAfter({ sentMs: [60_000, 1] }, { fees: market })).attempts).to.deep.equal(bumped);
    expect((await lookAfter({ sentMs: [90_000, 1], storedMs: 59_999 }, { fees: market })).attempts).to.deep.equal([
      "act",
    ]);
    expect((await lookAfter({}, { fees: market })).attempts, "never sent").to.deep.equal(["act"]);
    expect((await lookAfter({ storedMs: 90_000 })).attempts).to.deep.equal(["act"]);
  });

  it("is bumped only when it is the next one, or when no block could hold it", async () => {
    const behind = { fees: market, count: 4, opened: [open(5, { attempts: [attempt("h5", { broadcastAtMs: 1 })] })] };
    expect((await lookAfter({}, behind)).attempts).to.deep.equal(["act"]);
    const outgrown = build(behind);
    outgrown.view.taken.add(5);
    outgrown.head.baseFee = 211;
    await outgrown.look();
    expect(outgrown.view.open.get(5)?.attempts).to.have.length(2);
  });

  it("is bumped above its last attempt, although that one is refused", async () => {
    const paying = (maxFeePerGas: string, maxPriorityFeePerGas: string) =>
      ({ type: 2, maxFeePerGas, maxPriorityFeePerGas }) as const;
    const taken = attempt("b", { fee: paying("231", "11"), broadcastAtMs: 1 });
    const attempts = [attempt("a"), taken, attempt("c", { fee: paying("255", "13") })];
    const { view, look } = build({ fees: { ...market, attemptsMax: 9 }, opened: [open(5, { attempts })] });
    view.taken.add(5);
    view.refused.add("c");
    await look();
    const [, , , bumped] = view.open.get(5)?.attempts ?? [];
    expect(bumped?.fee).to.deep.equal(paying("281", "15"));
  });

  it("is sent again at its old price where the cap leaves no room for a bump", async () => {
    const { attempts, isDue } = await lookAfter({ storedMs: 60_000 }, { fees: { ...market, maxFeePerGasCap: "220" } });
    expect(attempts).to.deep.equal(["act"]);
    expect(isDue).to.equal(true);
  });

  it("gets a no-op after the last attempt at its act, and another after a no-op", async () => {
    const acts = [attempt("a"), attempt("b"), attempt("c", { broadcastAtMs: 1 })];
    const last = await lookAfter({}, { fees: market, opened: [open(5, { attempts: acts })] });
    expect(last.attempts).to.deep.equal(["act", "act", "act", "noop"]);
    expect(last.view.open.get(5)?.noopMeans).to.equal("dead");
    const noop = attempt("n", { kind: "noop", broadcastAtMs: 1 });
    const opened = [open(5, { attempts: [attempt("a", { broadcastAtMs: 1 }), noop], noopMeans: "cancelled" })];
    const again = await lookAfter({}, { fees: market, opened });
    expect(again.attempts).to.deep.equal(["act", "noop", "noop"]);
    expect(again.view.open.get(5)?.noopMeans).to.equal("cancelled");
  });

  it("gets a no-op at once when its cancellation is asked for, once", async () => {
    const cancelled = await lookAfter({}, { opened: [open(5, { cancelRequested: true })] });
    expect(cancelled.attempts).to.deep.equal(["act", "noop"]);
    expect(cancelled.view.open.get(5)?.noopMeans).to.equal("cancelled");
    const before = open(5, { cancelRequested: true, noopMeans: "dead" });
    expect((await lookAfter({}, { opened: [before] })).attempts).to.deep.equal(["act"]);
  });

  it("is left alone while no node has it, or while everything of it is refused", async () => {
    const fees = market;
    const due = open(5, { attempts: [attempt("h5", { broadcastAtMs: 1 })] });
    const untaken = build({ fees, opened: [due] });
    await untaken.look();
    expect(untaken.view.open.get(5)?.attempts).to.have.length(1);
    const refused = build({ fees, opened: [due] });
    refused.view.taken.add(5);
    refused.view.refused.add("h5");
    await refused.look();
    expect(refused.view.open.get(5)?.attempts).to.have.length(1);
    expect(refused.view.taken.has(5)).to.equal(true);
  });
});
