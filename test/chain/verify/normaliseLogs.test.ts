import { expect } from "chai";
import { normaliseLogs } from "../../../src/chain/verify/normaliseLogs.ts";
import { type VerifyOptions, verifyBlock } from "../../../src/chain/verify/verifyBlock.ts";
import type { VerifiableReceipt } from "../../../src/chain/verify/wire.ts";
import { changed } from "./change.ts";
import { type ManualLedger, type MinedBlock, openManualLedger } from "./manualLedger.ts";

const full: VerifyOptions = { mode: "full", headerKind: "ethereum" };

describe("the numbering of logs", () => {
  let ledger: ManualLedger;
  let mined: MinedBlock;
  before(async () => {
    ledger = await openManualLedger();
    mined = await ledger.mine(20);
  });
  after(() => ledger.close());

  const perTransaction = (receipts: readonly VerifiableReceipt[]) =>
    receipts.map((receipt) => ({
      ...receipt,
      logs: receipt.logs.map((log, place) => ({ ...log, logIndex: `0x${place.toString(16)}` })),
    }));

  it("through each transaction, as old Besu has it (besu#4114), becomes the one through the block", () => {
    const numbered = perTransaction(mined.receipts);
    expect(verifyBlock(mined.block, numbered, full)?.check).to.equal("log_index");
    const normalised = normaliseLogs(numbered);
    expect(normalised).to.deep.equal(mined.receipts);
    expect(verifyBlock(mined.block, normalised, full)).to.equal(undefined);
  });

  it("through the block stays as it is, and a wrong one stays wrong", () => {
    expect(normaliseLogs(mined.receipts)).to.equal(mined.receipts);
    const logged = mined.receipts.findLastIndex(({ logs }) => logs.length > 1);
    for (const receipts of [mined.receipts, perTransaction(mined.receipts)]) {
      const lied = changed(receipts, [logged, "logs", 1, "logIndex"], "0x70");
      expect(verifyBlock(mined.block, normaliseLogs(lied), full)?.check).to.equal("log_index");
    }
  });

  it("of the first logs of a block is right already, so they stay as they are", () => {
    const numbered = perTransaction(mined.receipts);
    const logged = numbered.findIndex(({ logs }) => logs.length > 0);
    const normalised = normaliseLogs(numbered);
    for (let index = 0; index <= logged; index += 1) expect(normalised[index]).to.equal(numbered[index]);
  });

  it("of what is no receipt is left to verification", () => {
    const numbered = perTransaction(mined.receipts);
    for (const junk of [
      null,
      undefined,
      7,
      {},
      { logs: null },
      { logs: "" },
      { logs: [null] },
      { logs: [undefined] },
    ]) {
      const given = [...numbered, junk] as unknown as VerifiableReceipt[];
      expect(normaliseLogs(given)).to.equal(given);
    }
  });
});
