import { AbiCoder, keccak256, TypedDataEncoder, Wallet } from "ethers";
import { interfaces } from "./contractSet.ts";

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

export interface SignedApproval {
  readonly signer: string;
  readonly signature: string;
}

const types = {
  Order: [
    { name: "calls", type: "Call[]" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint48" },
  ],
  Call: [
    { name: "target", type: "address" },
    { name: "data", type: "bytes" },
  ],
};

function domain(order: Order, chainId: number) {
  return { name: "Hansa Account", version: "1", chainId, verifyingContract: order.account };
}

function message(order: Order) {
  return { calls: order.calls, nonce: order.nonce, deadline: order.deadline };
}

/** The EIP-712 digest of an order; equal to the account's own `orderHash`. */
export function hashOrder(order: Order, chainId: number): string {
  return TypedDataEncoder.hash(domain(order, chainId), types, message(order));
}

/** Signs an order with a private key (hex). The key is used for this call only. */
export async function signOrder(order: Order, chainId: number, privateKey: string): Promise<SignedApproval> {
  const wallet = new Wallet(privateKey);
  const signature = await wallet.signTypedData(domain(order, chainId), types, message(order));
  return { signer: wallet.address.toLowerCase(), signature };
}

/** Calldata of `execute`: approvals in ascending order of the signers' hashes, as the account demands. */
export function encodeExecute(order: Order, approvals: readonly SignedApproval[]): string {
  const sorted = [...approvals].sort((a, b) => (keccak256(a.signer) < keccak256(b.signer) ? -1 : 1));
  return interfaces.ParticipantAccount.contract.encodeFunctionData("execute", [
    message(order),
    sorted.map(({ signer, signature }) => ({ signer, signature })),
  ]);
}

/**
 * A nonce lane of its own for each order: an order that is rejected or lapses leaves no hole that would block others
 * (docs/decisions).
 */
export function nonceFor(orderId: string): string {
  const lane = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["string"], [orderId]))) >> 64n;
  return (lane << 64n).toString();
}
