import { expect } from "chai";
import fc from "fast-check";
import type { Finding } from "../../../src/integrations/swift/finding.ts";
import { readMt700 } from "../../../src/integrations/swift/readMt700.ts";
import { changed, creditText, type FieldList, inserted, validFields } from "./creditText.ts";

const errorsIn = (text: string): Finding[] =>
  readMt700(text).findings.filter((finding) => finding.severity === "error");

/** The text has exactly this error, at the place where `at` starts (plus some characters). */
function expectError(
  fields: FieldList,
  expected: { code: string; field: string; at: string; plus?: number; network?: string },
): void {
  const text = creditText(fields);
  const found = errorsIn(text);
  expect(
    found.map(({ code, field }) => ({ code, field })),
    expected.code,
  ).to.deep.equal([{ code: expected.code, field: expected.field }]);
  const offset = text.indexOf(expected.at) + (expected.plus ?? 0);
  expect(found[0]).to.deep.include({ offset, line: text.slice(0, offset).split("\n").length });
  if (expected.network !== undefined) expect(found[0]?.network).to.equal(expected.network);
  expect(readMt700(text).terms).to.equal(null);
}

describe("a malformed or truncated message", () => {
  it("is truncated wherever it is cut, and says so", () => {
    const text = creditText();
    for (let cut = 0; cut < text.indexOf("-}") + 2; cut += 1) {
      const codes = errorsIn(text.slice(0, cut)).map((finding) => finding.code);
      expect(codes, String(cut)).to.satisfy((found: string[]) =>
        ["text_not_closed", "block_not_closed", "block_missing"].some((code) => found.includes(code)),
      );
    }
  });

  it("says where the end of block 4 is missing", () => {
    const text = creditText().replace(/-\}\{5:.*$/, "");
    expect(errorsIn(text)).to.have.length(1);
    expect(errorsIn(text)[0]).to.deep.include({ code: "text_not_closed", offset: text.length, field: null });
  });

  it("names missing, repeated and malformed blocks", () => {
    const codes = (text: string): string[] => errorsIn(text).map((finding) => finding.code);
    expect(codes("")).to.deep.equal(["block_missing", "block_missing", "block_missing"]);
    expect(codes(creditText().replace("{1:F01BKAUATWWAXXX0000000000}", ""))).to.deep.equal(["block_missing"]);
    expect(codes(creditText().replace("I700", "X700"))).to.deep.equal(["header_malformed"]);
    expect(codes(creditText().replace("{3:", "{1:F01BKAUATWWAXXX0000000000}{3:"))).to.deep.equal(["block_repeated"]);
    expect(codes(`garbage${creditText()}`)).to.deep.equal(["text_outside_blocks"]);
    expect(codes(creditText() + creditText())).to.include("block_repeated");
    expect(codes("PK\u0003\u0004\u0014")).to.include("text_outside_blocks");
  });

  it("names another message type", () => {
    expect(errorsIn(creditText().replace("I700", "I707"))[0]).to.deep.include({ code: "type_unexpected" });
  });

  it("names a text block of more than 10,000 characters", () => {
    const long = Array.from({ length: 100 }, () => "X".repeat(64)).join("\n");
    const short = Array.from({ length: 40 }, () => "X".repeat(64)).join("\n");
    expect(errorsIn(creditText(changed({ "45A": long, "46A": short })))).to.deep.equal([]);
    expect(errorsIn(creditText(changed({ "45A": long, "46A": long }))).map((finding) => finding.code)).to.deep.equal([
      "message_too_long",
    ]);
  });

  it("warns of bare line feeds and of lines that start with a hyphen", () => {
    const warnings = (text: string): string[] => readMt700(text).findings.map((finding) => finding.code);
    expect(warnings(creditText().replaceAll("\r\n", "\n"))).to.deep.equal(["line_feed_only"]);
    expect(warnings(creditText(changed({ "47A": "+TERMS\n- ONE" })))).to.deep.equal(["line_starts_with_hyphen"]);
  });
});

