import { expect } from "chai";
import { createWidth, type Width } from "../../../src/chain/indexing/width.ts";

function grow(width: Width, times: number): readonly number[] {
  return Array.from({ length: times }, () => {
    width.grow();
    return width.value();
  });
}

describe("how much is asked at once", () => {
  it("doubles while it goes well, up to the most", () => {
    const width = createWidth({ first: 32, most: 200 });
    expect(width.value()).to.equal(32);
    expect(grow(width, 5)).to.deep.equal([64, 128, 200, 200, 200]);
  });

  it("never begins above the most", () => {
    expect(createWidth({ first: 500, most: 100 }).value()).to.equal(100);
  });

  it("is halved by a refusal, down to one", () => {
    const width = createWidth({ first: 5, most: 100 });
    const values = Array.from({ length: 3 }, () => {
      width.shrink();
      return width.value();
    });
    expect(values).to.deep.equal([2, 1, 1]);
  });

  it("becomes what a refusal names, when that is less than what was refused", () => {
    const width = createWidth({ first: 64, most: 100 });
    width.shrink(10.9);
    expect(width.value()).to.equal(10);
    width.shrink(1);
    expect(width.value()).to.equal(1);
  });

  it("is halved when a refusal names as much as was refused, more, or nothing that can be asked", () => {
    for (const named of [64, 1_000, 0, 0.5, -3]) {
      const width = createWidth({ first: 64, most: 100 });
      width.shrink(named);
      expect(width.value(), String(named)).to.equal(32);
    }
  });

  it("stays under what was refused for four good turns, then tries twice as much", () => {
    const width = createWidth({ first: 64, most: 100 });
    width.shrink(10);
    expect(grow(width, 4)).to.deep.equal([10, 10, 10, 20]);
  });

  it("waits twice as long each time that the limit still holds, 64 turns at the most", () => {
    const width = createWidth({ first: 64, most: 1_000 });
    width.shrink(10);
    for (const turns of [4, 8, 16, 32, 64, 64, 64]) {
      expect(
        grow(width, turns - 1).every((value) => value === 10),
        `${turns}`,
      ).to.equal(true);
      expect(grow(width, 1), `after ${turns}`).to.deep.equal([20]);
      width.shrink(10);
    }
  });

  it("begins anew with four turns when more is allowed than before", () => {
    const width = createWidth({ first: 64, most: 1_000 });
    width.shrink(10);
    grow(width, 4);
    width.shrink(10);
    // Twice as much is taken, and twice as much again.
    expect(grow(width, 8).at(-1)).to.equal(20);
    expect(grow(width, 8).at(-1)).to.equal(40);
    expect(grow(width, 4).at(-1)).to.equal(80);
    width.shrink(80 / 2);
    expect(grow(width, 8).at(-1)).to.equal(80);
  });

  it("takes a limit for a new one, however long it went well before", () => {
    const width = createWidth({ first: 64, most: 100 });
    grow(width, 10);
    width.shrink(10);
    expect(grow(width, 4)).to.deep.equal([10, 10, 10, 20]);
  });

  it("is back at the most in the end", () => {
    const width = createWidth({ first: 64, most: 100 });
    width.shrink();
    expect(grow(width, 40).at(-1)).to.equal(100);
  });
});
