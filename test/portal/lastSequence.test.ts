import { expect } from "chai";
import fc from "fast-check";
import { findLastSequence } from "../../src/portal/api/lastSequence.ts";

/** An organisation with so many events; counts how often it is asked. */
function sequenceOf(last: number) {
  let asked = 0;
  return {
    asked: () => asked,
    async read(after: number, limit: number) {
      asked += 1;
      const count = Math.max(0, Math.min(limit, last - after));
      return await Promise.resolve({ count, next: after + count });
    },
  };
}

describe("The place where a new page begins to listen", () => {
  it("is the newest event, however many there were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 100_000 }), async (last) => {
        return (await findLastSequence(sequenceOf(last).read)) === last;
      }),
    );
  });

  it("is found with one question for a young organisation and few for an old one", async () => {
    const young = sequenceOf(18);
    await findLastSequence(young.read);
    expect(young.asked()).to.equal(1);
    const old = sequenceOf(1_000_000);
    await findLastSequence(old.read);
    expect(old.asked()).to.be.below(150);
  });
});
