import { expect } from "chai";
import fc from "fast-check";
import {
  amountMinorMax,
  currencyExponent,
  formatAmount,
  formatSwiftAmount,
  parseAmount,
  parseSwiftAmount,
} from "../../src/shared/money.ts";

const anyCurrency = fc.constantFrom("EUR", "JPY", "KWD", "USD", "BHD", "KRW");

function faultOf(parsed: ReturnType<typeof parseAmount>): string {
  return parsed.ok ? "none" : parsed.fault;
}

describe("money", () => {
  it("takes the decimals of ISO 4217: JPY 0, EUR 2, KWD 3", () => {
    expect(currencyExponent("JPY")).to.equal(0);
    expect(currencyExponent("EUR")).to.equal(2);
    expect(currencyExponent("KWD")).to.equal(3);
    expect(parseAmount({ amount: "100000.00", currency: "EUR" })).to.deep.equal({
      ok: true,
      money: { amountMinor: 10_000_000n, currency: "EUR" },
    });
    expect(parseAmount({ amount: "1.5", currency: "KWD" })).to.deep.equal({
      ok: true,
      money: { amountMinor: 1500n, currency: "KWD" },
    });
  });

  it("refuses currencies that are unknown, in lower case, or have no minor unit", () => {
    for (const currency of ["EUX", "eur", "XAU", "XXX", "", "EURO", "__proto__"]) {
      expect(faultOf(parseAmount({ amount: "1", currency })), currency).to.equal("currency_unknown");
    }
  });

  it("refuses more decimals than the currency has, even zeros, and says where", () => {
    expect(parseAmount({ amount: "100.0", currency: "JPY" })).to.deep.equal({
      ok: false,
      fault: "too_many_decimals",
      have: 1,
      allowed: 0,
      at: 4,
    });
    expect(faultOf(parseAmount({ amount: "1.001", currency: "EUR" }))).to.equal("too_many_decimals");
    expect(faultOf(parseAmount({ amount: "1.0001", currency: "KWD" }))).to.equal("too_many_decimals");
  });

  it("refuses what is not plain digits with one point", () => {
    for (const amount of [
      "",
      ".",
      "1.",
      ".5",
      "1,5",
      "1 000",
      "+1",
      "1e3",
      "01",
      "00",
      "--1",
      "-",
      "0x10",
      "1.2.3",
      "１",
    ]) {
      expect(faultOf(parseAmount({ amount, currency: "EUR" })), amount).to.equal("malformed");
    }
  });

  it("refuses zero and negative amounts, and lets zero through where it is asked for", () => {
    expect(faultOf(parseAmount({ amount: "0.00", currency: "EUR" }))).to.equal("not_positive");
    expect(faultOf(parseAmount({ amount: "-5", currency: "EUR" }))).to.equal("not_positive");
    expect(faultOf(parseAmount({ amount: "-0", currency: "EUR" }, { allowZero: true }))).to.equal("not_positive");
    expect(parseAmount({ amount: "0", currency: "EUR" }, { allowZero: true }).ok).to.equal(true);
  });

  it("takes the largest uint128 and refuses one more", () => {
    const largest = formatAmount({ amountMinor: amountMinorMax, currency: "JPY" });
    expect(parseAmount({ amount: largest, currency: "JPY" }).ok).to.equal(true);
    const more = formatAmount({ amountMinor: amountMinorMax + 1n, currency: "JPY" });
    expect(faultOf(parseAmount({ amount: more, currency: "JPY" }))).to.equal("too_many_digits");
    expect(faultOf(parseAmount({ amount: "9".repeat(100_000), currency: "EUR" }))).to.equal("too_many_digits");
  });

  it("reads back every amount that it writes", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: amountMinorMax }), anyCurrency, (amountMinor, currency) => {
        const money = { amountMinor, currency };
        expect(parseAmount({ amount: formatAmount(money), currency })).to.deep.equal({ ok: true, money });
      }),
    );
  });

  it("writes the sign of a difference and all decimals", () => {
    expect(formatAmount({ amountMinor: -5n, currency: "EUR" })).to.equal("-0.05");
    expect(formatAmount({ amountMinor: 0n, currency: "KWD" })).to.equal("0.000");
    expect(formatAmount({ amountMinor: 1234n, currency: "JPY" })).to.equal("1234");
  });
});

describe("SWIFT amounts", () => {
  it("writes the comma always and decimals only if there are any", () => {
    const text = (amountMinor: bigint, currency: string): unknown => formatSwiftAmount({ amountMinor, currency });
    expect(text(10_000_000n, "EUR")).to.deep.equal({ ok: true, text: "100000," });
    expect(text(123_450n, "EUR")).to.deep.equal({ ok: true, text: "1234,50" });
    expect(text(100n, "JPY")).to.deep.equal({ ok: true, text: "100," });
    expect(text(5n, "KWD")).to.deep.equal({ ok: true, text: "0,005" });
  });

  it("demands the comma, and at most 15 characters with it", () => {
    expect(parseSwiftAmount("100000,", "EUR").ok).to.equal(true);
    expect(faultOf(parseSwiftAmount("100000", "EUR"))).to.equal("malformed");
    expect(faultOf(parseSwiftAmount("100000.00", "EUR"))).to.equal("malformed");
    expect(faultOf(parseSwiftAmount(",50", "EUR"))).to.equal("malformed");
    expect(faultOf(parseSwiftAmount("-1,", "EUR"))).to.equal("malformed");
    expect(faultOf(parseSwiftAmount("0,00", "EUR"))).to.equal("not_positive");
    expect(faultOf(parseSwiftAmount("1,000", "EUR"))).to.equal("too_many_decimals");
    expect(parseSwiftAmount("123456789012,34", "EUR").ok).to.equal(true);
    expect(faultOf(parseSwiftAmount("1234567890123,45", "EUR"))).to.equal("too_many_digits");
    expect(formatSwiftAmount({ amountMinor: 123_456_789_012_345n, currency: "EUR" })).to.have.property(
      "fault",
      "too_many_digits",
    );
  });

  it("reads back every amount that fits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 16n }), anyCurrency, (amountMinor, currency) => {
        const written = formatSwiftAmount({ amountMinor, currency });
        if (!written.ok) return;
        expect(parseSwiftAmount(written.text, currency)).to.deep.equal({ ok: true, money: { amountMinor, currency } });
      }),
    );
  });
});
