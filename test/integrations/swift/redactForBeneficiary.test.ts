import { expect } from "chai";
import fc from "fast-check";
import { writeMessage } from "../../../src/integrations/swift/message.ts";
import { parseMessage } from "../../../src/integrations/swift/parseMessage.ts";
import { readMt700 } from "../../../src/integrations/swift/readMt700.ts";
import {
  holdsBankOnly,
  redactForBeneficiary,
  redactTermsForBeneficiary,
} from "../../../src/integrations/swift/redactForBeneficiary.ts";
import { changed, creditText } from "./creditText.ts";

const secret = "POST-FINANCING AT 2 PERCENT";
const redacted = (text: string): string => writeMessage(redactForBeneficiary(parseMessage(text).message));

describe("what a beneficiary is shown", () => {
  it("has no 49H and is otherwise the same text", () => {
    const text = creditText();
    expect(redacted(text)).to.equal(creditText(changed({ "49H": null })));
    expect(holdsBankOnly(parseMessage(text).message)).to.equal(true);
    expect(holdsBankOnly(parseMessage(redacted(text)).message)).to.equal(false);
  });

  it("has no 49N of an amendment, however often it stands", () => {
    const amendment = `{1:F01BKAUATWWAXXX0000000000}{2:I707AMRONL2AXXXXN}{4:\r\n:20:A\r\n:49N:/ADD/${secret}\r\nMORE\r\n:49M:OPEN\r\n:49N:AGAIN\r\n-}`;
    expect(redacted(amendment)).to.not.match(/49N|POST|MORE|AGAIN/);
    expect(redacted(amendment)).to.include(":49M:OPEN");
  });

  it("has no bank-only text that hides behind a malformed tag or outside the text block", () => {
    for (const tag of [":49h:", ": 49H:", ":49H :", " :49N:"]) {
      expect(redacted(creditText().replace(":49H:", tag)), tag).to.not.include(secret);
    }
    expect(redacted(`${creditText(changed({ "49H": null }))}:49H:${secret}`)).to.not.include(secret);
    expect(redacted(creditText().replace("{2:I", "{2I"))).to.not.include(secret);
    expect(redacted(creditText().replace("0000000000}", "0000000000")), "block 1 swallows the rest").to.not.include(
      secret,
    );
  });

  it("never shows it, wherever the text is cut", () => {
    const text = creditText();
    fc.assert(
      fc.property(fc.nat(text.length), (cut) => {
        expect(redacted(text.slice(0, cut))).to.not.include("POST-FINANCING");
        expect(redacted(text.slice(cut))).to.not.include(":49H:");
      }),
    );
  });

  it("has no bank-only lines in the terms", () => {
    const { terms } = readMt700(creditText());
    if (terms === null) throw new Error("the message is valid");
    expect(terms.bankOnlyLines).to.deep.equal([secret]);
    expect(
      JSON.stringify(redactTermsForBeneficiary(terms), (_, value) =>
        typeof value === "bigint" ? String(value) : value,
      ),
    ).to.not.include(secret);
  });
});
