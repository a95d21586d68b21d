import { expect } from "chai";
import { encodeFrame, type JournalRecord } from "../../../src/chain/ledger/frame.ts";
import { createJournal, type Journal } from "../../../src/chain/ledger/journal.ts";
import type { Code } from "../../../src/shared/errors/codes.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createMemoryFile, type MemoryFile } from "./memoryFile.ts";

const clocks = [1, 2, 3].map((offsetSeconds): JournalRecord[] => [{ type: "clock", offsetSeconds }]);
const whole = Buffer.concat(clocks.map(encodeFrame));

async function readAll(file: MemoryFile): Promise<{ journal: Journal; frames: (readonly JournalRecord[])[] }> {
  const journal = await createJournal(file);
  const frames: (readonly JournalRecord[])[] = [];
  for await (const { records } of journal.read()) frames.push(records);
  return { journal, frames };
}

async function codeOf(work: Promise<unknown>): Promise<Code | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe("The journal", () => {
  it("gives back all frames in order, and appends after them", async () => {
    const file = createMemoryFile(whole);
    const { journal, frames } = await readAll(file);
    expect(frames).to.deep.equal(clocks);
    await journal.append([{ type: "clock", offsetSeconds: 4 }]);
    expect((await readAll(createMemoryFile(file.content()))).frames).to.have.length(4);
  });

  it("cuts a torn last record off, wherever it was torn", async () => {
    const last = encodeFrame([{ type: "clock", offsetSeconds: 4 }]);
    for (let kept = 0; kept < last.length; kept += 1) {
      const file = createMemoryFile(Buffer.concat([whole, last.subarray(0, kept)]));
      expect((await readAll(file)).frames).to.deep.equal(clocks);
      expect(file.content()).to.deep.equal(whole);
    }
  });

  it("refuses a record that is corrupt in the middle, wherever it is hit, and leaves the file as it is", async () => {
    const end = whole.length - encodeFrame(clocks[2] ?? []).length;
    for (let at = 0; at < end; at += 1) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at);
      const file = createMemoryFile(damaged);
      expect(await codeOf(readAll(file)), `byte ${at}`).to.equal("ledger.journal_corrupt");
      expect(file.content()).to.deep.equal(damaged);
    }
  });

  it("on a full disk refuses a record and is as it was before", async () => {
    const file = createMemoryFile(whole);
    const { journal } = await readAll(file);
    file.limit(whole.length + 10);
    expect(await codeOf(journal.append([{ type: "void" }]))).to.equal("ledger.disk_full");
    expect(file.content()).to.deep.equal(whole);
    file.limit(Number.POSITIVE_INFINITY);
    await journal.append([{ type: "void" }]);
    expect((await readAll(createMemoryFile(file.content()))).frames).to.have.length(4);
  });

  it("keeps the reserved room for the next record when the disk fills up in between", async () => {
    const file = createMemoryFile(whole);
    const { journal } = await readAll(file);
    await journal.append([{ type: "clock", offsetSeconds: 4 }], 200);
    file.limit(file.content().length);
    await journal.append([{ type: "clock", offsetSeconds: 5 }]);
    expect((await readAll(createMemoryFile(file.content()))).frames).to.have.length(5);
  });

  it("gives unused reserve back when it is closed", async () => {
    const file = createMemoryFile(whole);
    const { journal } = await readAll(file);
    await journal.append([{ type: "void" }], 5_000);
    await journal.close();
    expect(file.content()).to.deep.equal(Buffer.concat([whole, encodeFrame([{ type: "void" }])]));
  });
});
