import { expect } from "chai";
import { decodeRlp, encodeRlp, type RlpStructuredDataish, toBeArray } from "ethers";
import * as fc from "fast-check";
import { createRlpWriter, type RlpWriter, rlpItems } from "../../../src/chain/verify/rlp.ts";
import { MalformedWire } from "../../../src/chain/verify/wire.ts";

type Item = Uint8Array | readonly Item[];

/** Writes as the writer wants it: the last item first. */
function write(writer: RlpWriter, item: Item): void {
  if (item instanceof Uint8Array) {
    writer.bytes(item);
    return;
  }
  const mark = writer.mark();
  for (const one of item.toReversed()) write(writer, one);
  writer.list(mark);
}

const hexOf = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;
const bytesMax = 70;
const { item } = fc.letrec<{ item: Item }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.uint8Array({ maxLength: bytesMax }),
    fc.array(tie("item"), { maxLength: 6 }),
  ),
}));

describe("the RLP writer", () => {
  it("writes what ethers writes, also beyond the room that it began with", () => {
    void fc.assert(
      fc.property(item, fc.uint8Array({ minLength: 250, maxLength: 70_000 }), (value, long) => {
        const writer = createRlpWriter(8);
        const both = [value, long, Uint8Array.of(0), Uint8Array.of(0x7f), Uint8Array.of(0x80)];
        write(writer, both);
        expect(hexOf(writer.since(0))).to.equal(encodeRlp(both as unknown as RlpStructuredDataish));
      }),
      { numRuns: 60 },
    );
  });

  it("writes data and quantities from their text", () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: bytesMax }), fc.bigInt({ min: 0n, max: 2n ** 256n }), (data, number) => {
        const writer = createRlpWriter();
        writer.quantity(`0x${number.toString(16)}`);
        writer.data(hexOf(data));
        writer.list(0);
        expect(hexOf(writer.since(0))).to.equal(encodeRlp([data, toBeArray(number)]));
      }),
    );
  });

  it("makes room for exactly what it writes, whatever room it began with", () => {
    for (let room = 0; room <= 8; room += 1) {
      for (let bytes = 0; bytes <= 8; bytes += 1) {
        const text = `0x${"9a".repeat(bytes)}`;
        const writer = createRlpWriter(room);
        writer.data(text);
        expect(hexOf(writer.since(0)), `${bytes} bytes in ${room}`).to.equal(encodeRlp(text));
        const number = createRlpWriter(room);
        number.quantity(`0x1${"0".repeat(bytes)}`);
        expect(hexOf(number.since(0)), `${bytes} digits in ${room}`).to.equal(
          encodeRlp(toBeArray(16n ** BigInt(bytes))),
        );
        const raw = createRlpWriter(room);
        raw.raw(Buffer.from(text.slice(2), "hex"));
        expect(hexOf(raw.since(0)), `${bytes} bytes as they are in ${room}`).to.equal(text);
      }
    }
  });

  it("refuses texts that are no data", () => {
    for (const text of ["0x0", "0xAB", "0xzz", "ab", "", "0x 1", "0xé0", undefined, null, 5, ["0x00"]]) {
      expect(() => createRlpWriter().data(text), String(text)).to.throw(MalformedWire);
    }
  });

  it("refuses other spellings of a quantity, since whoever compares texts would take them for other numbers", () => {
    for (const text of ["0x", "0x00", "0x01", "0xA", "1", "0xg", "-0x1", "", undefined, null, 5]) {
      expect(() => createRlpWriter().quantity(text), String(text)).to.throw(MalformedWire);
    }
  });

  it("forgets what was written since a mark", () => {
    const writer = createRlpWriter();
    writer.byte(1);
    const mark = writer.mark();
    writer.bytes(new Uint8Array(100));
    writer.rewind(mark);
    expect([...writer.since(0)]).to.deep.equal([1]);
  });
});

describe("the items of an RLP list", () => {
  it("are those that ethers finds, each with its own length", () => {
    void fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const encoded = encodeRlp(items as unknown as RlpStructuredDataish);
        const found = rlpItems(Buffer.from(encoded.slice(2), "hex")).map((one) => decodeRlp(hexOf(one)));
        expect(found).to.deep.equal(decodeRlp(encoded));
      }),
    );
  });

  it("are not read from anything but one whole list", () => {
    for (const text of ["", "80", "8100", "c0c0", "c1", "c281", "f800ff", "f90001", "b90400"]) {
      expect(() => rlpItems(Buffer.from(text, "hex")), text).to.throw(MalformedWire);
    }
  });
});
