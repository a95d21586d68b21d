import { expect } from "chai";
import { draftFromMessage } from "../../../src/features/credits/draftFromMessage.ts";
import type { MessageOverrides } from "../../../src/features/credits/messageFaults.ts";
import { readMt700 } from "../../../src/integrations/swift/readMt700.ts";
import { ids } from "./draftExamples.ts";
import { mt700Text } from "./mt700Text.ts";

const banks: Readonly<Record<string, number>> = {
  MSTRDEFF: ids.adviser,
  FCTVNL2A: ids.nominated,
  VRBDNL2R: ids.second,
};
const firms = { applicant: ids.applicant, beneficiary: ids.beneficiary };

function draftOf(change: Readonly<Record<string, string | null>> = {}, more: Partial<MessageOverrides> = {}) {
  const { message, terms, findings } = readMt700(mt700Text(change));
  if (terms === null) throw new Error(JSON.stringify(findings));
  return draftFromMessage({ message, terms }, { parties: firms, ...more }, (bic) => banks[bic]);
}

describe("A draft from an MT700", () => {
  it("takes the receiver as advising bank, 58a as the bank that is asked, 41a as nominated, 57a as second adviser", () => {
    const { draft, faults } = draftOf({ "57A": "VRBDNL2R" });
    expect(faults).to.deep.equal([]);
    expect(draft.parties).to.deep.equal({
      ...firms,
      advisingBank: ids.adviser,
      secondAdvisingBank: ids.second,
      nominatedBank: ids.nominated,
      confirmer: ids.adviser,
    });
    expect(draft).to.include({ reference: "LC1", rules: "UCP 600", presentationDays: 6, presentationEvent: "RECEIPT" });
    expect(draft.amount).to.deep.equal({ amount: "100000.00", currency: "EUR" });
  });

  it("asks nobody to confirm when field 49 says without (U14)", () => {
    const { draft } = draftOf({ "49": "WITHOUT", "58A": null });
    expect(draft.parties.confirmer).to.equal(0);
    expect(draft.confirmation).to.equal("without");
  });

  it("is available with any bank only if 41D says so (U09); another text must be resolved by a person", () => {
    const any = draftOf({ "41A": null, "41D": "ANY BANK IN THE NETHERLANDS\r\nBY PAYMENT" });
    expect([any.draft.parties.nominatedBank, any.faults]).to.deep.equal([0, []]);
    const named = { "41A": null, "41D": "SOME BANK\r\nAMSTERDAM\r\nBY PAYMENT" };
    expect(draftOf(named).faults.map(({ field }) => field)).to.deep.equal(["nominatedBank"]);
    const decided = draftOf(named, { parties: { ...firms, nominatedBank: ids.nominated } });
    expect(decided.faults).to.deep.equal([]);
    expect(decided.draft.parties.nominatedBank).to.equal(ids.nominated);
  });

  it("does not guess who a bank is that is no participant", () => {
    const { faults } = draftOf({ "41A": "UNKNNL2A\r\nBY PAYMENT", "57A": "OTHRNL2A" });
    expect(faults.map(({ field }) => field)).to.deep.equal(["nominatedBank", "secondAdvisingBank"]);
  });

  it("allows partial drawings unless 43P prohibits them (U54), and 21 days when 48 is silent (U29)", () => {
    expect(draftOf({ "43P": null }).draft.partialDrawings).to.equal(true);
    expect(draftOf({ "43P": "NOT ALLOWED" }).draft.partialDrawings).to.equal(false);
    expect(draftOf({ "48": null }).draft.presentationDays).to.equal(21);
    expect(draftOf({ "39A": "10/05" }).draft).to.include({ tolerancePlus: 10, toleranceMinus: 5 });
  });

  it("keeps 49H apart from the texts that all parties read", () => {
    const { draft } = draftOf({ "49H": "PAY AFTER 3 DAYS" });
    expect(draft.bankOnlyTexts).to.deep.equal({ "49H": ["PAY AFTER 3 DAYS"] });
    expect(JSON.stringify(draft.texts)).not.to.contain("PAY AFTER");
    expect(draft.texts["46A"]).to.deep.equal(["+INVOICE"]);
  });

  it("refuses another participant than the one whose BIC the message names, each by itself (U09, U14, U15)", () => {
    const other = { advisingBank: 7, secondAdvisingBank: 7, nominatedBank: 7, confirmer: 7 };
    const { faults } = draftOf({ "57A": "VRBDNL2R" }, { parties: { ...firms, ...other } });
    expect(faults.map(({ field }) => field)).to.deep.equal([
      "advisingBank",
      "secondAdvisingBank",
      "nominatedBank",
      "confirmer",
    ]);
    expect(faults.map(({ detail }) => detail).join()).to.contain("field 41A names FCTVNL2A");
    const same = { advisingBank: ids.adviser, nominatedBank: ids.nominated, confirmer: ids.adviser };
    expect(draftOf({}, { parties: { ...firms, ...same } }).faults).to.deep.equal([]);
  });

  it("takes the given participant where the BIC is nobody's, and none where any bank may pay (U09)", () => {
    const given = { parties: { ...firms, nominatedBank: ids.second } };
    const unknown = draftOf({ "41A": "UNKNNL2A\r\nBY PAYMENT" }, given);
    expect([unknown.draft.parties.nominatedBank, unknown.faults]).to.deep.equal([ids.second, []]);
    const any = draftOf({ "41A": null, "41D": "ANY BANK\r\nBY PAYMENT" }, given);
    expect(any.faults.map(({ field }) => field)).to.deep.equal(["nominatedBank"]);
  });

  it("lets terms fill what is said in free text or not at all, and contradict nothing else (U29, U54)", () => {
    const fieldsOf = (change: Readonly<Record<string, string | null>>, more: Partial<MessageOverrides>) =>
      draftOf(change, more).faults.map(({ field }) => field);
    expect(fieldsOf({}, { partialDrawings: false, presentationDays: 7 })).to.deep.equal([
      "presentationDays",
      "partialDrawings",
    ]);
    expect(fieldsOf({ "43P": "NOT ALLOWED" }, { partialDrawings: true })).to.deep.equal(["partialDrawings"]);
    expect(fieldsOf({ "43P": "CONDITIONAL" }, { partialDrawings: false })).to.deep.equal(["partialDrawings"]);
    expect(fieldsOf({}, { partialDrawings: true, presentationDays: 6 }), "what it says anyway").to.deep.equal([]);
    const silent = draftOf({ "43P": null, "48": null }, { partialDrawings: false, presentationDays: 7 });
    expect(silent.faults).to.deep.equal([]);
    expect(silent.draft).to.include({ partialDrawings: false, presentationDays: 7 });
    expect(fieldsOf({ "41A": "FCTVNL2A\r\nBY DEF PAYMENT", "42P": "90 DAYS" }, { tenorDays: 90 })).to.deep.equal([]);
  });
});
