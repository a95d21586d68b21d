import { expect } from "chai";
import { malformedField, type WireBlock } from "../../../src/chain/indexing/wireBlock.ts";
import { hash } from "../../store/blockFixture.ts";

describe("the form of a block as a node sends it", () => {
  const block = {
    ...{ number: "0x7", timestamp: "0x3e58f5a7", hash: hash(7), parentHash: hash(6) },
    transactions: [hash(1), hash(2)],
  } as unknown as WireBlock;
  const bent = (change: object) => malformedField({ ...block, ...change });

  it("is right with hashes and quantities in their places, with and without transactions", () => {
    expect(malformedField(block)).to.equal(undefined);
    expect(bent({ transactions: [] })).to.equal(undefined);
    expect(bent({ number: `0x${"f".repeat(13)}`, timestamp: "0x0" })).to.equal(undefined);
  });

  it("is not that of a block at all", () => {
    for (const other of [null, undefined, "0x7", 7]) {
      expect(malformedField(other as unknown as WireBlock), String(other)).to.equal("block");
    }
    expect(malformedField({} as WireBlock)).to.equal("hash");
  });

  it("names the field that is wrong", () => {
    const notHashes = [undefined, null, 7, "", hash(7).slice(0, -1), `${hash(7)}0`, `x${hash(7)}`, hash(7, "A")];
    for (const value of notHashes) {
      expect(bent({ hash: value }), String(value)).to.equal("hash");
      expect(bent({ parentHash: value }), String(value)).to.equal("parentHash");
      expect(bent({ transactions: [hash(1), value] }), String(value)).to.equal("transactions");
    }
    for (const value of [undefined, null, 7, "7", "0x", "0xG", "x0x7", "0x7 ", `0x1${"0".repeat(13)}`]) {
      expect(bent({ number: value }), String(value)).to.equal("number");
      expect(bent({ timestamp: value }), String(value)).to.equal("timestamp");
    }
    for (const value of [undefined, null, {}, hash(1), [{ hash: hash(1) }]]) {
      expect(bent({ transactions: value })).to.equal("transactions");
    }
  });
});
