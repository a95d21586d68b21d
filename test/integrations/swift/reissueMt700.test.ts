import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { parseMessage } from "../../../src/integrations/swift/parseMessage.ts";
import { readMt700 } from "../../../src/integrations/swift/readMt700.ts";
import { type Reissue, reissueMt700 } from "../../../src/integrations/swift/reissueMt700.ts";
import { dayNumber, weekday } from "../../../src/shared/calendar.ts";

const beer = readFileSync(new URL("../../fixtures/swift/mt700-beer.fin", import.meta.url), "utf8");
const { message } = parseMessage(beer);

const reissue: Reissue = {
  reference: "HANSA-0001",
  weeks: 1220,
  issuingBic: "ALSTATWW",
  advisingBic: "TRAVDEHH",
  availableWithBic: "AMSLNL2A",
  adviseThroughBic: "IJSSNL2A",
  applicantLines: ["IMAGINARY IMPORTS GMBH", "VIENNA"],
  beneficiaryLines: ["INVENTED BREWERY BV", "AMSTERDAM"],
};

describe("re-issuing the MT700 of 2003 in the sandbox", () => {
  const { text, findings } = reissueMt700(message, reissue);
  const read = readMt700(text);

  it("gives a message of today's release with no finding at all", () => {
    expect(findings).to.deep.equal([]);
    expect(read.release).to.equal("SRU2025");
    expect(read.findings).to.deep.equal([]);
  });

  it("moves every date by whole weeks, so weekdays stay", () => {
    expect(text)
      .to.include(":23:PREADV/260926\r\n")
      .and.to.include(":31C:261003\r\n")
      .and.to.include(":31D:261216AMSTERDAM\r\n");
    const original = readMt700(beer).terms;
    expect(weekday(dayNumber(read.terms?.expiryDate ?? ""))).to.equal(weekday(dayNumber(original?.expiryDate ?? "")));
  });

  it("puts the fictitious parties into the same roles and keeps the deal", () => {
    expect(read.terms).to.deep.include({
      sender: "ALSTATWW",
      receiver: "TRAVDEHH",
      number: "HANSA-0001",
      rules: "UCP LATEST VERSION",
      applicantLines: reissue.applicantLines,
      beneficiaryLines: reissue.beneficiaryLines,
      amountMinor: 10_000_000n,
      currency: "EUR",
      availableWith: { kind: "bank", bic: "AMSLNL2A", account: null },
      availableBy: "sight",
      requestedConfirmer: { party: { kind: "bank", bic: "TRAVDEHH", account: null }, source: "58a" },
      adviseThrough: { kind: "bank", bic: "IJSSNL2A", account: null },
      goodsLines: ["+400,000 BOTTLES OF BEER", "PACKED 12 TO AN EXPORT CARTON", "+FCA AMSTERDAM"],
    });
    for (const name of ["CARBVEC0", "BICPDVSA", "AMRONL2A", "MEESNL2A", "ABC COMPANY", "AMDAM"]) {
      expect(text).to.not.include(name);
    }
  });

  it("writes the period as days and event (U29)", () => {
    expect(text).to.include(":48:6/ISSUANCE OF FCR\r\n");
    expect(read.terms?.presentation).to.deep.include({ days: 6, event: "ISSUANCE OF FCR", status: "stated" });
  });

  it("replaces the place of expiry if asked", () => {
    expect(reissueMt700(message, { ...reissue, placeOfExpiry: "ROTTERDAM" }).text).to.include(
      ":31D:261216ROTTERDAM\r\n",
    );
  });

  it("stays valid for every number of weeks that two-digit years can say", () => {
    fc.assert(
      fc.property(fc.integer({ min: 820, max: 3900 }), (weeks) => {
        expect(reissueMt700(message, { ...reissue, weeks }).findings).to.deep.equal([]);
      }),
    );
    const late = reissueMt700(message, { ...reissue, weeks: 5000 });
    expect(late.findings.some((finding) => finding.severity === "error")).to.equal(true);
  });

  it("lets no party's text turn into fields", () => {
    for (const applicantLines of [["A\r\n:49:WITHOUT"], ["A", "-}"], ["A", ":32B:EUR1,"], ["A\nB"]]) {
      const codes = reissueMt700(message, { ...reissue, applicantLines }).findings.map((finding) => finding.code);
      expect(codes).to.include("text_breaks_message");
    }
  });

  it("renames fields of older releases", () => {
    const older = beer.replace(":48:", ":71B:ALL CHARGES\n:48:").replace("MEESNL2A\n", "MEESNL2A\n:72:/PHONBEN/\n");
    const again = reissueMt700(parseMessage(older).message, reissue);
    expect(again.findings).to.deep.equal([]);
    expect(again.text).to.include(":71D:ALL CHARGES").and.to.include(":72Z:/PHONBEN/");
  });
});
