import fc from "fast-check";
import { type AbiParameter, toJson } from "../../src/chain/abiValues.ts";

const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;

/** Number of members that an enum has here: the first index without a name ends it. */
export function memberCount(parameter: AbiParameter): number {
  let count = 0;
  while (typeof toJson(parameter, BigInt(count)) === "string") count += 1;
  return count;
}

/** Any value that a contract could give for this parameter, as ethers encodes it. */
export function anyValue(parameter: AbiParameter): fc.Arbitrary<unknown> {
  const array = /^(.*)\[(\d*)\]$/.exec(parameter.type);
  if (array) {
    const length = array[2] ? Number(array[2]) : undefined;
    const element = anyValue({ ...parameter, type: array[1] ?? "" });
    return fc.array(element, { minLength: length ?? 0, maxLength: length ?? 3 });
  }
  if (parameter.type === "tuple") return fc.tuple(...(parameter.components ?? []).map(anyValue));
  if (parameter.internalType?.startsWith("enum ")) {
    return fc.integer({ min: 0, max: memberCount(parameter) - 1 }).map(BigInt);
  }
  return anyScalar(parameter.type);
}

function anyScalar(type: string): fc.Arbitrary<unknown> {
  const [, signed, bits] = /^(u?)int(\d+)$/.exec(type) ?? [];
  if (bits !== undefined) {
    const size = BigInt(bits);
    const [min, max] = signed === "u" ? [0n, (1n << size) - 1n] : [-(1n << (size - 1n)), (1n << (size - 1n)) - 1n];
    return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max));
  }
  if (type === "bool") return fc.boolean();
  if (type === "string") return fc.string();
  const length = type === "address" ? 20 : Number(/^bytes(\d+)$/.exec(type)?.[1] ?? Number.NaN);
  if (Number.isInteger(length)) return fc.uint8Array({ minLength: length, maxLength: length }).map(hexOf);
  if (type === "bytes") return fc.uint8Array({ maxLength: 80 }).map(hexOf);
  throw new Error(`no values for ${type}`);
}
