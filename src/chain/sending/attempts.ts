import type { Attempt, ClaimedIntent, Fee, NoopMeaning, OpenTransaction } from "../../domain/transaction.ts";
import { invariant } from "../../shared/errors.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { firstFee, noopFee } from "./fees.ts";
import { signInSlices } from "./signer.ts";
import type { LaneParts, LaneView } from "./view.ts";

/** What a transfer of nothing to oneself costs, on every EVM ledger. */
const noopGas = 21_000;

interface NextBatch {
  readonly intents: readonly ClaimedIntent[];
  /** How many to claim in the same commit. */
  readonly claimMax: number;
}

/**
 * Gives each intent the next nonce, and stores nonces, bytes and hashes in one commit; what was sent before is noted in it
 * and the next intents are claimed. Nothing has left by then. Where one is not to be signed any more, nothing happens.
 */
export async function signNew(parts: LaneParts, view: LaneView, { intents, claimMax }: NextBatch): Promise<void> {
  const { context, signer, store, lane, laneCount, gasLimit } = parts;
  const first = view.nextNonce;
  const fee = firstFee(parts.fees, view.ledger.baseFeePerGas);
  const unsigned = intents.map(({ target, data }, index) => ({
    ...{ nonce: first + index, fee, gasLimit, to: target, data },
  }));
  const signed = await signInSlices(signer, unsigned);
  const signedAtMs = context.clock.wallMs();
  const opened = intents.map(({ id, target, data }, index): OpenTransaction => {
    const bytes = signed[index];
    invariant(bytes, "each intent was signed");
    const nonce = first + index;
    const attempt = { ...bytes, transactionId: id, nonce, kind: "act", fee, signedAtMs, broadcastAtMs: null } as const;
    const rest = { status: "signed", cancelRequested: false, noopMeans: null } as const;
    return { id, nonce, target, data, ...rest, attempts: [attempt] };
  });
  const attempts = opened.flatMap((transaction) => transaction.attempts);
  const broadcast = view.unnoted;
  view.unnoted = [];
  const take = claimMax > 0 ? { lane, laneCount, limit: claimMax } : undefined;
  const claimed = await store.saveSigned(view.lease, lane, first, attempts, { broadcast, take });
  if (!claimed) {
    view.unnoted.unshift(...broadcast);
    return;
  }
  view.claimed = claimed;
  for (const transaction of opened) view.open.set(transaction.nonce, transaction);
  view.nextNonce = first + opened.length;
}

/** The same act for the same nonce at a higher price. */
export async function signBump(
  parts: LaneParts,
  view: LaneView,
  bump: { of: OpenTransaction; fee: Fee },
): Promise<void> {
  const { of, fee } = bump;
  parts.tally.bumpTotal += 1;
  const { target: to, data } = of;
  await save(parts, view, {
    of,
    kind: "act",
    fee,
    content: { to, data, gasLimit: parts.gasLimit },
    noopMeans: of.noopMeans,
  });
}

/**
 * A no-op for the nonce of a transaction, at a price above its last attempt: a nonce is never left unused.
 * @returns false where the policy has no room for such a price
 */
export async function signNoop(
  parts: LaneParts,
  view: LaneView,
  noop: { of: OpenTransaction; means: NoopMeaning },
): Promise<boolean> {
  const { of, means } = noop;
  const last = of.attempts.at(-1);
  invariant(last, "an open transaction has an attempt");
  const fee = noopFee(parts.fees, last.fee, view.ledger.baseFeePerGas);
  if (!fee) return false;
  if (of.noopMeans !== null) parts.tally.bumpTotal += 1;
  else parts.tally[means === "dead" ? "deadTotal" : "cancelTotal"] += 1;
  const content = { to: parts.lane.address, data: "0x", gasLimit: noopGas };
  await save(parts, view, { of, kind: "noop", fee, content, noopMeans: of.noopMeans ?? means });
  return true;
}

interface NewAttempt {
  readonly of: OpenTransaction;
  readonly kind: Attempt["kind"];
  readonly fee: Fee;
  readonly content: { readonly to: string; readonly data: string; readonly gasLimit: number };
  readonly noopMeans: NoopMeaning | null;
}

/** Stored first; then it is due to be sent, in its place among the others. */
async function save({ store, signer, context }: LaneParts, view: LaneView, attempt: NewAttempt): Promise<void> {
  const { of, kind, fee, content, noopMeans } = attempt;
  const { id: transactionId, nonce } = of;
  const bytes = signer.sign({ nonce, fee, ...content });
  const signedAtMs = context.clock.wallMs();
  const signed: Attempt = { ...bytes, transactionId, nonce, kind, fee, signedAtMs, broadcastAtMs: null };
  await store.saveAttempt(view.lease, signed, noopMeans);
  view.open.set(nonce, { ...of, noopMeans, attempts: [...of.attempts, signed] });
  view.taken.delete(nonce);
  failpoint("replacement.signed");
}
