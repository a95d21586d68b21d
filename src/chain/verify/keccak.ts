import { createKeccak } from "hash-wasm";

/** Compiled once, when this module loads: whoever imports it hashes without waiting. */
const hasher = await createKeccak(256);

/** The 32 bytes of keccak-256. */
export function keccak(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest("binary");
}

/** Keccak-256 as JSON-RPC writes it: `0x` and 64 digits. */
export function keccakHex(bytes: Uint8Array): string {
  return `0x${hasher.init().update(bytes).digest("hex")}`;
}
