import { readFileSync } from "node:fs";
import { expect } from "chai";
import { readMt700 } from "../../../src/integrations/swift/readMt700.ts";
import { changed, creditText, validFields } from "./creditText.ts";

const beer = readFileSync(new URL("../../fixtures/swift/mt700-beer.fin", import.meta.url), "utf8");

describe("reading the MT700 of 2003", () => {
  const { release, findings, terms } = readMt700(beer);

  it("reads it as of its release: warnings for what today's would reject, no error", () => {
    expect(release).to.equal("pre2018");
    const seen = findings.map(({ code, severity, field, since }) => ({ code, severity, field, since }));
    expect(seen).to.have.deep.members([
      { code: "header_bic", severity: "warning", field: null, since: undefined },
      { code: "line_feed_only", severity: "warning", field: null, since: undefined },
      { code: "place_meaning_changed", severity: "warning", field: "44A", since: undefined },
      { code: "format", severity: "warning", field: "48", since: "SRU2018" },
      { code: "confirmer_missing", severity: "warning", field: "49", since: "SRU2018" },
    ]);
    for (const { field, offset, line } of findings.filter((finding) => finding.field !== null)) {
      const expected = field === "48" ? beer.indexOf("WITHIN 6 DAYS") : beer.indexOf(`:${field}:`);
      expect(offset, String(field)).to.equal(expected);
      expect(line).to.equal(beer.slice(0, offset).split("\n").length);
    }
  });

  it("would reject it as a message of today, at the same places", () => {
    const today = readMt700(beer, { release: "SRU2025" });
    expect(today.terms).to.equal(null);
    const errors = today.findings.filter((finding) => finding.severity === "error").map((finding) => finding.code);
    expect(errors).to.deep.equal(["format", "confirmer_missing"]);
  });

  it("gives the terms of the credit", () => {
    if (terms === null) throw new Error("the message has terms");
    expect(terms).to.deep.include({
      sender: "CARBVEC0",
      receiver: "BICPDVSA",
      number: "12345",
      preAdvice: "PREADV/030510",
      form: "IRREVOCABLE",
      transferable: false,
      rules: "UCP LATEST VERSION",
      issueDate: "2003-05-17",
      expiryDate: "2003-07-30",
      expiryPlace: "AMSTERDAM",
      applicantLines: ["ABC COMPANY", "KAERNTNERSTRASSE 3", "VIENNA"],
      beneficiaryLines: ["AMDAM COMPANY", "PO BOX 123", "AMSTERDAM"],
      currency: "EUR",
      amountMinor: 10_000_000n,
      tolerance: null,
      availableWith: { kind: "bank", bic: "AMRONL2A", account: null },
      availableBy: "sight",
      partialShipments: "allowed",
      transhipment: "allowed",
      latestShipment: null,
      confirmation: "confirm",
      adviseThrough: { kind: "bank", bic: "MEESNL2A", account: null },
    });
    expect(terms.places).to.deep.include({ takingInCharge: "AMSTERDAM", finalDestination: "VIENNA" });
  });

  it("takes the receiver for the requested confirmer when 58a is absent and 49 says CONFIRM (U14)", () => {
    const party = { kind: "bank", bic: "BICPDVSA", account: null };
    expect(terms?.requestedConfirmer).to.deep.equal({ party, source: "receiver" });
  });

  it("proposes six days from the issuance of the forwarder's receipt, with its place (U29)", () => {
    const period = terms?.presentation;
    expect(period).to.deep.include({ days: 6, event: "ISSUANCE OF FCR", status: "proposed" });
    const source = period?.source;
    expect(beer.slice(source?.offset, (source?.offset ?? 0) + (source?.length ?? 0))).to.equal(
      "6 DAYS OF ISSUANCE OF FCR",
    );
  });

  it("splits the documents required into items and marks the line that may belong to the one before", () => {
    expect(terms?.documents.map((item) => [item.text, item.mayContinuePrevious])).to.deep.equal([
      ["SIGNED COMMERCIAL INVOICE IN QUINTUPLICATE", false],
      ["FORWARDING AGENTS CERTIFICATE OF RECEIPT SHOWING GOODS", false],
      ["ADDRESSED TO THE APPLICANT", true],
    ]);
    for (const { span } of terms?.documents ?? []) expect(beer.slice(span.offset)).to.match(/^\+/);
  });
});

