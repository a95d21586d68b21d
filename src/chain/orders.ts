import { pointFromScalar, signRecoverable } from "tiny-secp256k1";
import { invariant } from "../shared/errors.ts";
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

export interface SignedApproval {
  readonly signer: string;
  readonly signature: string;
}

// The types of EIP-712 never change, so their hashes are computed once; the words of an order are then put together by
// hand. A general encoder of typed data needs ten times as long, and each act is signed inside its request.
const callType = "Call(address target,bytes data)";
const callTypeHash = hashText(callType);
const orderTypeHash = hashText(`Order(Call[] calls,uint256 nonce,uint48 deadline)${callType}`);
const domainTypeHash = hashText("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const nameHash = hashText("Hansa Account");
const versionHash = hashText("1");

function hashText(text: string): Uint8Array {
  return keccak256(Buffer.from(text, "utf8"));
}

/** A number as 32 bytes. */
function word(value: bigint | number | string): Uint8Array {
  return Buffer.from(BigInt(value).toString(16).padStart(64, "0"), "hex");
}

/** An address as 32 bytes. */
function addressWord(address: string): Uint8Array {
  const bytes = fromHex(address);
  invariant(bytes.length === 20, "an address has 20 bytes");
  return Buffer.concat([Buffer.alloc(12), bytes]);
}

function hashBytes(order: Order, chainId: number): Uint8Array {
  const calls = order.calls.map(({ target, data }) =>
    keccak256(Buffer.concat([callTypeHash, addressWord(target), keccak256(fromHex(data))])),
  );
  const message = [orderTypeHash, keccak256(Buffer.concat(calls)), word(order.nonce), word(order.deadline)];
  const domain = [domainTypeHash, nameHash, versionHash, word(chainId), addressWord(order.account)];
  const separator = keccak256(Buffer.concat(domain));
  return keccak256(Buffer.concat([Buffer.from([0x19, 0x01]), separator, keccak256(Buffer.concat(message))]));
}

/** The EIP-712 digest of an order; equal to the account's own `orderHash`. */
export function hashOrder(order: Order, chainId: number): string {
  return toHex(hashBytes(order, chainId));
}

function addressOfKey(key: Uint8Array): string {
  const point = pointFromScalar(key, false);
  invariant(point, "a private key has a point");
  return toHex(keccak256(point.subarray(1)).subarray(12));
}

/**
 * Signs the digest of an order with a private key (hex), deterministically (RFC 6979), with the lower `s`. The key is
 * used for this call only. Its address need not be computed where it is known.
 */
export function signOrderHash(orderHash: string, privateKey: string, signer?: string): SignedApproval {
  const key = fromHex(privateKey);
  const { signature, recoveryId } = signRecoverable(fromHex(orderHash), key);
  return { signer: signer ?? addressOfKey(key), signature: `${toHex(signature)}${(27 + recoveryId).toString(16)}` };
}

/** Signs an order with a private key (hex). The key is used for this call only. */
export function signOrder(order: Order, chainId: number, privateKey: string): Promise<SignedApproval> {
  return Promise.resolve(signOrderHash(hashOrder(order, chainId), privateKey));
}

const executeSelector = fromHex(interfaces.ParticipantAccount.contract.getFunction("execute")?.selector ?? "");

/** `bytes` in the ABI: its length, and itself filled up to whole words. */
function abiBytes(hex: string): Buffer {
  const bytes = fromHex(hex);
  return Buffer.concat([word(bytes.length), bytes, Buffer.alloc(-bytes.length & 31)]);
}

/** A struct or an array in the ABI: the offsets of parts of variable length stand before the parts. */
function abiParts(head: readonly (Uint8Array | { readonly tail: Buffer })[]): Buffer {
  let offset = head.length * 32;
  const heads: Uint8Array[] = [];
  const tails: Buffer[] = [];
  for (const part of head) {
    if (part instanceof Uint8Array) heads.push(part);
    else {
      heads.push(word(offset));
      tails.push(part.tail);
      offset += part.tail.length;
    }
  }
  return Buffer.concat([...heads, ...tails]);
}

function abiArray(items: readonly Buffer[]): Buffer {
  return Buffer.concat([word(items.length), abiParts(items.map((tail) => ({ tail })))]);
}

/** Calldata of `execute`: approvals in ascending order of the signers' hashes, as the account demands. */
export function encodeExecute(order: Order, approvals: readonly SignedApproval[]): string {
  const calls = order.calls.map(({ target, data }) => abiParts([addressWord(target), { tail: abiBytes(data) }]));
  const message = abiParts([{ tail: abiArray(calls) }, word(order.nonce), word(order.deadline)]);
  const signed = inOrder(approvals).map(({ signer, signature }) =>
    abiParts([{ tail: abiBytes(signer) }, { tail: abiBytes(signature) }]),
  );
  const parameters = abiParts([{ tail: message }, { tail: abiArray(signed) }]);
  return toHex(Buffer.concat([executeSelector, parameters]));
}

function inOrder(approvals: readonly SignedApproval[]): readonly SignedApproval[] {
  if (approvals.length < 2) return approvals;
  return approvals
    .map((approval) => ({ approval, rank: keccak256(fromHex(approval.signer)) }))
    .sort((a, b) => Buffer.compare(a.rank, b.rank))
    .map(({ approval }) => approval);
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
