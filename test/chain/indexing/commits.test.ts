import { expect } from "chai";
import { createCommits } from "../../../src/chain/indexing/commits.ts";
import type { DecodedBlock } from "../../../src/domain/ledgerEvent.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { hash } from "../../store/blockFixture.ts";

const blocksOf = (...events: readonly number[]): DecodedBlock[] =>
  events.map((count, number) => ({
    block: { number, hash: hash(number), parentHash: hash(number), timestamp: number },
    events: Array.from({ length: count }, () => ({})) as unknown as DecodedBlock["events"],
    transactions: [],
  }));

describe("the sizes of commits", () => {
  const sizes = (commits: ReturnType<typeof createCommits>, blocks: readonly DecodedBlock[]) =>
    [...commits.partsOf(blocks)].map((part) => part.length);

  it("are 500 blocks and events together, each block once and in order", () => {
    const blocks = blocksOf(...Array.from({ length: 130 }, () => 9));
    const parts = [...createCommits().partsOf(blocks)];
    expect(parts.map((part) => part.length)).to.deep.equal([50, 50, 30]);
    expect(parts.flat()).to.deep.equal(blocks);
  });

  it("take a block that is larger than a commit alone", () => {
    expect(sizes(createCommits(), blocksOf(3, 5_000, 2, 1))).to.deep.equal([1, 1, 2]);
    expect(sizes(createCommits(), blocksOf(5_000, 5_000))).to.deep.equal([1, 1]);
  });

  it("fill a commit to the last event", () => {
    expect(sizes(createCommits(), blocksOf(249, 249, 0))).to.deep.equal([2, 1]);
    expect(sizes(createCommits(), blocksOf(249, 250, 0))).to.deep.equal([1, 2]);
  });

  it("are none for no blocks", () => {
    expect(sizes(createCommits(), [])).to.deep.equal([]);
  });

  it("double with each commit that goes well, up to 2,000", async () => {
    const commits = createCommits();
    const blocks = blocksOf(...Array.from({ length: 2_500 }, () => 0));
    const firsts: (number | undefined)[] = [];
    for (let time = 0; time < 4; time += 1) {
      firsts.push(sizes(commits, blocks)[0]);
      await commits.tried(async () => undefined);
    }
    expect(firsts).to.deep.equal([500, 1_000, 2_000, 2_000]);
  });

  it("grow between the parts of one range", async () => {
    const commits = createCommits();
    const found: number[] = [];
    for (const part of commits.partsOf(blocksOf(...Array.from({ length: 1_800 }, () => 0)))) {
      found.push(part.length);
      await commits.tried(async () => undefined);
    }
    expect(found).to.deep.equal([500, 1_000, 300]);
  });

  it("are halved by a commit that took too long, and by no other fault", async () => {
    const commits = createCommits();
    const blocks = blocksOf(...Array.from({ length: 600 }, () => 0));
    const tryWith = (error: Error) =>
      commits
        .tried(() => Promise.reject(error))
        .then(
          () => "done",
          (caught: unknown) => caught,
        );
    const faults = [new AppError("store.unavailable"), new Error("store.transaction_timeout")];
    for (const fault of faults) expect(await tryWith(fault)).to.equal(fault);
    expect(sizes(commits, blocks)[0]).to.equal(500);
    const tooLong = new AppError("store.transaction_timeout");
    expect(await tryWith(tooLong)).to.equal(tooLong);
    expect(sizes(commits, blocks)[0]).to.equal(250);
  });
});
