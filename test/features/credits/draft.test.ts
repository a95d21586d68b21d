import { expect } from "chai";
import { type CreditDraft, type DraftParties, draftFaults } from "../../../src/features/credits/draft.ts";
import { facts, ids, soundDraft } from "./draftExamples.ts";

function fieldsOf(change: Partial<CreditDraft>): readonly string[] {
  return draftFaults({ ...soundDraft, ...change }, facts).map(({ field }) => field);
}

function fieldsOfParties(change: Partial<DraftParties>, more: Partial<CreditDraft> = {}): readonly string[] {
  return fieldsOf({ ...more, parties: { ...soundDraft.parties, ...change } });
}

describe("The faults of a draft", () => {
  it("are none for a credit that fits together", () => {
    expect(draftFaults(soundDraft, facts)).to.deep.equal([]);
    expect(fieldsOf({ availableBy: "deferred", tenorDays: 90 })).to.deep.equal([]);
    expect(
      fieldsOfParties({ confirmer: 0, nominatedBank: 0, secondAdvisingBank: 0 }, { confirmation: "without" }),
    ).to.deep.equal([]);
  });

  it("name days in the wrong order (U12): expiry before issue, past expiry, shipment after expiry", () => {
    expect(fieldsOf({ issueDate: "2026-05-14" })).to.deep.equal(["expiryDate"]);
    expect(fieldsOf({ expiryDate: "2026-03-01", issueDate: null, latestShipmentDate: null })).to.deep.equal([
      "expiryDate",
    ]);
    expect(
      fieldsOf({ expiryDate: "2026-03-02", latestShipmentDate: null }),
      "the day itself may be the last",
    ).to.deep.equal([]);
    expect(fieldsOf({ latestShipmentDate: "2026-05-14" })).to.deep.equal(["latestShipmentDate"]);
    expect(fieldsOf({ expiryDate: "2037-01-01" })).to.deep.equal(["expiryDate"]);
    expect(fieldsOf({ expiryPlace: " " })).to.deep.equal(["expiryPlace"]);
  });

  it("name amounts that the bank cannot promise (U13): no token of its own, wrong precision, zero", () => {
    expect(fieldsOf({ amount: { amount: "1.00", currency: "USD" } })).to.deep.equal(["amount"]);
    expect(fieldsOf({ amount: { amount: "1.001", currency: "EUR" } })).to.deep.equal(["amount"]);
    expect(fieldsOf({ amount: { amount: "100.5", currency: "JPY" } })).to.deep.equal(["amount"]);
    expect(fieldsOf({ amount: { amount: "0", currency: "EUR" } })).to.deep.equal(["amount"]);
    expect(fieldsOf({ tolerancePlus: 101 })).to.deep.equal(["tolerancePlus"]);
    expect(fieldsOf({ texts: { "39C": ["PLUS FREIGHT"] } })).to.deep.equal(["amount"]);
  });

  it("name kinds of payment that are not served as such (U10), and tenors that do not fit", () => {
    for (const availableBy of ["acceptance", "negotiation", "mixed"] as const) {
      const faults = draftFaults({ ...soundDraft, availableBy }, facts);
      expect(faults.map(({ field, notBuilt }) => [field, notBuilt])).to.deep.equal([["availableBy", true]]);
    }
    expect(fieldsOf({ tenorDays: 30 })).to.deep.equal(["tenorDays"]);
    expect(fieldsOf({ availableBy: "deferred" })).to.deep.equal(["tenorDays"]);
  });

  it("name parties that are unknown, suspended or of another role", () => {
    expect(fieldsOfParties({ applicant: 77 })).to.deep.equal(["applicant"]);
    expect(fieldsOfParties({ applicant: 99 })).to.deep.equal(["applicant"]);
    expect(fieldsOfParties({ beneficiary: ids.carrier })).to.deep.equal(["beneficiary"]);
    expect(fieldsOfParties({ nominatedBank: ids.applicant })).to.deep.equal(["nominatedBank"]);
    expect(fieldsOfParties({ advisingBank: 0 })).to.deep.equal(["advisingBank"]);
  });

  it("name parties that exclude each other (U14, U15)", () => {
    expect(fieldsOfParties({ beneficiary: ids.applicant })).to.deep.equal(["beneficiary"]);
    expect(fieldsOfParties({ beneficiary: ids.issuer })).to.deep.equal(["beneficiary"]);
    expect(fieldsOfParties({ secondAdvisingBank: ids.adviser })).to.deep.equal(["secondAdvisingBank"]);
    expect(fieldsOfParties({ confirmer: ids.issuer })).to.deep.equal(["confirmer"]);
    expect(fieldsOfParties({ confirmer: 0 }), "asked, but nobody").to.deep.equal(["confirmer"]);
    expect(fieldsOfParties({}, { confirmation: "without" }), "named, but not asked").to.deep.equal(["confirmer"]);
  });

  it("name revocable credits and standbys (U02), and rules other than UCP 600 by name (U01)", () => {
    expect(fieldsOf({ form: "REVOCABLE" })).to.deep.equal(["form"]);
    expect(fieldsOf({ form: "IRREVOCABLE STANDBY" })).to.deep.equal(["form"]);
    expect(fieldsOf({ rules: "ISP LATEST VERSION" })).to.deep.equal(["rules"]);
  });

  it("come all at once", () => {
    const change = {
      amount: { amount: "x", currency: "EUR" },
      expiryDate: "2020-01-01",
      availableBy: "mixed" as const,
    };
    expect(new Set(fieldsOfParties({ applicant: 77 }, change))).to.deep.equal(
      new Set(["amount", "availableBy", "expiryDate", "latestShipmentDate", "applicant"]),
    );
  });
});
