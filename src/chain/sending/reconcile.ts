import type { Attempt, OpenTransaction } from "../../domain/transaction.ts";
import { AppError } from "../../shared/errors.ts";
import { type Rpc, RpcError } from "../rpc.ts";
import { signBump, signNoop } from "./attempts.ts";
import { type Eip1559Policy, isOutgrown, raisedFee } from "./fees.ts";
import { batchInSlices, readFinalCount, readLedgerState } from "./ledgerState.ts";
import { candidateOf, inOrder, type LaneParts, type LaneView, observe } from "./view.ts";

/**
 * Compares store and ledger: counts of the latest block, never of a pool (whose count jumps over gaps), and receipts of
 * all attempts. What is in a block is left to the indexer; what is due to be sent again, or in another form, is no longer
 * taken for sent, and `deliver` sends it in its place.
 * @throws Error (broken invariant) when the ledger counts more than the store gave out
 */
export async function reconcile(parts: LaneParts, view: LaneView): Promise<void> {
  const { rpc, lane, store, context } = parts;
  const ledger = await readLedgerState(rpc, lane.address);
  if (ledger.count > view.nextNonce) await store.openLane(view.lease, lane, ledger.count);
  observe(view, ledger);
  // Read after the count: what is open here and used there was used by us and not indexed yet, or not by us.
  view.open = new Map((await store.open(lane)).map((transaction) => [transaction.nonce, inOrder(transaction)]));
  view.lookedAtMs = context.clock.wallMs();
  await settleUsed(parts, view);
  for (const transaction of [...view.open.values()]) {
    if (transaction.nonce >= ledger.count) await refresh(parts, view, transaction);
  }
  forget(view);
}

/** Nonces that the ledger has used although the indexer has seen none of their attempts. */
async function settleUsed(parts: LaneParts, view: LaneView): Promise<void> {
  const { rpc, context, intervals, store, tally, lane } = parts;
  const seenBeforeMs = context.clock.wallMs() - intervals.receiptMs;
  const used = [...view.open.values()].filter(
    ({ nonce, attempts }) =>
      nonce < view.ledger.count &&
      !view.mined.has(nonce) &&
      attempts.every(({ signedAtMs }) => signedAtMs <= seenBeforeMs),
  );
  const found = await receiptsOf(rpc, used, parts.sendMax);
  const replaced: OpenTransaction[] = [];
  for (const transaction of used) {
    const { nonce } = transaction;
    const outcome = found.get(transaction.id);
    if (outcome === "mined") view.mined.add(nonce);
    if (outcome !== "none") continue;
    if (headsWithout(view, nonce) >= parts.headsUntilReplaced) replaced.push(transaction);
  }
  for (const nonce of view.mined) view.suspects.delete(nonce);
  if (replaced.length === 0) return;
  const finalCount = await readFinalCount(rpc, lane.address, { finality: parts.finality, head: view.ledger });
  const confirmed = await withoutReceiptAnywhere(
    parts,
    replaced.filter(({ nonce }) => nonce < finalCount),
  );
  if (confirmed.length === 0) return;
  const ids = confirmed.map(({ id }) => id);
  await store.markReplaced(view.lease, ids);
  tally.replacedTotal += ids.length;
  for (const { nonce } of confirmed) view.open.delete(nonce);
  const facts = { lane: lane.address, nonces: confirmed.map(({ nonce }) => nonce), transactions: ids };
  context.logger.error(facts, "somebody else used the lane's key: transactions were replaced");
}

/** At how many heads in a row, this one included, nothing of ours was found at a used nonce. */
function headsWithout({ suspects, ledger: { headHash } }: LaneView, nonce: number): number {
  const before = suspects.get(nonce);
  if (before?.headHash === headHash) return before.heads;
  const heads = (before?.heads ?? 0) + 1;
  suspects.set(nonce, { heads, headHash });
  return heads;
}

