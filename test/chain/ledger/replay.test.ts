import { expect } from "chai";
import { CHAIN_ID } from "../../../src/chain/ledger/engine.ts";
import { decodeFrame, encodeFrame, type JournalRecord } from "../../../src/chain/ledger/frame.ts";
import { createJournal } from "../../../src/chain/ledger/journal.ts";
import { type Replayed, type ReplayProgress, replay } from "../../../src/chain/ledger/replay.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createSigner, GENESIS_SECONDS, mine, openTestLedger, WALL_SECONDS } from "./ledgerFixture.ts";
import { createMemoryFile } from "./memoryFile.ts";

type Frame = readonly JournalRecord[];

const bytesOf = (frames: readonly Frame[]): Buffer => Buffer.concat(frames.map(encodeFrame));

async function replayFrames(frames: readonly Frame[]) {
  const progress: ReplayProgress[] = [];
  const journal = await createJournal(createMemoryFile(bytesOf(frames)));
  const replayed = await replay(journal, (made) => progress.push(made));
  await replayed?.engine.close();
  return { replayed, progress };
}

/** What became of it, without the engine. */
async function resultOf(frames: readonly Frame[]): Promise<Omit<Replayed, "engine"> | undefined> {
  const { replayed } = await replayFrames(frames);
  if (!replayed) return undefined;
  const { engine: _, ...result } = replayed;
  return result;
}

async function refusalOf(frames: readonly Frame[]): Promise<{ code: string; facts: object }> {
  const failure: unknown = await replayFrames(frames).catch((error: unknown) => error);
  if (!(failure instanceof AppError)) throw new Error(`not refused: ${String(failure)}`);
  return { code: failure.code, facts: failure.facts };
}

/** The frames of a ledger that was given groups of so many transactions. */
async function journalOf(groups: readonly number[]): Promise<readonly Frame[]> {
  const { ledger, file } = await openTestLedger();
  const signer = createSigner();
  for (const size of groups) {
    const raws = await Promise.all(Array.from({ length: size }, () => signer.sign()));
    await Promise.all(raws.map((raw) => mine(ledger, raw)));
  }
  await ledger.close();
  const lines = file.content().toString().split("\n").slice(0, -1);
  return lines.map((line) => decodeFrame(Buffer.from(line)) ?? []);
}

