import { expect } from "chai";
import { createProgress } from "../../../src/chain/indexing/progress.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";

describe("the state of the index", () => {
  let clock: ReturnType<typeof createFixedClock>;
  let progress: ReturnType<typeof createProgress>;
  beforeEach(() => {
    clock = createFixedClock(1_000_000);
    progress = createProgress(clock);
  });

  it("has no lag while the head is not known", () => {
    progress.indexed(3);
    progress.finalized(2);
    expect(progress.state()).to.include({ head: undefined, indexed: 3, finalized: 2, lagBlocks: undefined });
    expect(progress.state().lagSeconds).to.equal(0);
  });

  it("lags by the blocks above what is indexed, all of them before the first commit", () => {
    progress.sawHead(9);
    expect(progress.state().lagBlocks).to.equal(10);
    progress.indexed(7);
    expect(progress.state().lagBlocks).to.equal(2);
    progress.indexed(12);
    expect(progress.state().lagBlocks, "an endpoint that is behind").to.equal(0);
  });

  it("lags since the oldest block was seen that is not indexed", () => {
    progress.sawHead(5);
    clock.advanceMs(2_000);
    progress.sawHead(6);
    clock.advanceMs(1_500);
    expect(progress.state().lagSeconds).to.equal(3.5);
    progress.indexed(4);
    expect(progress.state().lagSeconds).to.equal(3.5);
    progress.indexed(5);
    expect(progress.state().lagSeconds).to.equal(1.5);
    progress.indexed(6);
    clock.advanceMs(60_000);
    expect(progress.state().lagSeconds, "an idle ledger").to.equal(0);
  });

  it("does not see a head anew that it saw before, nor one that is indexed", () => {
    progress.indexed(5);
    progress.sawHead(5);
    clock.advanceMs(1_000);
    expect(progress.state().lagSeconds).to.equal(0);
    progress.sawHead(6);
    clock.advanceMs(1_000);
    progress.sawHead(6);
    progress.sawHead(4);
    expect(progress.state().lagSeconds).to.equal(1);
    expect(progress.state().head, "the last look counts").to.equal(4);
  });

  it("sees block 0 as a block", () => {
    progress.sawHead(0);
    clock.advanceMs(1_000);
    expect(progress.state()).to.include({ lagBlocks: 1, lagSeconds: 1 });
    progress.indexed(undefined);
    expect(progress.state().lagSeconds, "nothing is indexed").to.equal(1);
    progress.indexed(0);
    expect(progress.state()).to.include({ lagBlocks: 0, lagSeconds: 0 });
  });

  it("never lags by less than nothing when the clock is set back", () => {
    progress.sawHead(1);
    clock.advanceMs(-5_000);
    expect(progress.state().lagSeconds).to.equal(0);
  });

  it("remembers a thousand sights of a growing head and no more", () => {
    for (let head = 0; head < 1_005; head += 1) {
      progress.sawHead(head);
      clock.advanceMs(1_000);
    }
    progress.indexed(998);
    expect(progress.state().lagSeconds).to.equal(6);
    progress.indexed(999);
    expect(progress.state().lagSeconds).to.equal(0);
  });

  it("needs no memory for a head that it sees again and again", () => {
    for (const head of [5, 6]) for (let look = 0; look < 1_005; look += 1) progress.sawHead(head);
    progress.sawHead(7);
    clock.advanceMs(1_000);
    progress.indexed(6);
    expect(progress.state().lagSeconds).to.equal(1);
  });

  it("counts reorganisations by depth, retractions, and faults by what was wrong", () => {
    const none = { "1": 0, "2": 0, "4": 0, "8": 0, "16": 0, "32": 0, "64": 0, more: 0 };
    expect(progress.state()).to.deep.include({ reorgsTotal: none, retractionsTotal: 0, verifyFailuresTotal: {} });
    for (const depth of [1, 2, 3, 4, 5, 64, 65, 900]) progress.reorganised(depth);
    progress.retracted(3);
    progress.retracted(4);
    for (const check of ["parent", "bloom", "parent"]) progress.failed(check);
    expect(progress.state()).to.deep.include({
      reorgsTotal: { ...none, "1": 1, "2": 1, "4": 2, "8": 1, "64": 1, more: 2 },
      retractionsTotal: 7,
      verifyFailuresTotal: { parent: 2, bloom: 1 },
    });
  });
});