describe("a field that is unknown, missing, repeated or misplaced", () => {
  it("names an unknown field and an option that the message does not have", () => {
    expectError(inserted("20", "99Z", "X"), { code: "field_unknown", field: "99Z", at: ":99Z:" });
    expectError(inserted("31D", "51B", "X"), { code: "field_option", field: "51B", at: ":51B:" });
  });

  it("names a malformed tag inside a value", () => {
    expectError(changed({ "47A": "+TERMS\n:47a:MORE" }), { code: "tag_malformed", field: "47A", at: ":47a:" });
  });

  it("names each missing mandatory field at the place where it would stand", () => {
    for (const tag of ["27", "40A", "20", "31C", "40E", "31D", "50", "59", "32B"]) {
      const index = validFields.findIndex((field) => field[0] === tag);
      expectError(changed({ [tag]: null }), {
        code: "field_missing",
        field: tag,
        at: `:${validFields[index + 1]?.[0]}:`,
      });
    }
    expectError(changed({ "41A": null }), { code: "field_missing", field: "41a", at: ":43P:" });
  });

  it("names a repeated field and one out of order", () => {
    expectError(inserted("32B", "32B", "EUR5,"), { code: "field_duplicate", field: "32B", at: ":32B:EUR5," });
    const late = [...changed({ "20": null }), ["20", "LATE"] as const];
    expectError(late, { code: "field_order", field: "20", at: ":20:LATE" });
  });
});

describe("a value that is wrong", () => {
  const wrong = (
    tag: string,
    value: string,
    expected: { code: string; at?: string; plus?: number; network?: string },
  ): void =>
    expectError(changed({ [tag]: value }), {
      field: tag,
      at: `:${tag}:`,
      plus: expected.at === undefined ? tag.length + 2 : 0,
      ...expected,
    });

  it("names an unknown currency, wrong decimals, too many digits, zero, and a missing comma", () => {
    wrong("32B", "EUX100000,", { code: "currency_unknown", network: "T52" });
    wrong("32B", "EUR100,001", { code: "amount_decimals", at: "1\r\n:39A", network: "C03" });
    wrong("32B", "JPY100,0", { code: "amount_decimals", network: "C03", at: "0\r\n:39A" });
    wrong("32B", "EUR1234567890123,45", { code: "amount_too_long", at: "1234567890123" });
    wrong("32B", "EUR0,", { code: "amount_zero", at: "0,\r\n:39A" });
    wrong("32B", "EUR100000", { code: "amount_malformed", at: "100000", plus: 6 });
    wrong("32B", "EUR100.00", { code: "amount_malformed", at: ".00", plus: 0 });
    wrong("32B", "100000,EUR", { code: "format" });
  });

  it("names dates that do not exist and an expiry before the issue", () => {
    wrong("31C", "260230", { code: "date_invalid", network: "T50" });
    wrong("44C", "2026-03-31", { code: "format", at: "2026-03-31", plus: 4 });
    expectError(changed({ "31D": "260104ROTTERDAM", "44C": null }), {
      code: "expiry_before_issue",
      field: "31D",
      at: ":31D:",
    });
  });

  it("names a wrong BIC, a missing BY, and a code word that is none", () => {
    wrong("58A", "AMROZZ2A", { code: "bic_invalid", network: "T27" });
    wrong("58A", "AMRONL2", { code: "bic_invalid" });
    wrong("58A", "amronl2a", { code: "format" });
    wrong("41A", "MEESNL2A", { code: "format", plus: 13 });
    wrong("41A", "MEESNL2A\nBY MAGIC", { code: "code_word", at: "BY MAGIC", plus: 0 });
    wrong("43P", "PERMITTED", { code: "code_word", network: "T64" });
    wrong("40E", "UCP 400", { code: "code_word" });
    expectError(changed({ "49": "PERHAPS", "58A": null }), { code: "code_word", field: "49", at: "PERHAPS" });
  });

  it("names slashes in a reference and a sequence that cannot be", () => {
    wrong("20", "LC//1", { code: "reference_slashes", at: "//1", plus: 0, network: "T26" });
    wrong("20", "/LC1", { code: "reference_slashes" });
    wrong("20", "LC1/", { code: "reference_slashes", at: "/\r\n:23", plus: 0 });
    expectError(changed({ "27": "1/9" }), { code: "sequence_total", field: "27", at: ":27:" });
    expectError(changed({ "27": "2/2" }), { code: "sequence_total", field: "27", at: ":27:" });
    wrong("27", "10/1", { code: "format", plus: 5 });
  });

  it("names characters, lines and lengths that do not fit, exactly there", () => {
    wrong("50", "IMPORTER & SONS", { code: "format", at: "& SONS", plus: 0 });
    wrong("45A", "CAFÉ", { code: "format", at: "É", plus: 0 });
    wrong("50", "A\nB\nC\nD\nE", { code: "format", at: "\r\nE\r\n", plus: 0 });
    wrong("50", "X".repeat(36), { code: "format", plus: 4 + 35 });
    wrong("45A", "ONE\n\nTHREE", { code: "format", at: "\r\n\r\nTHREE", plus: 2 });
    wrong("48", "WITHIN 6 DAYS", { code: "format" });
    wrong("48", "0/SHIPMENT", { code: "period_zero", at: ":48:", plus: 0 });
  });
});