describe("the replay of a journal", () => {
  /** Genesis and clock; one transaction, its block; a group of three, their blocks. */
  let frames: readonly Frame[];
  let first: Frame;
  const offsetSeconds = GENESIS_SECONDS - WALL_SECONDS;
  const clock: JournalRecord = { type: "clock", offsetSeconds: 7 };
  const none: JournalRecord = { type: "void" };

  before(async () => {
    frames = await journalOf([1, 3]);
    first = frames[0] ?? [];
  });

  const blockNumbered = (number: number): Extract<JournalRecord, { type: "block" }> => {
    const found = frames.flat().find((record) => record.type === "block" && record.number === number);
    if (found?.type !== "block") throw new Error(`no block ${number}`);
    return found;
  };
  const transactions = () => frames.flat().filter((record) => record.type === "transaction");
  const withBlocks = (change: (block: Extract<JournalRecord, { type: "block" }>) => JournalRecord) =>
    frames.map((frame) => frame.map((record) => (record.type === "block" ? change(record) : record)));

  it("gives blocks, time and what is open, oldest first; the last word on the clock holds", async () => {
    const state = { genesisSeconds: GENESIS_SECONDS, offsetSeconds };
    expect(await resultOf(frames)).to.deep.equal({ ...state, blocks: 4, open: [] });
    const [one, ...rest] = transactions();
    const opened = [...frames.slice(0, 3), [clock], frames[3] ?? []];
    expect(await resultOf(opened)).to.deep.equal({ ...state, offsetSeconds: 7, blocks: 1, open: rest });
    expect(await resultOf(frames.slice(0, 2))).to.deep.equal({ ...state, blocks: 0, open: [one] });
    expect(await resultOf(frames.slice(0, 1))).to.deep.equal({ ...state, blocks: 0, open: [] });
  });

  it("takes a transaction that made no block for settled", async () => {
    const [one] = transactions();
    const settled = [first, [one ?? none], [none], ...frames.slice(1)];
    expect(await resultOf(settled))
      .to.include({ blocks: 4 })
      .and.to.deep.include({ open: [] });
  });

  it("of nothing is nothing", async () => {
    expect(await resultOf([])).to.equal(undefined);
  });

  it("is refused for a journal that does not begin with genesis and clock of this chain, and nothing else", async () => {
    const [genesis, time] = first;
    if (genesis?.type !== "genesis" || time?.type !== "clock") throw new Error("the ledger writes both");
    for (const begin of [[time, genesis], [genesis], [genesis, none], [none, time], [genesis, time, time]]) {
      expect(await refusalOf([begin])).to.deep.equal({ code: "ledger.journal_foreign", facts: { chainId: CHAIN_ID } });
    }
    const elsewhere = await refusalOf([[{ ...genesis, chainId: 1 }, time]]);
    expect(elsewhere).to.deep.equal({ code: "ledger.journal_foreign", facts: { chainId: CHAIN_ID } });
  });

  it("names the first block that differs, with both hashes", async () => {
    const wrong = `0x${"ab".repeat(32)}`;
    for (const from of [1, 3, 4]) {
      const altered = withBlocks((block) => (block.number < from ? block : { ...block, hash: wrong }));
      const facts = { number: from, journalled: wrong, replayed: blockNumbered(from).hash };
      expect(await refusalOf(altered)).to.deep.equal({ code: "ledger.hash_differs", facts });
    }
  });

  it("compares the genesis block before it executes anything", async () => {
    const [genesis, time] = first;
    if (genesis?.type !== "genesis" || !time) throw new Error("the ledger writes both");
    const altered = [[{ ...genesis, hash: "0xab" }, time], [transactions()[1] ?? none], [blockNumbered(1)]];
    const facts = { number: 0, journalled: "0xab", replayed: genesis.hash };
    expect(await refusalOf(altered)).to.deep.equal({ code: "ledger.hash_differs", facts });
  });

  it("says which block has a transaction that the engine refuses", async () => {
    const journalled = blockNumbered(2).hash;
    const [, , third] = transactions();
    const skipping = [...frames.slice(0, 3), [third ?? none], [blockNumbered(2)]];
    expect(await refusalOf(skipping)).to.deep.equal({ code: "ledger.hash_differs", facts: { number: 2, journalled } });
  });

  it("is refused where records contradict each other, with the block's number", async () => {
    const corrupt = (number: number) => ({ code: "ledger.journal_corrupt", facts: { number } });
    const skipping = withBlocks((block) => (block.number === 3 ? { ...block, number: 4 } : block));
    expect(await refusalOf(skipping), "a number is left out").to.deep.equal(corrupt(4));
    expect(await refusalOf([first, [blockNumbered(1)]]), "no transaction").to.deep.equal(corrupt(1));
    expect(await refusalOf([...frames, [none]]), "nothing to settle").to.deep.equal(corrupt(5));
    expect(await refusalOf([...frames.slice(0, 3), first]), "a second beginning").to.deep.equal(corrupt(2));
    const second = [...frames.slice(0, 4), first];
    expect(await refusalOf(second), "a second beginning while something is open").to.deep.equal(corrupt(2));
  });

  it("tells how far it is, once for 256 blocks and at the end", async () => {
    const long = await journalOf([1, 255, 3]);
    const { progress } = await replayFrames(long);
    const sizeBytes = bytesOf(long).length;
    expect(progress).to.deep.equal([
      { blocks: 256, readBytes: bytesOf(long.slice(0, 5)).length, sizeBytes },
      { blocks: 259, readBytes: sizeBytes, sizeBytes },
    ]);
  });
});
