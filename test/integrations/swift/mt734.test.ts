import { expect } from "chai";
import fc from "fast-check";
import { type NewMt734, readMt734, writeMt734 } from "../../../src/integrations/swift/mt734.ts";

const facts: NewMt734 = {
  senderBic: "TRAVDEHH",
  receiverBic: "AMSLNL2A",
  reference: "REF-1",
  relatedReference: "PRES-1",
  utilisedOn: "2026-11-02",
  utilised: { amountMinor: 10_000_000n, currency: "EUR" },
  discrepancies: [
    "COMMERCIAL INVOICE SHOWS 40,000 BOTTLES, THE CREDIT CALLS FOR 400,000 BOTTLES OF BEER",
    "INVOICE NOT SIGNED",
  ],
  disposal: "HOLD",
};

function written(more: Partial<NewMt734> = {}): string {
  const result = writeMt734({ ...facts, ...more });
  if (!result.written) throw new Error(JSON.stringify(result.findings));
  return result.text;
}

function errorCodes(more: Partial<NewMt734>): string[] {
  const result = writeMt734({ ...facts, ...more });
  return result.written
    ? []
    : result.findings.filter((finding) => finding.severity === "error").map((finding) => finding.code);
}

describe("MT734, advice of refusal (U40)", () => {
  it("states refusal, every discrepancy and the disposal, and reads back without a finding", () => {
    const text = written({ disposalText: "DOCUMENTS HELD AT YOUR DISPOSAL" });
    expect(text).to.include(
      ":32A:261102EUR100000,\r\n:77J:1) COMMERCIAL INVOICE SHOWS 40,000 BOTTLES, THE\r\n" +
        "   CREDIT CALLS FOR 400,000 BOTTLES OF BEER\r\n2) INVOICE NOT SIGNED\r\n:77B:/HOLD/DOCUMENTS HELD AT YOUR\r\nDISPOSAL\r\n-}",
    );
    const { findings, refusal } = readMt734(text);
    expect(findings).to.deep.equal([]);
    expect(refusal).to.deep.include({
      reference: "REF-1",
      relatedReference: "PRES-1",
      utilisedOn: "2026-11-02",
      utilised: facts.utilised,
      discrepancies: facts.discrepancies,
      disposal: "HOLD",
      disposalText: "DOCUMENTS HELD AT YOUR DISPOSAL",
    });
  });

  it("writes each disposal", () => {
    for (const disposal of ["HOLD", "NOTIFY", "RETURN", "PREVINST"] as const) {
      expect(readMt734(written({ disposal })).refusal?.disposal).to.equal(disposal);
    }
  });

  it("reads back the discrepancies that it wrote, whatever their words and lengths", () => {
    const word = fc
      .array(fc.constantFrom(..."ABCXYZ0123()./"), { minLength: 1, maxLength: 12 })
      .map((found) => found.join(""));
    const discrepancy = fc.array(word, { minLength: 1, maxLength: 20 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(fc.array(discrepancy, { minLength: 1, maxLength: 9 }), (discrepancies) => {
        const text = written({ discrepancies });
        expect(readMt734(text).refusal?.discrepancies).to.deep.equal(discrepancies);
        expect(text.split("\r\n").every((line) => line.length <= 60)).to.equal(true);
      }),
    );
  });

  it("demands the total beside claimed charges (C17) in the same currency (C02)", () => {
    expect(errorCodes({ chargesLines: ["HANDLING EUR 50"] })).to.deep.equal(["total_missing"]);
    expect(errorCodes({ total: { amountMinor: 100n, currency: "USD" } })).to.deep.equal(["currencies_differ"]);
    const total = { amountMinor: 10_005_000n, currency: "EUR" };
    expect(readMt734(written({ chargesLines: ["HANDLING EUR 50"], total })).refusal?.total).to.deep.equal({
      ...total,
      valueOn: null,
    });
  });

  it("is not written without a discrepancy, with more than 70 lines, or with characters that the network lacks", () => {
    expect(errorCodes({ discrepancies: [] })).to.include("format");
    expect(errorCodes({ discrepancies: Array.from({ length: 71 }, () => "LATE") })).to.include("format");
    expect(errorCodes({ discrepancies: ["发票未签字"] })).to.include("format");
  });

  it("reads free text in 77B without guessing a disposal", () => {
    const { findings, refusal } = readMt734(written().replace(":77B:/HOLD/", ":77B:DOCUMENTS STAY HERE"));
    expect(findings.map(({ code, severity, field }) => ({ code, severity, field }))).to.deep.equal([
      { code: "code_word", severity: "warning", field: "77B" },
    ]);
    expect(refusal).to.deep.include({ disposal: null, disposalText: "DOCUMENTS STAY HERE" });
  });
});