describe("reading an MT700 of today's release", () => {
  it("finds nothing to say about a valid message", () => {
    expect(readMt700(creditText()).findings).to.deep.equal([]);
  });

  it("gives all terms that the older message does not have", () => {
    const { terms } = readMt700(creditText());
    expect(terms).to.deep.include({
      beneficiaryAccount: "NL91ABNA0417164300",
      beneficiaryLines: ["EXPORTER BV", "ROTTERDAM"],
      tolerance: { plusPercent: 5, minusPercent: 10 },
      transhipment: "not_allowed",
      latestShipment: "2026-03-31",
      chargesLines: ["ALL CHARGES FOR BENEFICIARY"],
      beneficiaryPaymentLines: ["PAYMENT AT SIGHT"],
      bankOnlyLines: ["POST-FINANCING AT 2 PERCENT"],
      bankInstructionLines: ["WE COVER YOU ON RECEIPT"],
      senderToReceiverLines: ["/PHONBEN/"],
      requestedConfirmer: { party: { kind: "bank", bic: "AMRONL2A", account: null }, source: "58a" },
    });
    expect(terms?.presentation).to.deep.include({ days: 21, event: "DATE OF SHIPMENT", status: "stated" });
    expect(terms?.documents.map((item) => item.text)).to.deep.equal([
      "SIGNED COMMERCIAL INVOICE IN 3 COPIES",
      "FULL SET OF BILLS OF LADING",
    ]);
  });

  it("reads availability with any bank by each way of payment (U09, U10)", () => {
    const ways = { "BY NEGOTIATION": "negotiation", "BY PAYMENT": "sight" };
    for (const [words, by] of Object.entries(ways)) {
      const fields = changed({ "41A": null }).flatMap((field): (readonly [string, string])[] =>
        field[0] === "39A" ? [field, ["41D", `ANY BANK\nIN THE NETHERLANDS\n${words}`]] : [field],
      );
      const { terms } = readMt700(creditText(fields));
      expect(terms?.availableBy).to.equal(by);
      expect(terms?.availableWith).to.deep.equal({
        kind: "text",
        lines: ["ANY BANK", "IN THE NETHERLANDS"],
        account: null,
      });
    }
  });

  it("takes 21 days after shipment when 48 is absent (U29) and leaves shipment terms unstated when silent (U54)", () => {
    const { terms } = readMt700(creditText(changed({ "48": null, "43P": null })));
    expect(terms?.presentation).to.deep.include({ days: 21, event: null, status: "default" });
    expect(terms?.partialShipments).to.equal("unstated");
  });

  it("asks nobody to confirm when 49 says WITHOUT", () => {
    const { terms } = readMt700(creditText(changed({ "49": "WITHOUT", "58A": null })));
    expect(terms?.requestedConfirmer).to.equal(null);
  });

  it("leaves free text about the period unread rather than guess working days", () => {
    const older = {
      "31C": "160105",
      "31D": "160430ROTTERDAM",
      "49G": null,
      "49H": null,
      "58A": null,
      "71D": null,
      "72Z": null,
    };
    const read = (text: string) => readMt700(creditText(changed({ ...older, "48": text }))).terms?.presentation;
    expect(read("WITHIN 10 WORKING DAYS")).to.deep.include({ status: "unread", days: null });
    expect(read("AS SOON AS POSSIBLE")).to.deep.include({ status: "unread", days: null });
    expect(read("21 CALENDAR DAYS AFTER THE DATE OF\nSHIPMENT")).to.deep.include({
      status: "proposed",
      days: 21,
      event: "SHIPMENT",
    });
    expect(read("10/CTD")).to.deep.include({ status: "stated", days: 10, event: "CTD" });
  });

  it("lets an older message be without its date of issue, with a warning", () => {
    const { findings, terms, release } = readMt700(beer.replace(":31C:030517\n", ""));
    expect(release).to.equal("pre2018");
    expect(terms?.issueDate).to.equal(null);
    const missing = findings.find((finding) => finding.code === "field_missing");
    expect(missing).to.deep.include({ severity: "warning", field: "31C", since: "SRU2018" });
  });

  it("knows the fields that only one release has", () => {
    const maximum = validFields.map(([tag, value]): [string, string] =>
      tag === "39A" ? ["39B", "NOT EXCEEDING"] : [tag, value],
    );
    const today = readMt700(creditText(maximum)).findings;
    expect(today.map(({ code, field, until }) => ({ code, field, until }))).to.deep.equal([
      { code: "field_not_in_release", field: "39B", until: "SRU2017" },
    ]);
  });
});
