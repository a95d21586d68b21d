import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { computeAddress } from "ethers";
import fc from "fast-check";
import { makeSealedKey, openSealedKey, resealKey } from "../../src/chain/custody.ts";

const owner = () => ({
  credential: randomBytes(32).toString("base64url"),
  masterKey: new Uint8Array(randomBytes(32)),
  userId: "user-1",
});

describe("custody of a user's key", () => {
  it("opens with the user's credential, the master key and the user's id together", () => {
    const mine = owner();
    const { signer, sealed } = makeSealedKey(mine);
    const key = openSealedKey(sealed, mine);
    expect(computeAddress(key).toLowerCase()).to.equal(signer);
    expect(makeSealedKey(mine).signer, "each key is new").not.to.equal(signer);
  });

  it("stays shut when any one of the three is another, so store and master key together cannot sign", () => {
    const mine = owner();
    const { sealed } = makeSealedKey(mine);
    const theirs = owner();
    for (const wrong of [
      { ...mine, credential: theirs.credential },
      { ...mine, credential: "" },
      { ...mine, masterKey: theirs.masterKey },
      { ...mine, masterKey: new Uint8Array(32) },
      { ...mine, userId: "user-2" },
    ]) {
      expect(() => openSealedKey(sealed, wrong)).to.throw();
    }
  });

  it("takes only a master key of 32 bytes, so that a credential cannot run into it", () => {
    const mine = owner();
    const { sealed } = makeSealedKey(mine);
    for (const length of [0, 31, 33]) {
      const other = { ...mine, masterKey: new Uint8Array(length) };
      expect(() => makeSealedKey(other), `${length} bytes`).to.throw(/32 bytes/);
      expect(() => openSealedKey(sealed, other), `${length} bytes`).to.throw(/32 bytes/);
    }
  });

  it("holds no plaintext of the key, in any encoding, and never seals twice alike", () => {
    const mine = owner();
    const { sealed } = makeSealedKey(mine);
    const key = openSealedKey(sealed, mine);
    const bytes = Buffer.from(key.slice(2), "hex");
    const raw = Buffer.from(sealed, "base64");
    for (let start = 0; start + 8 <= bytes.length; start += 1) {
      expect(raw.includes(bytes.subarray(start, start + 8))).to.equal(false);
    }
    expect(raw.length, "salt, nonce, tag, key").to.equal(16 + 12 + 16 + 32);
    expect(resealKey(sealed, mine, mine)).not.to.equal(sealed);
  });

  it("is sealed anew under the next credential: the same key, and the former credential no longer opens it", () => {
    const mine = owner();
    const next = { ...mine, credential: owner().credential };
    const { sealed } = makeSealedKey(mine);
    const resealed = resealKey(sealed, mine, next);
    expect(openSealedKey(resealed, next)).to.equal(openSealedKey(sealed, mine));
    expect(() => openSealedKey(resealed, mine)).to.throw();
    expect(() => resealKey(sealed, next, mine)).to.throw();
  });

  it("fails on every altered byte and every truncation", () => {
    const mine = owner();
    const raw = Buffer.from(makeSealedKey(mine).sealed, "base64");
    for (let index = 0; index < raw.length; index += 1) {
      const altered = Buffer.from(raw);
      altered[index] = (altered[index] ?? 0) ^ 1;
      expect(() => openSealedKey(altered.toString("base64"), mine), `byte ${index}`).to.throw();
    }
    for (let length = 0; length < raw.length; length += 1) {
      expect(() => openSealedKey(raw.subarray(0, length).toString("base64"), mine), `${length} bytes`).to.throw();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        expect(() => openSealedKey(Buffer.from(noise).toString("base64"), mine)).to.throw();
      }),
    );
  });

  it("takes no shorter authentication tag, which could be guessed", () => {
    const mine = owner();
    const raw = Buffer.from(makeSealedKey(mine).sealed, "base64");
    // Salt, nonce and four bytes of a tag: were such a tag accepted, this would fail only on its value.
    const short = raw.subarray(0, 32).toString("base64");
    expect(() => openSealedKey(short, mine)).to.throw(/tag/i);
  });
});
