import { expect } from "chai";
import { draftFromMessage, type MessageOverrides } from "../../../src/features/credits/draftFromMessage.ts";
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
});
