import { keccak } from "./keccak.ts";
import { MalformedWire } from "./wire.ts";

export const bloomBytes = 256;

/** Sets bits of addresses and topics in blooms of 2048 bits. */
export interface BloomHasher {
  /** Sets the three bits of these bytes. @throws MalformedWire unless it is hex. */
  add(bloom: Uint8Array, text: string): void;
}

const hexForm = /^0x(?:[0-9a-f]{2})*$/;

/**
 * The same addresses and topics come in block after block, so their bits are kept: `generationMax` young ones and as
 * many old ones. What is asked for again becomes young again; the old ones go when the young ones fill up.
 */
export function createBloomHasher({ generationMax = 20_000 }: { generationMax?: number } = {}): BloomHasher {
  let young = new Map<string, Uint16Array>();
  let old = new Map<string, Uint16Array>();

  function bitsOf(text: string): Uint16Array {
    const known = young.get(text);
    if (known) return known;
    const bits = old.get(text) ?? computeBits(text);
    if (young.size >= generationMax) {
      old = young;
      young = new Map();
    }
    young.set(text, bits);
    return bits;
  }

  return {
    add(bloom, text) {
      const bits = bitsOf(text);
      for (let index = 0; index < 3; index += 1) {
        const bit = bits[index] ?? 0;
        const at = bloomBytes - 1 - (bit >> 3);
        bloom[at] = (bloom[at] ?? 0) | (1 << (bit & 7));
      }
    },
  };
}

/** The low eleven bits of the first three pairs of bytes of the hash. */
function computeBits(text: unknown): Uint16Array {
  if (typeof text !== "string" || !hexForm.test(text)) throw new MalformedWire(text);
  const hash = keccak(Buffer.from(text.slice(2), "hex"));
  const pair = (at: number): number => (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 0x7ff;
  return Uint16Array.of(pair(0), pair(2), pair(4));
}

export function bloomText(bloom: Uint8Array): string {
  return `0x${Buffer.from(bloom.buffer, bloom.byteOffset, bloom.byteLength).toString("hex")}`;
}
