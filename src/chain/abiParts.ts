import { word } from "./accountTypedData.ts";
import { fromHex } from "./sending/keccak.ts";

/** Parts of ABI-encoded values, put together by hand where a general encoder takes too long. */

/** `bytes` in the ABI: its length, and itself filled up to whole words. */
export function abiBytes(hex: string): Buffer {
  const bytes = fromHex(hex);
  return Buffer.concat([word(bytes.length), bytes, Buffer.alloc(-bytes.length & 31)]);
}

/** A struct or an array in the ABI: the offsets of parts of variable length stand before the parts. */
export function abiParts(head: readonly (Uint8Array | { readonly tail: Buffer })[]): Buffer {
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

export function abiArray(items: readonly Buffer[]): Buffer {
  return Buffer.concat([word(items.length), abiParts(items.map((tail) => ({ tail })))]);
}
