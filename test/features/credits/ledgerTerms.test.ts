import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson } from "../../../src/features/credits/canonicalJson.ts";
import { commitTerms, contentOf, ledgerTermsOf } from "../../../src/features/credits/ledgerTerms.ts";
import { ids, soundDraft } from "./draftExamples.ts";

const salt = `0x${"1".repeat(64)}`;
const contentSalt = `0x${"2".repeat(64)}`;
const bankOnlySalt = `0x${"3".repeat(64)}`;
const token = `0x${"a".repeat(40)}`;

const terms = ledgerTermsOf(soundDraft, { issuingBank: ids.issuer, token, salt, contentSalt, bankOnlySalt });
const bound = {
  reference: soundDraft.reference,
  issuingBank: ids.issuer as number,
  terms,
  content: contentOf(soundDraft),
  bankOnly: { salt: bankOnlySalt, texts: soundDraft.bankOnlyTexts },
  contentSalt,
};

/** What a JSON column of the store gives back: the same value, its keys in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reordered(field)]),
  );
}

describe("The terms that stand on the ledger", () => {
  it("are those of the draft, in minor units and day numbers", () => {
    expect(terms).to.deep.include({
      token,
      amount: "10000000",
      expiryDay: 20_586,
      latestShipmentDay: 20_574,
      presentationDays: 6,
      tenorDays: 0,
      confirmer: ids.adviser,
      confirmation: "confirm",
    });
  });

  it("carry a commitment that survives the store, and no alteration of any part (U15)", () => {
    expect(commitTerms(bound)).to.equal(terms.termsCommitment);
    expect(commitTerms(reordered(bound) as typeof bound)).to.equal(terms.termsCommitment);
    const altered = [
      { ...bound, reference: "LC2" },
      { ...bound, issuingBank: ids.second },
      { ...bound, terms: { ...terms, amount: "10000001" } },
      { ...bound, terms: { ...terms, expiryDay: terms.expiryDay + 1 } },
      { ...bound, content: { ...bound.content, texts: { "45A": ["WINE"] } } },
      { ...bound, content: { ...bound.content, rules: "OTHR" } },
      { ...bound, bankOnly: { ...bound.bankOnly, texts: {} } },
      { ...bound, contentSalt: salt },
    ];
    const commitments = new Set(altered.map(commitTerms));
    expect(commitments.size).to.equal(altered.length);
    expect(commitments.has(terms.termsCommitment)).to.equal(false);
  });
});

describe("Canonical JSON", () => {
  it("has one text for each value, whatever the order of keys", () => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "grapheme" }),
        fc.maxSafeInteger().map((number) => number || 0),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (one) => {
        expect(canonicalJson(reordered(one))).to.equal(canonicalJson(one));
        expect(JSON.parse(canonicalJson(one))).to.deep.equal(one);
      }),
    );
  });

  it("refuses numbers that are not integers, for they have several texts", () => {
    expect(() => canonicalJson({ amount: 0.1 })).to.throw("integers");
  });
});
