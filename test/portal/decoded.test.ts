import { expect } from "chai";
import { asMoney, decode } from "../../src/portal/screens/approvals/decoded.ts";

describe("A decoded act in the portal", () => {
  it("shows money, parties and dates as what they are", () => {
    const money = { amount: "1234.50", currency: "EUR" };
    expect(decode("amount", money)).to.deep.equal({ is: "money", money });
    expect(decode("beneficiary", 4)).to.deep.equal({ is: "party", participantId: 4 });
    expect(decode("expiryDay", 20_602)).to.deep.equal({ is: "date", date: "2026-05-29" });
    expect(decode("fundBy", "2026-03-07T08:00:00.000Z")).to.include({ is: "instant" });
    expect(decode("shipmentDate", "2026-03-07")).to.include({ is: "date" });
    expect(decode("termsCommitment", `0x${"ab".repeat(32)}`)).to.include({ is: "hex" });
  });

  it("shows 0 as nothing where it stands for no party or no date, and as a number elsewhere", () => {
    expect(decode("confirmer", 0)).to.deep.equal({ is: "nothing" });
    expect(decode("latestShipmentDay", 0)).to.deep.equal({ is: "nothing" });
    expect(decode("tolerancePlus", 0)).to.deep.equal({ is: "text", text: "0" });
    expect(decode("shipmentDate", null)).to.deep.equal({ is: "nothing" });
  });

  it("shows what a person wrote as it is written, whatever it looks like", () => {
    for (const text of ["HOLD", "sight", "2093-07-01", `0x${"ab".repeat(32)}`]) {
      expect(decode("remittance", text)).to.deep.equal({ is: "words", text });
      expect(decode("endToEndId", text)).to.deep.equal({ is: "words", text });
    }
  });

  it("leaves nothing out that it has no word for", () => {
    expect(decode("novelty", "some text")).to.deep.equal({ is: "text", text: "some text" });
    expect(decode("novelty", { inner: true })).to.deep.equal({ is: "fields", fields: { inner: true } });
    expect(decode("novelty", [1])).to.deep.equal({ is: "list", items: [1] });
    expect(asMoney({ amount: 5, currency: "EUR" })).to.equal(undefined);
  });
});
