import { expect } from "chai";
import { answer } from "../../../src/chain/ledger/methods.ts";
import { createSigner, openTestLedger } from "./ledgerFixture.ts";

const endless = "0x5b600056";

describe("The ledger and those who would wear it down", () => {
  it("takes transactions of admitted senders only, when it is given a list", async () => {
    const [lane, stranger] = [createSigner(), createSigner()];
    const { ledger } = await openTestLedger({ senders: [lane.address.toLowerCase()] });
    try {
      const refused = await ledger.submit(await stranger.sign());
      expect(refused).to.include({ kind: "refused", reason: "sender_not_admitted" });
      expect(await ledger.submit(await lane.sign())).to.include({ kind: "mined" });
    } finally {
      await ledger.close();
    }
  });

  it("simulates with at most five million gas, whatever the caller asks for", async () => {
    const { ledger } = await openTestLedger();
    try {
      for (const gas of [undefined, "0x1c9c380", "0xffffffffffffffff", "nonsense"]) {
        const outcome = await answer(ledger, {
          id: 1,
          method: "eth_call",
          params: [{ data: "0x5a60005260206000f3", gas }],
        });
        // The code answers with the gas that it has left.
        expect(Number(outcome.ok ? outcome.result : Number.NaN)).to.be.within(4_000_000, 5_000_000);
      }
      const bomb = await answer(ledger, { id: 1, method: "eth_call", params: [{ data: endless }] });
      expect(bomb.ok).to.equal(false);
    } finally {
      await ledger.close();
    }
  });
});
