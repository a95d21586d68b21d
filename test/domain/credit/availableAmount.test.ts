import { expect } from "chai";
import fc from "fast-check";
import { drawingRoom } from "../../../src/domain/credit/availableAmount.ts";

const plain = { amountMinor: 1_001n, tolerancePlus: 0, toleranceMinus: 0, partialDrawings: true };

describe("What may be drawn on a credit", () => {
  it("rounds the upper bound down and the lower bound up (U51, U53)", () => {
    expect(drawingRoom({ ...plain, tolerancePlus: 10 }, 0n).limitMinor).to.equal(1_101n);
    const whole = { ...plain, partialDrawings: false, tolerancePlus: 10, toleranceMinus: 10 };
    expect(drawingRoom(whole, 0n).leastDrawingMinor).to.equal(901n);
  });

  it("may fall five percent short where no tolerance is stated and partial drawings are barred (U53)", () => {
    expect(drawingRoom({ ...plain, partialDrawings: false }, 0n).leastDrawingMinor).to.equal(951n);
    expect(drawingRoom({ ...plain, partialDrawings: false, tolerancePlus: 5 }, 0n).leastDrawingMinor).to.equal(1_001n);
    expect(drawingRoom(plain, 0n).leastDrawingMinor).to.equal(0n);
  });

  it("is nothing after the one drawing of a credit without partial drawings (U54)", () => {
    expect(drawingRoom({ ...plain, partialDrawings: false }, 960n).availableMinor).to.equal(0n);
    expect(drawingRoom(plain, 960n).availableMinor).to.equal(41n);
  });

  it("never leaves more than the limit, and the least drawing never exceeds the amount (LC-2)", () => {
    const terms = fc.record({
      amountMinor: fc.bigInt({ min: 1n, max: 2n ** 120n }),
      tolerancePlus: fc.integer({ min: 0, max: 100 }),
      toleranceMinus: fc.integer({ min: 0, max: 100 }),
      partialDrawings: fc.boolean(),
    });
    fc.assert(
      fc.property(terms, fc.bigInt({ min: 0n, max: 100n }), (of, percent) => {
        const drawn = (drawingRoom(of, 0n).limitMinor * percent) / 100n;
        const { limitMinor, availableMinor, leastDrawingMinor } = drawingRoom(of, drawn);
        expect(availableMinor >= 0n && availableMinor + drawn <= limitMinor).to.equal(true);
        expect(leastDrawingMinor <= of.amountMinor && of.amountMinor <= limitMinor).to.equal(true);
      }),
    );
  });
});
