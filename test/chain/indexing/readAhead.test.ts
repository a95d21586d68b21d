import { expect } from "chai";
import type { ReadRange } from "../../../src/chain/indexing/rangeReader.ts";
import { createReadAhead } from "../../../src/chain/indexing/readAhead.ts";
import type { ReadBlock } from "../../../src/chain/indexing/wireBlock.ts";
import { RpcError } from "../../../src/chain/rpc.ts";
import { hash } from "../../store/blockFixture.ts";
import { unhandledDuring } from "./unhandled.ts";

/** A reader that notes what it is asked for; `give` says what comes of it. */
function build(give: (from: number, to: number) => Promise<ReadRange> = async (from, to) => rangeOf(from, to)) {
  const asked: [from: number, to: number][] = [];
  const ahead = createReadAhead((from, to) => {
    asked.push([from, to]);
    return give(from, to);
  });
  return { ahead, asked };
}

/** Blocks with so many receipts each. */
function rangeOf(from: number, to: number, receipts = 0): ReadRange {
  const blocks = Array.from({ length: to - from + 1 }, (_, index) => {
    const block = { number: `0x${(from + index).toString(16)}`, hash: hash(from + index, "b") };
    return { block, receipts: Array.from({ length: receipts }, () => ({})) } as unknown as ReadBlock;
  });
  return { endpoint: "one", previousHash: from === 0 ? undefined : hash(from - 1, "b"), blocks };
}

const numbersOf = ({ blocks }: ReadRange) => blocks.map(({ block }) => Number(block.number));
const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail("it went well"),
    (error: unknown) => error,
  );

describe("reading ranges ahead", () => {
  it("reads three ranges of 32 blocks side by side, and gives the first", async () => {
    const { ahead, asked } = build();
    expect(ahead.width()).to.equal(32);
    const range = await ahead.next({ from: 10, head: 1_000, final: 7 });
    expect(asked).to.deep.equal([
      [10, 41],
      [42, 73],
      [74, 105],
    ]);
    expect(numbersOf(range)).to.deep.equal(Array.from({ length: 32 }, (_, index) => 10 + index));
    expect(range).to.include({ endpoint: "one", previousHash: hash(9, "b"), final: 7 });
  });

  it("goes no further than the head, and reads nothing twice", async () => {
    const { ahead, asked } = build();
    await ahead.next({ from: 0, head: 40, final: -1 });
    const second = await ahead.next({ from: 32, head: 40, final: -1 });
    expect(asked).to.deep.equal([
      [0, 31],
      [32, 40],
    ]);
    expect(numbersOf(second)).to.deep.equal([32, 33, 34, 35, 36, 37, 38, 39, 40]);
  });

  it("reads a single block, and refuses to read above the head", async () => {
    const { ahead, asked } = build();
    expect(numbersOf(await ahead.next({ from: 5, head: 5, final: -1 }))).to.deep.equal([5]);
    expect(await faultOf(ahead.next({ from: 6, head: 5, final: -1 }))).to.match(/invariant: .*above the head/);
    expect(asked).to.deep.equal([[5, 5]]);
  });

  it("goes on behind what it has read already, with what was final when each range was asked for", async () => {
    const { ahead, asked } = build();
    await ahead.next({ from: 0, head: 400, final: 3 });
    const second = await ahead.next({ from: 32, head: 400, final: 50 });
    expect(second.final, "known before its reading").to.equal(3);
    expect(asked.slice(3), "of the new width").to.deep.equal([[96, 159]]);
    await ahead.next({ from: 64, head: 400, final: 60 });
    expect((await ahead.next({ from: 96, head: 400, final: 70 })).final).to.equal(50);
  });

  it("forgets what it read when something else is wanted, or the head is lower now", async () => {
    const { ahead, asked } = build();
    await ahead.next({ from: 0, head: 100, final: -1 });
    asked.length = 0;
    await ahead.next({ from: 20, head: 100, final: -1 });
    expect(asked[0], "another place").to.deep.equal([20, 83]);
    asked.length = 0;
    await ahead.next({ from: 84, head: 90, final: -1 });
    expect(asked, "a lower head").to.deep.equal([[84, 90]]);
  });

  it("keeps what ends at the head exactly", async () => {
    const { ahead, asked } = build();
    await ahead.next({ from: 0, head: 63, final: -1 });
    await ahead.next({ from: 32, head: 63, final: -1 });
    expect(asked).to.deep.equal([
      [0, 31],
      [32, 63],
    ]);
  });

  it("forgets what it read when it is told to", async () => {
    const { ahead, asked } = build();
    await ahead.next({ from: 0, head: 63, final: -1 });
    ahead.drop();
    await ahead.next({ from: 32, head: 63, final: -1 });
    expect(asked.slice(2)).to.deep.equal([[32, 63]]);
  });

  it("forgets what comes after a range that ended early", async () => {
    let isShort = true;
    const { ahead, asked } = build((from, to) => {
      const end = isShort ? from + 9 : to;
      isShort = false;
      return Promise.resolve(rangeOf(from, end));
    });
    expect(numbersOf(await ahead.next({ from: 0, head: 63, final: -1 }))).to.have.length(10);
    const range = await ahead.next({ from: 10, head: 63, final: -1 });
    expect(numbersOf(range)[0]).to.equal(10);
    expect(asked[2]?.[0]).to.equal(10);
  });

  it("says that a range could not be read when its turn comes, and not before", async () => {
    const fault = new Error("no answer");
    const { ahead } = build((from, to) => (from === 32 ? Promise.reject(fault) : Promise.resolve(rangeOf(from, to))));
    const unhandled = await unhandledDuring(async () => {
      expect(numbersOf(await ahead.next({ from: 0, head: 100, final: -1 }))).to.have.length(32);
    });
    expect(unhandled).to.deep.equal([]);
    expect(await faultOf(ahead.next({ from: 32, head: 100, final: -1 }))).to.equal(fault);
  });
});

