import { expect } from "chai";
import { type NewMt730, readMt730, writeMt730 } from "../../../src/integrations/swift/mt730.ts";

const facts: NewMt730 = {
  senderBic: "TRAVDEHH",
  receiverBic: "ALSTATWW",
  reference: "ADV-1",
  relatedReference: "HANSA-0001",
  date: "2026-10-03",
};

function written(more: Partial<NewMt730> = {}): string {
  const result = writeMt730({ ...facts, ...more });
  if (!result.written) throw new Error(JSON.stringify(result.findings));
  return result.text;
}

function errorCodes(more: Partial<NewMt730>): string[] {
  const result = writeMt730({ ...facts, ...more });
  return result.written ? [] : result.findings.map((finding) => finding.code);
}

describe("MT730, acknowledgement", () => {
  it("is written in the form of the network and reads back without a finding", () => {
    const text = written({ narrativeLines: ["CREDIT ADVISED AND CONFIRMED"], chargesLines: ["ADVISING COMMISSION"] });
    expect(text).to.equal(
      "{1:F01TRAVDEHHAXXX0000000000}{2:I730ALSTATWWXXXXN}{4:\r\n:20:ADV-1\r\n:21:HANSA-0001\r\n:30:261003\r\n" +
        ":71D:ADVISING COMMISSION\r\n:79Z:CREDIT ADVISED AND CONFIRMED\r\n-}",
    );
    const { findings, acknowledgement } = readMt730(text);
    expect(findings).to.deep.equal([]);
    expect(acknowledgement).to.deep.include({
      reference: "ADV-1",
      relatedReference: "HANSA-0001",
      date: "2026-10-03",
      charges: null,
    });
    expect(acknowledgement?.narrativeLines).to.deep.equal(["CREDIT ADVISED AND CONFIRMED"]);
  });

  it("tells charges that are asked for from charges that were debited", () => {
    const asked = readMt730(written({ charges: { amountMinor: 12_550n, currency: "EUR" } })).acknowledgement;
    expect(asked?.charges).to.deep.equal({ amountMinor: 12_550n, currency: "EUR", debitedOn: null });
    const debited = { amountMinor: 12_550n, currency: "EUR", debitedOn: "2026-10-05" };
    expect(readMt730(written({ charges: debited })).acknowledgement?.charges).to.deep.equal(debited);
  });

  it("holds an account or an account-with bank, not both (C77), and no such bank beside debited charges (C78)", () => {
    const charges = { amountMinor: 1n, currency: "EUR", debitedOn: "2026-10-05" };
    expect(errorCodes({ account: "123", accountWithBankBic: "AMSLNL2A" })).to.deep.equal(["account_or_bank"]);
    expect(errorCodes({ charges, accountWithBankBic: "AMSLNL2A" })).to.deep.equal(["charges_debited"]);
  });

  it("is not written when a fact does not fit", () => {
    expect(errorCodes({ reference: "A".repeat(17) })).to.include("format");
    expect(errorCodes({ reference: "A//B" })).to.include("reference_slashes");
    expect(errorCodes({ date: "2080-01-01" })).to.include("format");
    expect(errorCodes({ narrativeLines: ["X".repeat(51)] })).to.include("format");
    expect(errorCodes({ charges: { amountMinor: 10n ** 20n, currency: "EUR" } })).to.include("amount_malformed");
    expect(errorCodes({ narrativeLines: ["A\r\n:71D:INJECTED"] })).to.include("text_breaks_message");
    expect(errorCodes({ senderBic: "TRAVDEHH}{5" })).to.include("text_breaks_message");
  });
});
