import type { Attempt, OpenTransaction } from "../../domain/transaction.ts";
import { invariant } from "../../shared/errors.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { signBump, signNoop } from "./attempts.ts";
import { raisedFee } from "./fees.ts";
import { askEveryone, type Reception, submit, submitEverywhere } from "./submit.ts";
import { candidateOf, frontierOf, isWaiting, type LaneParts, type LaneView, release } from "./view.ts";

/** A transaction and the bytes that stand for it now. */
interface Offer {
  readonly transaction: OpenTransaction;
  readonly attempt: Attempt;
}

/**
 * Sends what a node may miss, lowest nonce first, and nothing more once it has refused one: a nonce above a hole is never
 * sent (Besu stops making blocks over it). Within one JSON-RPC batch a node may refuse one and keep later ones; these are
 * at most `sendMax` less one, they are marked, and the refused one goes first next time.
 * @returns whether a node has, or the ledger has used, everything below the next nonce
 */
export async function deliver(parts: LaneParts, view: LaneView): Promise<boolean> {
  for (;;) {
    const frontier = frontierOf(view);
    if (frontier === view.nextNonce) return true;
    const first = view.open.get(frontier);
    if (!first || isWaiting(view, parts.context.clock.wallMs())) return false;
    const offers = nextOffers(parts, view, frontier);
    if (offers.length === 0) await replaceRefused(parts, view, first);
    else await offer(parts, view, offers);
  }
}

/** Contiguous from the frontier, without those that a node has, up to one of which nothing can be sent. */
function nextOffers({ sendMax }: LaneParts, view: LaneView, frontier: number): readonly Offer[] {
  const offers: Offer[] = [];
  for (let nonce = frontier; nonce < view.nextNonce && offers.length < sendMax; nonce += 1) {
    if (view.taken.has(nonce)) continue;
    const transaction = view.open.get(nonce);
    const attempt = transaction && candidateOf(view, transaction);
    if (!attempt) break;
    offers.push({ transaction, attempt });
  }
  return offers;
}

async function offer(parts: LaneParts, view: LaneView, offers: readonly Offer[]): Promise<void> {
  parts.assertLeads(view.lease);
  const attempts = offers.map(({ attempt }) => attempt);
  const first = await submit(parts.rpc, attempts);
  failpoint("transaction.accepted");
  const receptions = isOverdue(parts, view, offers) ? await offerEverywhere(parts, view, { attempts, first }) : first;
  record(parts, view, { offers, receptions });
  const index = receptions.findIndex(({ kind }) => kind === "refused");
  const refused = offers[index];
  const reception = receptions[index];
  if (refused && reception?.kind === "refused") await answer(parts, view, { ...refused, reception });
}

async function offerEverywhere(
  parts: LaneParts,
  view: LaneView,
  { attempts, first }: { attempts: readonly Attempt[]; first: readonly Reception[] },
): Promise<readonly Reception[]> {
  parts.assertLeads(view.lease);
  return await submitEverywhere(parts.endpoints(), attempts, first);
}

/**
 * Whether the node that was asked first may be at fault: it has long had, or refused for now, what the ledger needs next.
 * Then all others are offered the same. Never above a nonce that they may lack.
 */
function isOverdue({ context, intervals }: LaneParts, view: LaneView, [lowest]: readonly Offer[]): boolean {
  if (!lowest || lowest.attempt.nonce !== view.ledger.count) return false;
  const { hash, broadcastAtMs } = lowest.attempt;
  const sinceMs = broadcastAtMs ?? view.sends.get(hash)?.firstMs;
  return sinceMs !== undefined && context.clock.wallMs() - sinceMs >= intervals.rebroadcastMs;
}

/** Notes what each became. What a node has for the first time is stored with the lane's next commit. */
function record(
  parts: LaneParts,
  view: LaneView,
  { offers, receptions }: { offers: readonly Offer[]; receptions: readonly Reception[] },
): void {
  const { context, tally } = parts;
  const atMs = context.clock.wallMs();
  const fresh: Offer[] = [];
  for (const [index, one] of offers.entries()) {
    const { attempt } = one;
    const reception = receptions[index];
    invariant(reception, "each attempt was received somehow");
    const earlier = view.sends.get(attempt.hash);
    view.sends.set(attempt.hash, { firstMs: earlier?.firstMs ?? atMs, lastMs: atMs });
    if (reception.refusal) tally.refusedTotal[reception.refusal] += 1;
    if (reception.kind === "refused") continue;
    view.taken.add(attempt.nonce);
    if (view.quarantine === attempt.nonce) release(view);
    if (reception.kind !== "taken") continue;
    if (attempt.broadcastAtMs === null) fresh.push(one);
    else tally.rebroadcastTotal += 1;
  }
  for (const one of fresh) markSent(view, one, atMs);
  tally.broadcastTotal += fresh.length;
  if (fresh.length > 0) parts.onBroadcast();
}

