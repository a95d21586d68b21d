import { isPrivate, pointFromScalar } from "tiny-secp256k1";
import type { LaneName } from "../../domain/transaction.ts";
import { invariant } from "../../shared/errors.ts";
import { fromHex, keccak256, toHex } from "./keccak.ts";

const domain = new TextEncoder().encode("hansa lane");

/**
 * The private key of a lane, as 0x and 64 digits. Lane 0 is the given key itself, since the contracts' addresses derive
 * from it; every other one is `keccak256(key ‖ "hansa lane" ‖ number)`, so that the one key file restores all lanes.
 * @param number 0 to 1023, as big-endian 32 bits in the hash
 */
export function laneKey(key: string, number: number): string {
  invariant(Number.isInteger(number) && number >= 0 && number < 1_024, "a lane's number is 0 to 1023");
  const base = fromHex(key);
  invariant(isPrivate(base), "a lane's key is a scalar of the curve");
  if (number === 0) return toHex(base);
  const suffix = Buffer.alloc(4);
  suffix.writeUInt32BE(number);
  let derived = keccak256(Buffer.concat([base, domain, suffix]));
  // One in 2^128 hashes is no scalar of the curve.
  while (!isPrivate(derived)) derived = keccak256(derived);
  return toHex(derived);
}

/** Address of a private key, in lower case. */
export function addressOfKey(key: string): string {
  const scalar = fromHex(key);
  const point = isPrivate(scalar) ? pointFromScalar(scalar, false) : null;
  invariant(point, "a lane's key is a scalar of the curve");
  return toHex(keccak256(point.subarray(1)).subarray(12));
}

/** Lane `number` of the given lane key. */
export function laneName(key: string, number: number): LaneName {
  return { address: addressOfKey(laneKey(key, number)), number };
}
