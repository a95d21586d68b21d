import { abiArray, abiBytes, abiParts } from "./abiParts.ts";
import { type AccountDomain, addressWord, digestOf, hashText, word } from "./accountTypedData.ts";
import { abiApprovals, type SignedApproval, signDigest } from "./approvals.ts";
import { interfaces } from "./contractSet.ts";
import { fromHex, keccak256, toHex } from "./sending/keccak.ts";

export interface OrderCall {
  readonly target: string;
  readonly data: string;
}

/** What the keys of an account sign: all calls or none, once, until the deadline (seconds, block time). */
export interface Order {
  readonly account: string;
  readonly calls: readonly OrderCall[];
  /** Keyed nonce as a decimal string: the high 192 bits name the lane, the low 64 the sequence in it. */
  readonly nonce: string;
  readonly deadline: number;
}

/** An order that its signers sent along with their signatures. */
export interface SignedOrder extends Order {
  /** Signed as `Order`, or as `Batch`. */
  readonly mode: "all_or_nothing" | "one_by_one";
  readonly approvals: readonly SignedApproval[];
}

const callType = "Call(address target,bytes data)";
const callTypeHash = hashText(callType);
const orderTypeHash = hashText(`Order(Call[] calls,uint256 nonce,uint48 deadline)${callType}`);
const batchTypeHash = hashText(`Batch(Call[] calls,uint256 nonce,uint48 deadline)${callType}`);
const cancellationTypeHash = hashText("Cancellation(uint256 nonce)");

/** The EIP-712 digest of an order: its calls happen together or not at all. Equal to the account's `orderHash`. */
export function hashOrder(order: Order, chainId: number): string {
  return hashCalls(orderTypeHash, order, chainId);
}

/** The EIP-712 digest of a batch: each of its calls succeeds or fails alone. Equal to the account's `batchHash`. */
export function hashBatch(order: Order, chainId: number): string {
  return hashCalls(batchTypeHash, order, chainId);
}

/** The EIP-712 digest that voids what was signed with this nonce. */
export function hashCancellation(nonce: string, domain: AccountDomain): string {
  return toHex(digestOf(domain, [cancellationTypeHash, word(nonce)]));
}

function hashCalls(typeHash: Uint8Array, order: Order, chainId: number): string {
  const calls = order.calls.map(({ target, data }) =>
    keccak256(Buffer.concat([callTypeHash, addressWord(target), keccak256(fromHex(data))])),
  );
  const words = [typeHash, keccak256(Buffer.concat(calls)), word(order.nonce), word(order.deadline)];
  return toHex(digestOf({ account: order.account, chainId }, words));
}

/** Signs an order with a private key (hex). The key is used for this call only. */
export function signOrder(order: Order, chainId: number, privateKey: string): Promise<SignedApproval> {
  return Promise.resolve(signDigest(hashOrder(order, chainId), privateKey));
}

const executeSelector = selectorOf("execute");
const executeEachSelector = selectorOf("executeEach");

function selectorOf(fn: string): Uint8Array {
  return fromHex(interfaces.ParticipantAccount.contract.getFunction(fn)?.selector ?? "");
}

/** Calldata of `execute`. */
export function encodeExecute(order: Order, approvals: readonly SignedApproval[]): string {
  return encodeSigned(executeSelector, order, approvals);
}

/** Calldata of `executeEach`. */
export function encodeExecuteEach(order: Order, approvals: readonly SignedApproval[]): string {
  return encodeSigned(executeEachSelector, order, approvals);
}

function encodeSigned(selector: Uint8Array, order: Order, approvals: readonly SignedApproval[]): string {
  const calls = order.calls.map(({ target, data }) => abiParts([addressWord(target), { tail: abiBytes(data) }]));
  const message = abiParts([{ tail: abiArray(calls) }, word(order.nonce), word(order.deadline)]);
  const parameters = abiParts([{ tail: message }, { tail: abiApprovals(approvals) }]);
  return toHex(Buffer.concat([selector, parameters]));
}

/**
 * A nonce lane of its own for each order: an order that is rejected or lapses leaves no hole that would block others
 * (docs/decisions).
 */
export function nonceFor(orderId: string): string {
  // As Solidity's abi.encode writes a string.
  const encoded = Buffer.concat([word(32), abiBytes(toHex(Buffer.from(orderId, "utf8")))]);
  const lane = BigInt(toHex(keccak256(encoded))) >> 64n;
  return (lane << 64n).toString();
}
