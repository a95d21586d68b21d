import { appendFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { encodeFrame, type JournalRecord } from "../../../src/chain/ledger/frame.ts";
import { openJournalPrefix } from "../../../src/chain/ledger/journalPrefix.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { withFileHandle } from "./fileHandle.ts";
import { withDataDir } from "./ledgerFixture.ts";
import { type Prefix, prefixOf } from "./prefixFixture.ts";

const genesis: JournalRecord = { type: "genesis", chainId: 7, genesisSeconds: 1, engine: "any", hash: "0xee" };
const clock: JournalRecord = { type: "clock", offsetSeconds: 5 };
const none: JournalRecord = { type: "void" };
const rawOf = (name: number): string => `0x0${name}`;
const sent = (name: number): JournalRecord => ({ type: "transaction", raw: rawOf(name), timestamp: 1 });
const block = (number: number): JournalRecord => ({ type: "block", number, hash: "0xbb" });
const journalOf = (...frames: JournalRecord[][]): Buffer => Buffer.concat(frames.map(encodeFrame));
const first: JournalRecord[] = [genesis, clock];

describe("a journal as far as a store knows it, frame by frame", () => {
  /** The store knows up to this block, and has signed what is named. */
  interface Case {
    readonly block?: number;
    readonly signed?: readonly number[];
  }

  async function cut(whole: Buffer, { block: known = -1, signed = [] }: Case): Promise<Prefix> {
    let prefix: Prefix | undefined;
    await withDataDir(async (dataDir) => {
      await writeFile(join(dataDir, "ledger.journal"), whole);
      prefix = await prefixOf(dataDir, known, signed.map(rawOf));
    });
    if (!prefix) throw new Error("nothing was read");
    return prefix;
  }

  async function expectCut(frames: JournalRecord[][], known: Case, kept: JournalRecord[][]): Promise<void> {
    const { bytes, lastBlock } = await cut(journalOf(...frames), known);
    expect(bytes.toString()).to.equal(journalOf(...kept).toString());
    expect(lastBlock).to.equal(kept.flat().filter(({ type }) => type === "block").length);
  }

  async function codeOf(whole: Buffer, known: Case = {}): Promise<unknown> {
    const failure: unknown = await cut(whole, known).catch((error: unknown) => error);
    return failure instanceof AppError ? failure.code : failure;
  }

  it("keeps of a group what is known and as many settlements, blocks or not, over as many frames as they take", async () => {
    const group = [sent(1), sent(2), sent(3)];
    await expectCut([first, group, [block(1), none, block(2)]], { signed: [1, 2] }, [
      first,
      [sent(1), sent(2)],
      [block(1), none],
    ]);
    await expectCut([first, group, [block(1)], [clock], [block(2)], [none]], { signed: [1, 2] }, [
      first,
      [sent(1), sent(2)],
      [block(1), block(2)],
    ]);
  });

  it("counts what an earlier frame left open", async () => {
    const frames = [first, [sent(1)], [sent(2), sent(3)], [block(1), block(2), block(3)]];
    const kept = [first, [sent(1)], [sent(2)], [block(1), block(2)]];
    await expectCut(frames, { signed: [1, 2] }, kept);
    await expectCut(frames, { block: 2 }, kept);
    await expectCut(frames, { block: 1 }, [first, [sent(1)], [block(1)]]);
  });

  it("counts a transaction that made no block as settled, and its number as free", async () => {
    const frames = [first, [sent(1)], [none], [sent(2)], [block(1)], [sent(3)], [block(2)]];
    await expectCut(frames, { block: 1, signed: [1] }, frames.slice(0, 5));
    await expectCut(frames, { block: 2, signed: [1] }, frames);
  });

  it("is not read behind its end: what stands there may be half written", async () => {
    const damaged = Buffer.concat([Buffer.from("no frame\n"), journalOf([block(1)])]);
    const begin = journalOf(first, [sent(1), sent(2)]);
    expect(await cut(Buffer.concat([begin, damaged]), {})).to.deep.equal({ bytes: journalOf(first), lastBlock: 0 });
    const settled = Buffer.concat([begin, journalOf([block(1)]), damaged]);
    expect((await cut(settled, { signed: [1] })).lastBlock).to.equal(1);
    expect(await codeOf(settled, { signed: [1, 2] })).to.equal("ledger.journal_corrupt");
  });

  it("is refused when it is no journal of a ledger", async () => {
    expect(await codeOf(Buffer.alloc(0)), "empty").to.equal("ledger.journal_foreign");
    expect(await codeOf(journalOf([clock], [genesis])), "without a beginning").to.equal("ledger.journal_foreign");
  });

  it("is not taken for absent when it cannot be opened", () =>
    withDataDir(async (dataDir) => {
      await writeFile(join(dataDir, "file"), "");
      const known = { block: 0, openAttempts: new Set<string>() };
      const failure: unknown = await openJournalPrefix(join(dataDir, "file"), known).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "ENOTDIR");
    }));

  it("comes in pieces of one MiB, the last one shorter and none empty", async () => {
    const mebibyte = 1_048_576;
    const padding = (bytes: number): JournalRecord => ({
      type: "transaction",
      raw: `0x${"0".repeat(bytes)}`,
      timestamp: 1,
    });
    const rest = 2 * mebibyte - journalOf(first, [padding(0)]).length;
    for (const [more, sizes] of [
      [0, [mebibyte, mebibyte]],
      [9, [mebibyte, mebibyte, 9]],
    ] as const) {
      await withDataDir(async (dataDir) => {
        const path = join(dataDir, "ledger.journal");
        const taken = journalOf(first, [padding(rest + more)]);
        await writeFile(path, Buffer.concat([taken, journalOf([sent(2)])]));
        const journal = await openJournalPrefix(dataDir, { block: 1, openAttempts: new Set() });
        const pieces: Buffer[] = [];
        for await (const piece of journal?.bytes() ?? []) pieces.push(piece);
        expect(pieces.map(({ length }) => length)).to.deep.equal(sizes);
        expect(Buffer.concat(pieces).equals(taken)).to.equal(true);
        await journal?.close();
      });
    }
  });

  it("says where it ends when the file became shorter meanwhile, and reads nothing once it is closed", () =>
    withDataDir(async (dataDir) => {
      const path = join(dataDir, "ledger.journal");
      await writeFile(path, journalOf(first));
      const journal = await openJournalPrefix(dataDir, { block: 0, openAttempts: new Set() });
      expect(journal).to.include({ chainId: 7, genesisHash: "0xee", lastBlock: 0 });
      await truncate(path, 11);
      const short: unknown = await journal
        ?.bytes()
        .next()
        .catch((error: unknown) => error);
      expect(short).to.deep.include({ code: "ledger.journal_corrupt", facts: { offsetBytes: 11 } });
      await journal?.close();
      expect(
        await journal
          ?.bytes()
          .next()
          .catch((error: unknown) => error),
      ).to.have.property("code", "EBADF");
    }));

  it("is read once more when it looked damaged, and only then", () =>
    withDataDir(async (dataDir) => {
      const path = join(dataDir, "ledger.journal");
      const whole = journalOf(first, [sent(1)], [block(1)]);
      const halfWritten = Buffer.from(whole).fill(0, 140, 150);
      const known = { block: 1, openAttempts: new Set<string>() };
      let looks = 0;
      const looking = async (second: Buffer) => {
        looks += 1;
        if (looks === 2) await writeFile(path, second);
      };
      await writeFile(path, halfWritten);
      await withFileHandle({ stat: () => looking(whole) }, async () => {
        const journal = await openJournalPrefix(dataDir, known);
        expect(journal).to.include({ lastBlock: 1, sizeBytes: whole.length });
        await journal?.close();
        expect(looks).to.equal(2);
      });
      looks = 0;
      await writeFile(path, journalOf([clock]));
      await withFileHandle({ stat: () => looking(whole) }, async () => {
        const failure: unknown = await openJournalPrefix(dataDir, known).catch((error: unknown) => error);
        expect(failure).to.have.property("code", "ledger.journal_foreign");
        expect(looks).to.equal(1);
      });
    }));

  it("ends where the file ended when it was looked at, whatever is written behind that meanwhile", () =>
    withDataDir(async (dataDir) => {
      const path = join(dataDir, "ledger.journal");
      await writeFile(path, journalOf(first));
      const later = () => appendFile(path, journalOf([sent(1)], [block(1)]));
      await withFileHandle({ afterStat: later }, async () => {
        const journal = await openJournalPrefix(dataDir, { block: 5, openAttempts: new Set() });
        expect(journal).to.include({ lastBlock: 0, sizeBytes: journalOf(first).length });
        await journal?.close();
      });
    }));
});
