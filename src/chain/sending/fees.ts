import type { Fee } from "../../domain/transaction.ts";

/** What a lane pays. All prices in wei as decimal strings. */
export type FeePolicy =
  /** Networks on which nothing costs anything. */
  | { readonly kind: "zero" }
  /** Networks with one agreed price. */
  | { readonly kind: "fixed"; readonly gasPrice: string }
  | Eip1559Policy;

export interface Eip1559Policy {
  readonly kind: "eip1559";
  /** Room for the base fee to rise: it is multiplied by this, at least 1. */
  readonly baseFeeMultiple: number;
  readonly maxPriorityFeePerGas: string;
  /** No act offers more than this for a unit of gas, tip included. */
  readonly maxFeePerGasCap: string;
  /** By how much a replacement offers more; less than 10 counts as 10, since no node takes less. */
  readonly bumpPercent: number;
  /** An attempt that a node has had for so long without a block is replaced. */
  readonly bumpAfterMs: number;
  /** After so many attempts at an act a no-op takes its nonce. */
  readonly attemptsMax: number;
}

/** The price of a first attempt, as of the latest block's base fee. */
export function firstFee(policy: FeePolicy, baseFeePerGas: bigint): Fee {
  if (policy.kind === "zero") return { type: 0, gasPrice: "0" };
  if (policy.kind === "fixed") return { type: 0, gasPrice: policy.gasPrice };
  const cap = BigInt(policy.maxFeePerGasCap);
  return dynamic(least(marketPrice(policy, baseFeePerGas), cap), BigInt(policy.maxPriorityFeePerGas));
}

/**
 * The price of another attempt at the same act: on both fields at least `bumpPercent` more, rounded up, and what the
 * market asks for now if that is more. Undefined where the policy never bumps, or where the cap leaves no room for a
 * whole bump: half a bump is refused by every node.
 */
export function raisedFee(policy: FeePolicy, previous: Fee, baseFeePerGas: bigint): Fee | undefined {
  if (policy.kind !== "eip1559") return undefined;
  return replacement(policy, previous, { baseFeePerGas, cap: BigInt(policy.maxFeePerGasCap) });
}

/**
 * The price of a no-op in the place of an earlier attempt. Zero stays zero: a network without prices replaces without
 * one, or not at all. It may offer up to twice the cap: it buys 21,000 units of gas only, and without it the nonce would
 * stay unused. Undefined when even that is too little.
 */
export function noopFee(policy: FeePolicy, previous: Fee, baseFeePerGas: bigint): Fee | undefined {
  if (policy.kind === "eip1559") {
    return replacement(policy, previous, { baseFeePerGas, cap: BigInt(policy.maxFeePerGasCap) * 2n });
  }
  const raised = raise(maxPriceOf(previous), 10);
  const agreed = policy.kind === "fixed" ? BigInt(policy.gasPrice) : 0n;
  return { type: 0, gasPrice: most(raised, agreed).toString() };
}

/** Whether a block with this base fee can hold the attempt at all. */
export function isOutgrown(fee: Fee, baseFeePerGas: bigint): boolean {
  return maxPriceOf(fee) < baseFeePerGas;
}

function replacement(
  policy: Eip1559Policy,
  previous: Fee,
  { baseFeePerGas, cap }: { baseFeePerGas: bigint; cap: bigint },
): Fee | undefined {
  const percent = Math.max(10, policy.bumpPercent);
  const needed = outbid(maxPriceOf(previous), percent);
  if (needed > cap) return undefined;
  const tip = most(outbid(tipOf(previous), percent), BigInt(policy.maxPriorityFeePerGas));
  return dynamic(least(most(needed, marketPrice(policy, baseFeePerGas)), cap), tip);
}

function marketPrice(policy: Eip1559Policy, baseFeePerGas: bigint): bigint {
  const hundredths = BigInt(Math.round(Math.max(1, policy.baseFeeMultiple) * 100));
  return (baseFeePerGas * hundredths) / 100n + BigInt(policy.maxPriorityFeePerGas);
}

/** A tip above the whole price is refused by every node. */
function dynamic(maxFee: bigint, tip: bigint): Fee {
  return { type: 2, maxFeePerGas: maxFee.toString(), maxPriorityFeePerGas: least(tip, maxFee).toString() };
}

/** What an attempt may cost for a unit of gas. */
export function maxPriceOf(fee: Fee): bigint {
  return BigInt(fee.type === 0 ? fee.gasPrice : fee.maxFeePerGas);
}

function tipOf(fee: Fee): bigint {
  return BigInt(fee.type === 0 ? fee.gasPrice : fee.maxPriorityFeePerGas);
}

function raise(price: bigint, percent: number): bigint {
  return (price * BigInt(100 + Math.ceil(percent)) + 99n) / 100n;
}

/** Ten per cent of nothing is nothing, and the same price makes the same bytes. */
function outbid(price: bigint, percent: number): bigint {
  return most(raise(price, percent), price + 1n);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
