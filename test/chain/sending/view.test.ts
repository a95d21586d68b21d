import { expect } from "chai";
import {
  candidateOf,
  frontierOf,
  inOrder,
  isWaiting,
  type LaneView,
  observe,
} from "../../../src/chain/sending/view.ts";
import type { Attempt, OpenTransaction } from "../../../src/domain/transaction.ts";

const attempt = (hash: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ hash, transactionId: "t", nonce: 5, kind: "act", raw: "0x", fee: { type: 0, gasPrice: "0" } },
  ...{ signedAtMs: 0, broadcastAtMs: null, ...more },
});
const open = (nonce: number, more: Partial<OpenTransaction> = {}): OpenTransaction => ({
  ...{ id: `t${nonce}`, nonce, status: "signed", target: "0x", data: "0x", cancelRequested: false },
  ...{ noopMeans: null, attempts: [attempt("a")], ...more },
});
const ledger = (count: number, headHash = "h1") => ({ count, headHash, headNumber: 1, baseFeePerGas: 0n });

const viewOf = (more: Partial<LaneView> = {}): LaneView => ({
  ...{ lease: { name: "lane", epoch: 1 }, nextNonce: 8, ledger: ledger(5), open: new Map([[5, open(5)]]) },
  ...{ claimed: [], unnoted: [] },
  ...{ taken: new Set<number>(), sends: new Map(), refused: new Set<string>(), suspects: new Map() },
  ...{ mined: new Set<number>(), retryAtMs: 0, quarantine: undefined, lastRefusal: undefined, lookedAtMs: 0 },
  ...more,
});

describe("what a lane knows while it leads", () => {
  it("is doubted where blocks were taken back, and only there", () => {
    const suspects = () => new Map([[5, { heads: 1, headHash: "h1" }]]);
    const view = viewOf({ taken: new Set([5]), suspects: suspects(), mined: new Set([5]) });
    observe(view, ledger(5));
    expect([view.taken.size, view.suspects.size, view.mined.size]).to.deep.equal([1, 1, 1]);
    observe(view, ledger(6, "h2"));
    expect([view.taken.size, view.suspects.size, view.mined.size], "another head").to.deep.equal([1, 1, 0]);
    expect(view.ledger).to.deep.equal(ledger(6, "h2"));
    view.mined.add(5);
    observe(view, ledger(5, "h2"));
    expect([view.taken.size, view.suspects.size, view.mined.size], "a lower count").to.deep.equal([0, 0, 1]);
  });

  it("lets the lane go on when the nonce that held it up is used", () => {
    const view = viewOf({ quarantine: 5, retryAtMs: 9_000 });
    observe(view, ledger(5));
    expect(view).to.include({ quarantine: 5, retryAtMs: 9_000 });
    observe(view, ledger(6));
    expect(view).to.include({ quarantine: undefined, retryAtMs: 0 });
    const busy = viewOf({ retryAtMs: 9_000 });
    observe(busy, ledger(7));
    expect(busy.retryAtMs, "the node asked for time").to.equal(9_000);
  });

  it("has its frontier at the lowest nonce that a node may miss", () => {
    expect(frontierOf(viewOf())).to.equal(5);
    expect(frontierOf(viewOf({ taken: new Set([5, 6]) }))).to.equal(7);
    expect(frontierOf(viewOf({ taken: new Set([6, 7]) }))).to.equal(5);
    expect(frontierOf(viewOf({ taken: new Set([5, 6, 7, 8, 9]) })), "nothing is missing").to.equal(8);
  });

  it("waits with what must be sent until it is time and its bytes are there", () => {
    expect(isWaiting(viewOf(), 0)).to.equal(false);
    expect(isWaiting(viewOf({ retryAtMs: 100 }), 99)).to.equal(true);
    expect(isWaiting(viewOf({ retryAtMs: 100 }), 100)).to.equal(false);
    expect(isWaiting(viewOf({ open: new Map() }), 0), "its bytes are not to be had").to.equal(true);
    const nothing = viewOf({ taken: new Set([5, 6, 7]), retryAtMs: 100, open: new Map() });
    expect(isWaiting(nothing, 0), "nothing is missing").to.equal(false);
  });
});

describe("the attempts at one nonce", () => {
  const hashes = ({ attempts }: OpenTransaction) => attempts.map(({ hash }) => hash).join("");
  const paying = (wei: string) => ({ type: 2, maxFeePerGas: wei, maxPriorityFeePerGas: "1" }) as const;

  it("stand in the order in which they were made, whatever the clock says", () => {
    const attempts = [
      attempt("d", { kind: "noop", fee: paying("5"), signedAtMs: 1 }),
      attempt("c", { fee: paying("30"), signedAtMs: 2 }),
      attempt("b", { fee: paying("20"), signedAtMs: 9 }),
      attempt("a", { fee: paying("20"), signedAtMs: 3 }),
      attempt("e", { kind: "noop", fee: paying("40"), signedAtMs: 0 }),
    ];
    const transaction = open(5, { attempts });
    expect(hashes(inOrder(transaction))).to.equal("abcde");
    expect(hashes(transaction), "the given one stays").to.equal("dcbae");
    expect(inOrder(transaction)).to.deep.include({ id: "t5", nonce: 5 });
  });

  it("are stood for by the newest that is not refused", () => {
    const transaction = open(5, { attempts: [attempt("a"), attempt("b"), attempt("c")] });
    expect(candidateOf(viewOf(), transaction)?.hash).to.equal("c");
    expect(candidateOf(viewOf({ refused: new Set(["c"]) }), transaction)?.hash).to.equal("b");
    expect(candidateOf(viewOf({ refused: new Set(["a", "b", "c"]) }), transaction)).to.equal(undefined);
  });

  it("are stood for by the newest act before a no-op as long as no node took an act", () => {
    const noop = attempt("n", { kind: "noop", broadcastAtMs: 7 });
    const attempts = [attempt("a"), attempt("b"), noop];
    const dead = open(5, { attempts, noopMeans: "dead" });
    expect(candidateOf(viewOf(), dead)?.hash).to.equal("b");
    expect(candidateOf(viewOf({ refused: new Set(["b"]) }), dead)?.hash).to.equal("a");
    expect(candidateOf(viewOf({ refused: new Set(["a", "b"]) }), dead)?.hash).to.equal("n");
    const taken = open(5, { attempts: [attempt("a", { broadcastAtMs: 3 }), attempt("b"), noop], noopMeans: "dead" });
    expect(candidateOf(viewOf(), taken)?.hash, "a node took one").to.equal("n");
    const cancelled = open(5, { attempts, noopMeans: "cancelled" });
    expect(candidateOf(viewOf(), cancelled)?.hash, "nobody wants the act").to.equal("n");
  });
});
