import { expect } from "chai";
import { banksOf, partiesOf, readsBankOnlyTexts, readsReason } from "../../../src/features/credits/access.ts";
import { ids, soundDraft } from "./draftExamples.ts";

const credit = { issuingBank: ids.issuer, terms: soundDraft.parties };

describe("Who reads what of a credit", () => {
  it("field 49H is for its banks, and never for its applicant, its beneficiary or a stranger", () => {
    for (const bank of [ids.issuer, ids.adviser, ids.second, ids.nominated]) {
      expect(readsBankOnlyTexts(credit, bank), `bank ${bank}`).to.equal(true);
    }
    for (const other of [ids.applicant, ids.beneficiary, 77, null]) {
      expect(readsBankOnlyTexts(credit, other), `party ${other}`).to.equal(false);
    }
  });

  it("field 49H is hidden from a bank that is the beneficiary, even if it is nominated too", () => {
    const terms = { ...credit.terms, beneficiary: ids.nominated };
    expect(readsBankOnlyTexts({ ...credit, terms }, ids.nominated)).to.equal(false);
  });

  it("the reason of declining is for the bank that declined and the bank that asked it (U14, U17)", () => {
    expect(readsReason(credit, ids.adviser, ids.adviser)).to.equal(true);
    expect(readsReason(credit, ids.issuer, ids.adviser)).to.equal(true);
    expect(readsReason(credit, ids.second, ids.adviser)).to.equal(false);
    expect(readsReason(credit, ids.applicant, ids.adviser)).to.equal(false);
  });

  it("each party counts once, and no bank is no party", () => {
    expect(banksOf({ ...credit, terms: { ...credit.terms, nominatedBank: 0 } })).to.deep.equal([
      ids.issuer,
      ids.adviser,
      ids.second,
    ]);
    expect(partiesOf(credit)).to.have.length(6);
  });
});