/** Whether an attempt of each is in a block; without an entry where the node did not say. */
async function receiptsOf(
  rpc: Rpc,
  transactions: readonly OpenTransaction[],
  sliceLength: number,
): Promise<ReadonlyMap<string, "mined" | "none">> {
  const attempts = transactions.flatMap((transaction) => transaction.attempts);
  const calls = attempts.map(({ hash }) => ({ method: "eth_getTransactionReceipt", params: [hash] }));
  const receipts = await batchInSlices(rpc, calls, sliceLength);
  const outcomes = new Map<string, "mined" | "none">();
  const unclear = new Set<string>();
  for (const [index, { transactionId }] of attempts.entries()) {
    const receipt = receipts[index];
    if (receipt instanceof RpcError || receipt === undefined) unclear.add(transactionId);
    else if (receipt !== null) outcomes.set(transactionId, "mined");
    else if (!outcomes.has(transactionId)) outcomes.set(transactionId, "none");
  }
  for (const id of unclear) if (outcomes.get(id) === "none") outcomes.delete(id);
  return outcomes;
}

/** An endpoint that lags must not make an act that was done look replaced, so all are asked before that is said. */
async function withoutReceiptAnywhere(
  { endpoints, sendMax }: LaneParts,
  transactions: readonly OpenTransaction[],
): Promise<readonly OpenTransaction[]> {
  let left = transactions;
  for (const endpoint of endpoints()) {
    const found = await receiptsOf(endpoint, left, sendMax).catch(nothingIfUnavailable);
    left = left.filter(({ id }) => found.get(id) === "none");
  }
  return left;
}

/** Nothing is said of any of them, so none of them counts as replaced: there is no hurry. */
function nothingIfUnavailable(error: unknown): ReadonlyMap<string, "mined" | "none"> {
  if (error instanceof AppError && error.code === "chain.unavailable") return new Map();
  throw error;
}

/** What an open transaction needs beside patience. */
async function refresh(parts: LaneParts, view: LaneView, transaction: OpenTransaction): Promise<void> {
  const { context, intervals, fees } = parts;
  const { nonce, noopMeans } = transaction;
  if (transaction.cancelRequested && noopMeans === null) {
    await signNoop(parts, view, { of: transaction, means: "cancelled" });
    return;
  }
  const attempt = candidateOf(view, transaction);
  if (!attempt || !view.taken.has(nonce)) return;
  const nowMs = context.clock.wallMs();
  const send = view.sends.get(attempt.hash);
  // Its own broadcast, never the age of a head or of the attempt before it.
  const sinceMs = attempt.broadcastAtMs ?? send?.firstMs ?? nowMs;
  const last = transaction.attempts.at(-1) ?? attempt;
  if (fees.kind === "eip1559" && nowMs - sinceMs >= fees.bumpAfterMs && isHeldUpByPrice(view, last)) {
    if (await outbid(parts, view, { of: transaction, last, fees })) return;
  }
  if (nowMs - Math.max(send?.lastMs ?? 0, attempt.broadcastAtMs ?? 0) >= intervals.rebroadcastMs)
    view.taken.delete(nonce);
}

/** The lowest open nonce waits for its price only; the others wait for it, unless no block could hold them. */
function isHeldUpByPrice({ ledger }: LaneView, { nonce, fee }: Attempt): boolean {
  return nonce === ledger.count || isOutgrown(fee, ledger.baseFeePerGas);
}

interface Outbid {
  readonly of: OpenTransaction;
  /** The attempt to outbid. */
  readonly last: Attempt;
  readonly fees: Eip1559Policy;
}

async function outbid(parts: LaneParts, view: LaneView, { of, last, fees }: Outbid): Promise<boolean> {
  if (of.noopMeans !== null || of.attempts.length >= fees.attemptsMax) {
    return signNoop(parts, view, { of, means: "dead" });
  }
  const fee = raisedFee(fees, last.fee, view.ledger.baseFeePerGas);
  if (!fee) return false;
  await signBump(parts, view, { of, fee });
  return true;
}

/** What is no longer open needs no memory. */
function forget({ open, ledger, sends, refused, taken, mined, suspects }: LaneView): void {
  const hashes = new Set([...open.values()].flatMap(({ attempts }) => attempts.map(({ hash }) => hash)));
  drop(sends, (hash) => !hashes.has(hash));
  drop(refused, (hash) => !hashes.has(hash));
  const isDone = (nonce: number) => nonce < ledger.count && !open.has(nonce);
  drop(taken, isDone);
  drop(mined, isDone);
  drop(suspects, isDone);
}

function drop<K>(from: { keys(): Iterable<K>; delete(key: K): boolean }, isOver: (key: K) => boolean): void {
  for (const key of [...from.keys()]) if (isOver(key)) from.delete(key);
}