describe("the width of ranges", () => {
  /** One range at a time: the head is where it ends. */
  async function readOne({ ahead }: ReturnType<typeof build>, from: number, length: number): Promise<void> {
    await ahead.next({ from, head: from + length - 1, final: -1 });
  }

  it("doubles with each whole one, up to 256", async () => {
    const built = build();
    const widths: number[] = [];
    for (let from = 0; widths.length < 5; ) {
      const width = built.ahead.width();
      await readOne(built, from, width);
      from += width;
      widths.push(built.ahead.width());
    }
    expect(widths).to.deep.equal([64, 128, 256, 256, 256]);
  });

  it("stays after one that the head cut off", async () => {
    const built = build();
    await readOne(built, 0, 31);
    expect(built.ahead.width()).to.equal(32);
  });

  it("is halved by more than 2,000 receipts, and not by as many", async () => {
    const many = build(async (from, to) => rangeOf(from, to, 63));
    await readOne(many, 0, 32);
    expect(many.ahead.width(), "2,016").to.equal(16);
    const enough = build(async (from, to) => rangeOf(from, to, 80));
    await readOne(enough, 0, 25);
    expect(enough.ahead.width(), "2,000").to.equal(32);
  });

  it("is halved when that was too much, or becomes what is allowed", async () => {
    for (const [message, width] of [
      ["response too large", 16],
      ["block range limited to a 5 blocks range", 5],
    ] as const) {
      const built = build(() => Promise.reject(new RpcError(-32_000, message, undefined)));
      await faultOf(readOne(built, 0, 32));
      expect(built.ahead.width(), message).to.equal(width);
    }
  });

  it("is not changed by another fault", async () => {
    const built = build(() => Promise.reject(new Error("no answer")));
    await faultOf(readOne(built, 0, 32));
    expect(built.ahead.width()).to.equal(32);
  });
});
