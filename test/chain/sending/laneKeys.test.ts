import { expect } from "chai";
import { computeAddress, concat, keccak256, toBeHex, toUtf8Bytes } from "ethers";
import { isPrivate } from "tiny-secp256k1";
import { fromHex } from "../../../src/chain/sending/keccak.ts";
import { addressOfKey, laneKey, laneName } from "../../../src/chain/sending/laneKeys.ts";

const key = `0x${"3c".repeat(32)}`;

describe("the keys of lanes", () => {
  it("are the given key for lane 0, because the contracts' addresses derive from it", () => {
    expect(laneKey(key, 0)).to.equal(key);
    expect(laneName(key, 0)).to.deep.equal({ address: computeAddress(key).toLowerCase(), number: 0 });
  });

  it("derive from the given key and the number for every other lane, so that one file restores them all", () => {
    const expected = keccak256(concat([key, toUtf8Bytes("hansa lane"), toBeHex(3, 4)]));
    expect(laneKey(key, 3)).to.equal(expected);
    expect(laneName(key, 3)).to.deep.equal({ address: computeAddress(expected).toLowerCase(), number: 3 });
  });

  it("all differ, and all are scalars of the curve", () => {
    const keys = Array.from({ length: 1_024 }, (_, number) => laneKey(key, number));
    expect(new Set(keys).size).to.equal(1_024);
    expect(keys.every((one) => isPrivate(fromHex(one)))).to.equal(true);
  });

  it("have the addresses that ethers computes", () => {
    for (const number of [1, 2, 77]) {
      const one = laneKey(key, number);
      expect(addressOfKey(one)).to.equal(computeAddress(one).toLowerCase());
    }
  });

  it("are refused for a number out of range, and for what is no key", () => {
    for (const number of [-1, 1_024, 0.5]) expect(() => laneKey(key, number)).to.throw("invariant: a lane's number");
    expect(() => laneKey(`0x${"ff".repeat(32)}`, 0)).to.throw("invariant: a lane's key is a scalar");
    expect(() => addressOfKey(`0x${"00".repeat(32)}`)).to.throw("invariant: a lane's key is a scalar");
  });
});