describe("fields that contradict each other", () => {
  it("names drafts without drawee, two ways of payment, two shipment dates (C90, D06)", () => {
    expectError(inserted("41A", "42C", "AT SIGHT"), {
      code: "drafts_and_drawee",
      field: "42C",
      at: ":42C:",
      network: "C90",
    });
    const both = inserted("41A", "42P", "30 DAYS").flatMap((field): (readonly [string, string])[] =>
      field[0] === "42P" ? [["42M", "HALF NOW"], field] : [field],
    );
    expectError(both, { code: "one_way_of_payment", field: "42P", at: ":42P:", network: "C90" });
    expectError(inserted("44C", "44D", "MARCH"), {
      code: "one_shipment_date",
      field: "44D",
      at: ":44D:",
      network: "D06",
    });
  });

  it("lets a narrative follow the applicable rules only after OTHR", () => {
    expectError(changed({ "40E": "UCP LATEST VERSION/AS AMENDED" }), {
      code: "rules_narrative",
      field: "40E",
      at: ":40E:",
    });
    expect(readMt700(creditText(changed({ "40E": "OTHR/LOCAL RULES" }))).terms).to.deep.include({
      rules: "OTHR",
      rulesNarrative: "LOCAL RULES",
    });
  });

  it("lets an older message have a tolerance or a maximum, not both (D05)", () => {
    const older = { "31C": "160105", "49G": null, "49H": null, "58A": null, "71D": null, "72Z": null };
    const both = changed(older).flatMap((field): (readonly [string, string])[] =>
      field[0] === "39A" ? [field, ["39B", "NOT EXCEEDING"]] : [field],
    );
    expectError(both, { code: "one_tolerance", field: "39B", at: ":39B:", network: "D05" });
  });

  it("warns of drafts drawn on the applicant (U11)", () => {
    const drawn = inserted("41A", "42C", "AT SIGHT").flatMap((field): (readonly [string, string])[] =>
      field[0] === "42C" ? [field, ["42D", "IMPORTER LTD\nVIENNA"]] : [field],
    );
    const findings = readMt700(creditText(drawn)).findings;
    expect(findings.map(({ code, severity }) => ({ code, severity }))).to.deep.equal([
      { code: "drawee_is_applicant", severity: "warning" },
    ]);
  });

  it("demands 58a when a confirmation is asked for", () => {
    for (const instruction of ["CONFIRM", "MAY ADD"]) {
      expectError(changed({ "49": instruction, "58A": null }), { code: "confirmer_missing", field: "49", at: ":49:" });
    }
  });

  it("warns of ways of payment without their details, and of what follows in MT701", () => {
    const warned = (fields: FieldList): string[] =>
      readMt700(creditText(fields)).findings.map((finding) => finding.code);
    expect(warned(changed({ "41A": "MEESNL2A\nBY ACCEPTANCE" }))).to.deep.equal(["acceptance_without_drafts"]);
    expect(warned(changed({ "41A": "MEESNL2A\nBY DEF PAYMENT" }))).to.deep.equal(["deferred_without_details"]);
    expect(warned(changed({ "41A": "MEESNL2A\nBY MIXED PYMT" }))).to.deep.equal(["mixed_without_details"]);
    expect(warned(changed({ "27": "1/2" }))).to.deep.equal(["continued"]);
    expect(warned(changed({ "44C": "260501" }))).to.deep.equal(["expiry_before_shipment"]);
  });
});

describe("mutated messages", () => {
  const text = creditText();
  const start = text.indexOf("{4:");
  const end = text.indexOf("-}") + 2;

  it("never crash the reader, and terms are null exactly if a finding is an error", () => {
    const edit = fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(12),
      put: fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), fc.constantFrom("\r\n", ":", "-}", "{", "}", ":49:")),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let mutated = text;
        for (const { at, drop, put } of edits) mutated = mutated.slice(0, at) + put + mutated.slice(at + drop);
        const { findings, terms } = readMt700(mutated);
        expect(terms === null).to.equal(findings.some((finding) => finding.severity === "error"));
      }),
      { numRuns: 3000 },
    );
  });

  it("have an error at a character that no set has, or before it on its line", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: start + 5, max: end - 5 }),
        fc.constantFrom("\u0000", "é", "中", "~", "|"),
        (at, put) => {
          fc.pre(text[at] !== "\r" && text[at] !== "\n" && text[at - 1] !== "\r");
          const mutated = text.slice(0, at) + put + text.slice(at + 1);
          const errors = errorsIn(mutated);
          const lineBreakBefore = mutated.lastIndexOf("\n", at - 1) - 1;
          expect(errors.some((finding) => finding.offset >= lineBreakBefore && finding.offset <= at)).to.equal(true);
        },
      ),
    );
  });
});
