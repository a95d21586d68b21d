import { expect } from "chai";
import * as fc from "fast-check";
import { inTurn, quantile, slopeOf } from "../../scripts/benches.ts";

describe("statistics of benchmarks", () => {
  it("a quantile is one of the values, and its share of them is not above it", () => {
    return fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const found = quantile(values, share);
          expect(values).to.include(found);
          expect(values.filter((value) => value <= found).length).to.be.at.least(share * values.length);
          expect(values.filter((value) => value < found).length).to.be.at.most(share * values.length);
        },
      ),
    );
  });

  it("the slope of a line is its own, and its interval has no width", () => {
    const line = Array.from({ length: 20 }, (_, x) => [x, 7 + 3 * x] as const);
    const { slope, interval } = slopeOf(line);
    expect(slope).to.be.closeTo(3, 1e-9);
    expect(interval[1] - interval[0]).to.be.closeTo(0, 1e-6);
  });

  it("an interval is Student's: for ten known points that of a table", () => {
    // Residuals are ±1 in turn, so the sums are known in closed form.
    const points = Array.from({ length: 10 }, (_, x) => [x, x % 2] as const);
    const { slope, interval } = slopeOf(points);
    const squares = 82.5;
    expect(slope).to.be.closeTo(2.5 / squares, 1e-9);
    const error = Math.sqrt((2.5 - 2.5 ** 2 / squares) / 8 / squares);
    // t(8 degrees of freedom, 97.5 %) = 2.306
    expect((interval[1] - interval[0]) / 2 / error).to.be.closeTo(2.306, 0.02);
  });

  it("two points have no interval", () => {
    expect(() =>
      slopeOf([
        [0, 1],
        [1, 2],
      ]),
    ).to.throw(RangeError);
  });

  it("subject and baseline go first in turn", async () => {
    const order: string[] = [];
    const run = (name: string, value: number) => () => {
      order.push(name);
      return Promise.resolve(value);
    };
    for (const round of [0, 1]) {
      expect(await inTurn(round, run("subject", 1), run("baseline", 2))).to.deep.equal({ subject: 1, baseline: 2 });
    }
    expect(order).to.deep.equal(["subject", "baseline", "baseline", "subject"]);
  });
});
