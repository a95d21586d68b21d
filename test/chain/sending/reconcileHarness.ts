/** One look of a lane at a ledger, with whatever the lane knew before. */
import type { Rpc, RpcCall } from "../../../src/chain/rpc.ts";
import type { Eip1559Policy } from "../../../src/chain/sending/fees.ts";
import { defaultIntervals } from "../../../src/chain/sending/intervals.ts";
import { reconcile } from "../../../src/chain/sending/reconcile.ts";
import { createSigner } from "../../../src/chain/sending/signer.ts";
import { createTally } from "../../../src/chain/sending/tally.ts";
import type { LaneParts, LaneView } from "../../../src/chain/sending/view.ts";
import type { Attempt, OpenTransaction } from "../../../src/domain/transaction.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";
import { createRecordingLogger } from "../../http/testServer.ts";
import { key, lane } from "./world.ts";

export const nowMs = 1_000_000;
export const market: Eip1559Policy = {
  kind: "eip1559",
  ...{ baseFeeMultiple: 2, maxPriorityFeePerGas: "10", maxFeePerGasCap: "5000" },
  ...{ bumpPercent: 10, bumpAfterMs: 60_000, attemptsMax: 3 },
};

export const attempt = (hash: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ hash, transactionId: "t5", nonce: 5, kind: "act", raw: "0x", signedAtMs: 0, broadcastAtMs: null },
  ...{ fee: { type: 2, maxFeePerGas: "210", maxPriorityFeePerGas: "10" }, ...more },
});
/** With one attempt, whose hash names the nonce. */
export const open = (nonce: number, more: Partial<OpenTransaction> = {}): OpenTransaction => ({
  ...{ id: `t${nonce}`, nonce, status: "broadcast", target: `0x${"77".repeat(20)}`, data: "0x01" },
  ...{ cancelRequested: false, noopMeans: null },
  ...{ attempts: [attempt(`h${nonce}`, { transactionId: `t${nonce}`, nonce })], ...more },
});

/** A lane of which these are open, before a ledger with this count. */
export function build({ count = 5, opened = [open(5)], ...more }: Partial<LaneParts> & Start = {}) {
  const asked: RpcCall[] = [];
  const called: unknown[] = [];
  const receipts = new Map<string, unknown>();
  const head = { hash: "0xa1", baseFee: 100 };
  const node: Rpc = {
    call: () => Promise.reject(new Error("asked in batches only")),
    batch(calls) {
      asked.push(...calls);
      return Promise.resolve(
        calls.map(({ method, params: [first] }) => {
          if (method === "eth_getTransactionCount") return `0x${count.toString(16)}`;
          if (method === "eth_getTransactionReceipt")
            return receipts.has(String(first)) ? receipts.get(String(first)) : null;
          return { number: "0x9", hash: head.hash, baseFeePerGas: `0x${head.baseFee.toString(16)}` };
        }),
      );
    },
  };
  const note =
    <T>(name: string, result: T) =>
    (...parameters: readonly unknown[]) => {
      called.push([name, ...parameters.slice(1)]);
      return Promise.resolve(result);
    };
  const logger = createRecordingLogger();
  const clock = createFixedClock(nowMs);
  const parts: LaneParts = {
    ...{ context: { logger, clock, shutdown: createShutdown() }, rpc: node, endpoints: () => [node], lane },
    ...{ laneCount: 1, signer: createSigner({ key, chainId: 1 }), fees: { kind: "zero" }, gasLimit: 1_000_000 },
    ...{
      inFlightMax: 9,
      batchMax: 9,
      sendMax: 9,
      headsUntilReplaced: 2,
      finality: { kind: "instant" },
      intervals: defaultIntervals,
    },
    ...{ tally: createTally(), onBroadcast() {}, assertLeads() {} },
    store: {
      openLane: note("openLane", { nextNonce: 8 }),
      claim: note("claim", []),
      saveSigned: note("saveSigned", []),
      saveAttempt: note("saveAttempt", undefined),
      markBroadcast: note("markBroadcast", undefined),
      open: () => Promise.resolve(opened),
      markReplaced: note("markReplaced", undefined),
      knownLanes: () => Promise.resolve([]),
    },
    ...more,
  };
  const view: LaneView = {
    ...{ lease: { name: "lane", epoch: 1 }, nextNonce: 8, claimed: [], unnoted: [], open: new Map(), taken: new Set() },
    ...{ sends: new Map(), refused: new Set(), suspects: new Map(), mined: new Set(), retryAtMs: 0 },
    ...{ quarantine: undefined, lastRefusal: undefined, lookedAtMs: 0 },
    ledger: { count, headHash: head.hash, headNumber: 9, baseFeePerGas: 0n },
  };
  const askedFor = () =>
    asked.filter(({ method }) => method === "eth_getTransactionReceipt").map(({ params }) => params[0]);
  return { parts, view, called, receipts, head, askedFor, logger, look: () => reconcile(parts, view) };
}

interface Start {
  readonly count?: number;
  readonly opened?: readonly OpenTransaction[];
}