function markSent(view: LaneView, { transaction, attempt }: Offer, atMs: number): void {
  view.unnoted.push({ hash: attempt.hash, atMs });
  const attempts = transaction.attempts.map((one) => (one === attempt ? { ...one, broadcastAtMs: atMs } : one));
  view.open.set(transaction.nonce, { ...transaction, status: "broadcast", attempts });
}

interface Refused extends Offer {
  readonly reception: Extract<Reception, { kind: "refused" }>;
}

/** What to do about the lowest nonce that was refused. Either its next candidate is another, or the lane waits. */
async function answer(parts: LaneParts, view: LaneView, refused: Refused): Promise<void> {
  const { transaction, attempt, reception } = refused;
  const waitMs = parts.context.clock.wallMs() + parts.intervals.retryMs;
  report(parts, view, refused);
  switch (reception.refusal) {
    case "refusedForGood": {
      parts.assertLeads(view.lease);
      const verdict = await askEveryone(parts.endpoints(), attempt);
      if (verdict === "refusedForGood") view.refused.add(attempt.hash);
      else if (verdict === "unclear") view.retryAtMs = waitMs;
      else record(parts, view, { offers: [refused], receptions: [{ kind: "taken" }] });
      return;
    }
    case "underpriced":
      await raise(parts, view, transaction);
      view.retryAtMs = waitMs;
      return;
    case "nonceTooHigh":
      // The node misses something that another one has, or that it had itself: everything goes out again.
      view.taken.clear();
      view.lookedAtMs = Number.NEGATIVE_INFINITY;
      view.retryAtMs = waitMs;
      return;
    default:
      view.retryAtMs = waitMs;
  }
}

/** It never came in, so there is no age to wait for. */
async function raise(parts: LaneParts, view: LaneView, transaction: OpenTransaction): Promise<void> {
  const { fees } = parts;
  const last = transaction.attempts.at(-1);
  if (fees.kind !== "eip1559" || !last) return;
  if (last.kind === "noop") {
    await signNoop(parts, view, { of: transaction, means: transaction.noopMeans ?? "dead" });
    return;
  }
  const fee = raisedFee(fees, last.fee, view.ledger.baseFeePerGas);
  if (fee && transaction.attempts.length < fees.attemptsMax) await signBump(parts, view, { of: transaction, fee });
}

/** Every endpoint refuses all attempts for good: a no-op takes the nonce, or where that is refused too the lane waits. */
async function replaceRefused(parts: LaneParts, view: LaneView, transaction: OpenTransaction): Promise<void> {
  const { context, intervals, lane } = parts;
  const hasNoop = transaction.attempts.some(({ kind }) => kind === "noop");
  if (!hasNoop && (await signNoop(parts, view, { of: transaction, means: "dead" }))) return;
  view.quarantine = transaction.nonce;
  view.retryAtMs = context.clock.wallMs() + intervals.quarantineMs;
  // All of them are tried again then: whoever refused the lane may have let it in.
  for (const { hash } of transaction.attempts) view.refused.delete(hash);
  const facts = { lane: lane.address, nonce: transaction.nonce, transaction: transaction.id };
  context.logger.error(facts, "the ledger refuses everything for this nonce, so the lane waits for a person");
}

function report({ context, lane }: LaneParts, view: LaneView, { transaction, reception }: Refused): void {
  const { refusal, text } = reception;
  const key = `${transaction.nonce} ${refusal}`;
  if (view.lastRefusal === key) return;
  view.lastRefusal = key;
  const facts = { lane: lane.address, nonce: transaction.nonce, transaction: transaction.id, refusal, text };
  const isLoud = refusal === "refusedForGood" || refusal === "insufficientFunds";
  context.logger[isLoud ? "error" : "warn"](facts, "the ledger refused a transaction");
}
