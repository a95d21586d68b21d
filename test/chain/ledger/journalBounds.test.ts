import { expect } from "chai";
import {
  encodeFrame,
  FRAME_BYTES_MAX,
  FRAME_OVERHEAD_BYTES,
  type JournalRecord,
} from "../../../src/chain/ledger/frame.ts";
import { createJournal } from "../../../src/chain/ledger/journal.ts";
import { createMemoryFile, type MemoryFile } from "./memoryFile.ts";

const clock = (offsetSeconds: number): JournalRecord[] => [{ type: "clock", offsetSeconds }];

/** A record whose frame has this many bytes. */
function recordOf(frameBytes: number): JournalRecord {
  const empty = encodeFrame([{ type: "transaction", raw: "0x", timestamp: 1 }]).length;
  return { type: "transaction", raw: `0x${"0".repeat(frameBytes - empty)}`, timestamp: 1 };
}

async function open(file: MemoryFile) {
  const journal = await createJournal(file);
  const sizes: number[] = [];
  const ends: number[] = [];
  for await (const { records, endBytes } of journal.read()) {
    sizes.push(records.length);
    ends.push(endBytes);
  }
  return { journal, sizes, ends };
}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("The bounds of the journal", () => {
  it("are not written before it is read", async () => {
    const file = createMemoryFile(encodeFrame(clock(1)));
    const journal = await createJournal(file);
    expect(await failureOf(journal.append(clock(2)))).to.have.property(
      "message",
      "invariant: the journal is read before it is written",
    );
    await journal.close();
    expect(file.content(), "nor cut").to.deep.equal(encodeFrame(clock(1)));
  });

  it("are frames of sixteen MiB, which are read and written, and no longer ones", async () => {
    const file = createMemoryFile();
    const { journal } = await open(file);
    await journal.append([recordOf(FRAME_BYTES_MAX)]);
    expect(file.content().length).to.equal(FRAME_BYTES_MAX);
    expect(await failureOf(journal.append([recordOf(FRAME_BYTES_MAX + 1)]))).to.have.property(
      "message",
      "invariant: a frame fits its bound",
    );
    await journal.append(clock(2));
    expect((await open(createMemoryFile(file.content()))).sizes).to.deep.equal([1, 1]);
  });

  it("are not seen by frames that lie over the edges of what is read at once", async () => {
    const mebibyte = 1_048_576;
    const records = [mebibyte - 1, 1_000, mebibyte, mebibyte + 1, 3 * mebibyte].map(recordOf);
    const frames = records.map((record) => encodeFrame([record]));
    const file = createMemoryFile(Buffer.concat(frames));
    const { journal, sizes, ends } = await open(file);
    expect(sizes).to.deep.equal([1, 1, 1, 1, 1]);
    expect(ends.at(0)).to.equal(mebibyte - 1);
    expect(ends.at(-1)).to.equal(file.content().length);
    expect(journal.sizeBytes).to.equal(file.content().length);
    expect(journal.cutBytes()).to.equal(0);
  });

  it("tell a torn write from damage: a tail longer than a frame is none", async () => {
    const whole = encodeFrame(clock(1));
    const zeros = createMemoryFile(Buffer.concat([whole, Buffer.alloc(FRAME_BYTES_MAX)]));
    const { journal } = await open(zeros);
    expect(journal.cutBytes()).to.equal(FRAME_BYTES_MAX);
    expect(zeros.content()).to.deep.equal(whole);
    const longer = createMemoryFile(Buffer.concat([whole, Buffer.alloc(FRAME_BYTES_MAX + 1)]));
    const failure = await failureOf(open(longer));
    expect(failure).to.deep.include({
      code: "ledger.journal_corrupt",
      facts: { offsetBytes: whole.length, sizeBytes: whole.length + FRAME_BYTES_MAX + 1 },
    });
    expect(longer.content().length, "left as it is").to.equal(whole.length + FRAME_BYTES_MAX + 1);
  });

  it("hold for reading too: a file without lines is not read to its end", async () => {
    const file = createMemoryFile(Buffer.alloc(2 * FRAME_BYTES_MAX));
    const { read } = file;
    let readTo = 0;
    file.read = (position, length) => {
      readTo = Math.max(readTo, position + length);
      return read(position, length);
    };
    expect(await failureOf(open(file))).to.have.property("code", "ledger.journal_corrupt");
    expect(readTo).to.be.within(FRAME_BYTES_MAX, FRAME_BYTES_MAX + 2 * 1_048_576);
  });

  it("leave a whole file alone when it is read", async () => {
    const file = createMemoryFile(encodeFrame(clock(1)));
    await open(file);
    expect(file.operations()).to.equal(0);
  });

  it("let a fault that is no full disk through as it is", async () => {
    const faults = [Object.assign(new Error("broken"), { code: "EIO" }), new Error("broken"), "broken"];
    for (const fault of faults) {
      const file = createMemoryFile();
      const { journal } = await open(file);
      file.write = () => Promise.reject(fault);
      expect(await failureOf(journal.append(clock(1)))).to.equal(fault);
    }
  });

  it("know every word for a full disk", async () => {
    for (const code of ["ENOSPC", "EDQUOT", "EFBIG"]) {
      const file = createMemoryFile();
      const { journal } = await open(file);
      const cause = Object.assign(new Error("full"), { code });
      file.sync = () => Promise.reject(cause);
      const { truncate } = file;
      file.truncate = async (size) => {
        file.sync = () => Promise.resolve();
        await truncate(size);
      };
      expect(await failureOf(journal.append(clock(1))), code).to.deep.include({ code: "ledger.disk_full", cause });
      expect(file.content().length, "as it was before").to.equal(0);
    }
  });

  it("count the same for a frame as encoding does", () => {
    const text = JSON.stringify(clock(1));
    expect(encodeFrame(clock(1)).length).to.be.at.most(text.length + FRAME_OVERHEAD_BYTES);
  });
});
