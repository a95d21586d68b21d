import { expect } from "chai";
import * as fc from "fast-check";
import {
  decodeFrame,
  encodeFrame,
  FRAME_OVERHEAD_BYTES,
  isTorn,
  type JournalRecord,
  SETTLEMENT_BYTES_MAX,
} from "../../../src/chain/ledger/frame.ts";
import { AppError } from "../../../src/shared/errors.ts";

const seconds = fc.nat();
const hex = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const records: fc.Arbitrary<JournalRecord[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("transaction" as const), raw: hex, timestamp: seconds }),
    fc.record({ type: fc.constant("block" as const), number: seconds, hash: hex }),
    fc.record({ type: fc.constant("clock" as const), offsetSeconds: fc.integer() }),
    fc.record({ type: fc.constant("void" as const) }),
  ),
  { minLength: 1, maxLength: 5 },
);

function withoutNewline(frame: Buffer): Buffer {
  return frame.subarray(0, -1);
}

describe("A journal frame", () => {
  it("reads back exactly what was written, on one line", () => {
    void fc.assert(
      fc.property(records, (written) => {
        const frame = encodeFrame(written);
        expect(frame.indexOf("\n")).to.equal(frame.length - 1);
        expect(decodeFrame(withoutNewline(frame))).to.deep.equal(written);
      }),
    );
  });

  it("is not read when any one bit of it is changed", () => {
    void fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 0, max: 7 }), (written, at, bit) => {
        const line = Buffer.from(withoutNewline(encodeFrame(written)));
        const index = at % line.length;
        line.writeUInt8(line.readUInt8(index) ^ (1 << bit), index);
        expect(decodeFrame(line)).to.equal(undefined);
      }),
    );
  });

  it("counts as torn when any prefix of it is the end of the file, with zeros behind it or in its place", () => {
    void fc.assert(
      fc.property(records, fc.nat(), fc.nat(200), (written, at, zeros) => {
        const frame = encodeFrame(written);
        const kept = at % frame.length;
        const tail = Buffer.concat([frame.subarray(0, kept), Buffer.alloc(zeros)]);
        expect(isTorn(tail)).to.equal(true);
        // The first page did not reach the disk, the later ones did.
        expect(isTorn(Buffer.concat([Buffer.alloc(kept + 1), frame.subarray(kept + 1)]))).to.equal(true);
      }),
    );
  });

  it("counts as damage when anything stands behind it", () => {
    void fc.assert(
      fc.property(records, records, fc.nat(), (damaged, next, at) => {
        const first = Buffer.from(encodeFrame(damaged));
        const index = at % first.length;
        first.writeUInt8(first.readUInt8(index) ^ 1, index);
        expect(isTorn(Buffer.concat([first, encodeFrame(next)]))).to.equal(false);
      }),
    );
  });

  it("of another version is refused instead of being cut off", () => {
    const frame = encodeFrame([{ type: "novelty" } as unknown as JournalRecord]);
    expect(() => decodeFrame(withoutNewline(frame)))
      .to.throw(AppError)
      .with.property("code", "ledger.journal_foreign");
  });

  it("that settles transactions fits the room that is reserved for it", () => {
    const hash = `0x${"f".repeat(64)}`;
    const settlements = Array.from({ length: 256 }, () => ({
      type: "block" as const,
      number: Number.MAX_SAFE_INTEGER,
      hash,
    }));
    const reserved = FRAME_OVERHEAD_BYTES + SETTLEMENT_BYTES_MAX * settlements.length;
    expect(encodeFrame(settlements).length).to.be.at.most(reserved);
  });
});
