import { expect } from "chai";
import fc from "fast-check";
import { formatDecimal, minorOf, moneyLike, shareOf } from "../../src/portal/ui/formatAmount.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

describe("Amounts in the portal", () => {
  it("are grouped as the language writes them, with all their decimals", () => {
    expect(formatDecimal("1234567.80", "en-GB")).to.equal("1,234,567.80");
    expect(formatDecimal("1234567.80", "zh-CN")).to.equal("1,234,567.80");
    expect(formatDecimal("1234567.80", "de-DE")).to.equal("1.234.567,80");
    expect(formatDecimal("100000", "en-GB")).to.equal("100,000");
  });

  it("keep every digit, however many there are", () => {
    expect(formatDecimal("340282366920938463463374607431768211.455", "en-GB")).to.equal(
      "340,282,366,920,938,463,463,374,607,431,768,211.455",
    );
    const digits = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const amount = `${whole}.${String(cents).padStart(2, "0")}`;
        return formatDecimal(amount, "en-GB").replaceAll(",", "") === amount;
      }),
    );
  });

  it("show a true minus sign, and what is no amount as it is", () => {
    expect(formatDecimal("-0.50", "en-GB")).to.equal("\u22120.50");
    expect(formatDecimal("1e5", "en-GB")).to.equal("1e5");
  });

  it("of events, in minor units, get the decimals of the deal's own amount", () => {
    expect(moneyLike("10000000", euro("5.00"))).to.deep.equal(euro("100000.00"));
    expect(moneyLike("7", euro("5.00"))).to.deep.equal(euro("0.07"));
    expect(moneyLike("5000", { amount: "5", currency: "JPY" })).to.deep.equal({ amount: "5000", currency: "JPY" });
    expect(moneyLike("1234", { amount: "5.000", currency: "KWD" })).to.deep.equal({ amount: "1.234", currency: "KWD" });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 128n }),
        (minor) => minorOf(moneyLike(minor, euro("0.00"))) === minor,
      ),
    );
  });

  it("are shares of a whole, rounded down, and none of nothing", () => {
    expect(shareOf(1n, 3n)).to.equal(3_333);
    expect(shareOf(2n ** 128n, 2n ** 128n)).to.equal(10_000);
    expect(shareOf(0n, 0n)).to.equal(0);
  });
});
