import { expect } from "chai";
import fc from "fast-check";
import { type Eip1559Policy, firstFee, isOutgrown, noopFee, raisedFee } from "../../../src/chain/sending/fees.ts";
import type { Fee } from "../../../src/domain/transaction.ts";

const policy: Eip1559Policy = {
  kind: "eip1559",
  ...{ baseFeeMultiple: 2, maxPriorityFeePerGas: "30", maxFeePerGasCap: "1000" },
  ...{ bumpPercent: 10, bumpAfterMs: 30_000, attemptsMax: 5 },
};
const dynamic = (maxFee: number | bigint, tip: number | bigint): Fee => ({
  ...{ type: 2, maxFeePerGas: String(maxFee), maxPriorityFeePerGas: String(tip) },
});
const legacy = (gasPrice: number | bigint): Fee => ({ type: 0, gasPrice: String(gasPrice) });

describe("fee policies", () => {
  it("cost nothing, or one agreed price, on networks that have no market", () => {
    expect(firstFee({ kind: "zero" }, 7n)).to.deep.equal(legacy(0));
    expect(firstFee({ kind: "fixed", gasPrice: "1500" }, 7n)).to.deep.equal(legacy(1_500));
  });

  it("never bump an act there: the same bytes go out again", () => {
    expect(raisedFee({ kind: "zero" }, legacy(0), 0n)).to.equal(undefined);
    expect(raisedFee({ kind: "fixed", gasPrice: "1500" }, legacy(1_500), 0n)).to.equal(undefined);
  });

  it("leave room for the base fee, add the tip and keep to the cap", () => {
    expect(firstFee(policy, 100n)).to.deep.equal(dynamic(230, 30));
    expect(firstFee({ ...policy, baseFeeMultiple: 1.25 }, 101n)).to.deep.equal(dynamic(156, 30));
    expect(firstFee(policy, 5_000n)).to.deep.equal(dynamic(1_000, 30));
    expect(firstFee({ ...policy, maxFeePerGasCap: "20" }, 0n), "a tip above the whole price is refused").to.deep.equal(
      dynamic(20, 20),
    );
    expect(firstFee({ ...policy, baseFeeMultiple: 0.5 }, 100n), "never below the base fee").to.deep.equal(
      dynamic(130, 30),
    );
  });

  it("raise both fields by ten per cent at least, rounded up", () => {
    expect(raisedFee(policy, dynamic(231, 31), 0n)).to.deep.equal(dynamic(255, 35));
    expect(raisedFee({ ...policy, bumpPercent: 3 }, dynamic(231, 31), 0n), "less counts as ten").to.deep.equal(
      dynamic(255, 35),
    );
    expect(raisedFee({ ...policy, bumpPercent: 50 }, dynamic(231, 31), 0n)).to.deep.equal(dynamic(347, 47));
  });

  it("raise to what the market asks for, when that is more", () => {
    expect(raisedFee(policy, dynamic(231, 10), 300n)).to.deep.equal(dynamic(630, 30));
  });

  it("do not raise when the cap leaves no room for a whole bump", () => {
    expect(raisedFee(policy, dynamic(909, 30), 0n)).to.deep.equal(dynamic(1_000, 33));
    expect(raisedFee(policy, dynamic(910, 30), 0n)).to.equal(undefined);
  });

  it("raise a price of nothing by something: the same price would make the same bytes", () => {
    const free = { ...policy, maxPriorityFeePerGas: "0" };
    expect(raisedFee(free, dynamic(0, 0), 0n)).to.deep.equal(dynamic(1, 1));
  });

  it("take over attempts that were made under another policy", () => {
    expect(raisedFee(policy, legacy(200), 0n)).to.deep.equal(dynamic(220, 220));
    expect(noopFee({ kind: "fixed", gasPrice: "100" }, dynamic(200, 5), 0n)).to.deep.equal(legacy(220));
    expect(noopFee({ kind: "zero" }, legacy(100), 0n)).to.deep.equal(legacy(110));
  });

  it("price a no-op ten per cent above what it replaces, and at nothing where nothing costs anything", () => {
    expect(noopFee({ kind: "zero" }, legacy(0), 0n)).to.deep.equal(legacy(0));
    expect(noopFee({ kind: "fixed", gasPrice: "1500" }, legacy(1_500), 0n)).to.deep.equal(legacy(1_650));
    expect(noopFee({ kind: "fixed", gasPrice: "3000" }, legacy(1_500), 0n)).to.deep.equal(legacy(3_000));
    expect(noopFee(policy, dynamic(100, 30), 0n)).to.deep.equal(dynamic(110, 33));
  });

  it("let a no-op pass the cap, up to twice: it buys little, and without it the nonce stays unused", () => {
    expect(noopFee(policy, dynamic(1_000, 30), 0n)).to.deep.equal(dynamic(1_100, 33));
    expect(noopFee(policy, dynamic(1_900, 30), 0n)).to.equal(undefined);
  });

  it("know when no block can hold an attempt", () => {
    expect(isOutgrown(dynamic(100, 1), 100n)).to.equal(false);
    expect(isOutgrown(dynamic(100, 1), 101n)).to.equal(true);
    expect(isOutgrown(legacy(5), 6n)).to.equal(true);
  });

  it("give replacements that nodes take: ten per cent on both, tip within the price, within the cap", () => {
    const wei = fc.bigInt({ min: 0n, max: 10n ** 20n });
    const cases = fc.record({ a: wei, b: wei, base: wei, tip: wei, cap: wei, bumpPercent: fc.nat(60) });
    fc.assert(
      fc.property(cases, ({ a, b, base, tip, cap, bumpPercent }) => {
        const given = { ...policy, bumpPercent, maxPriorityFeePerGas: `${tip}`, maxFeePerGasCap: `${cap}` };
        const before = { maxFee: a + b, tip: a };
        for (const [fee, limit] of [
          [raisedFee(given, dynamic(before.maxFee, before.tip), base), cap],
          [noopFee(given, dynamic(before.maxFee, before.tip), base), 2n * cap],
        ] as const) {
          if (!fee) {
            const needed = (before.maxFee * BigInt(100 + Math.max(10, bumpPercent)) + 99n) / 100n;
            expect(needed > limit || before.maxFee + 1n > limit, "only the cap stops a bump").to.equal(true);
            continue;
          }
          if (fee.type !== 2) throw new Error("an EIP-1559 policy has two prices");
          const after = { maxFee: BigInt(fee.maxFeePerGas), tip: BigInt(fee.maxPriorityFeePerGas) };
          expect(after.maxFee > before.maxFee && after.maxFee * 10n >= before.maxFee * 11n).to.equal(true);
          expect(after.tip > before.tip && after.tip * 10n >= before.tip * 11n).to.equal(true);
          expect(after.tip <= after.maxFee && after.maxFee <= limit).to.equal(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
