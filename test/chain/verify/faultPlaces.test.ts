import { expect } from "chai";
import { finding, shown } from "../../../src/chain/verify/fault.ts";
import { type VerifyOptions, verifyBlock } from "../../../src/chain/verify/verifyBlock.ts";
import type { VerifiableBlock, VerifiableReceipt } from "../../../src/chain/verify/wire.ts";
import { changed, type Path } from "./change.ts";
import { type ManualLedger, type MinedBlock, openManualLedger } from "./manualLedger.ts";

const full: VerifyOptions = { mode: "full", headerKind: "ethereum" };
const other = `0x${"77".repeat(32)}`;

describe("the place that a fault names", () => {
  let ledger: ManualLedger;
  let mined: MinedBlock;
  let logged: number;
  before(async () => {
    ledger = await openManualLedger();
    mined = await ledger.mine(12);
    logged = mined.receipts.findIndex(({ logs }) => logs.length > 1);
  });
  after(() => ledger.close());

  const faultOf = (block: unknown, receipts: unknown, options: Partial<VerifyOptions> = {}) =>
    verifyBlock(block as VerifiableBlock, receipts as readonly VerifiableReceipt[], { ...full, ...options });
  const bend = (path: Path, value: unknown) => faultOf(mined.block, changed(mined.receipts, path, value));

  it("is a field of the header, with what was expected there", () => {
    const { block, receipts } = mined;
    const { number, hash, parentHash, logsBloom, receiptsRoot } = block;
    expect(faultOf(block, receipts, { number: 9_999 })).to.include({ at: "number", expected: "9999", actual: number });
    expect(faultOf({ ...block, hash: other }, receipts)).to.include({ at: "hash", expected: hash, actual: other });
    expect(faultOf(block, receipts, { parentHash: other })).to.include({
      ...{ at: "parentHash", expected: other, actual: parentHash },
    });
    const none = { headerKind: "none" } as const;
    const bloom = faultOf({ ...block, logsBloom: "0x" }, receipts, none);
    expect(bloom).to.include({ at: "logsBloom", actual: "0x", expected: `${logsBloom?.slice(0, 79)}…` });
    const root = faultOf({ ...block, receiptsRoot: other }, receipts, none);
    expect(root).to.include({ at: "receiptsRoot", expected: receiptsRoot, actual: other });
  });

  it("is a receipt, or how many there are", () => {
    const { block, receipts } = mined;
    const { transactions } = block;
    expect(faultOf(block, receipts.slice(0, -1))).to.include({ at: "receipts", expected: "12", actual: "11" });
    expect(faultOf(block, [...receipts, receipts[0]])).to.include({ at: "receipts[12]", expected: "12", actual: "13" });
    expect(faultOf(block, receipts.with(2, null as never))).to.include({
      ...{ at: "receipts[2]", expected: transactions[2], actual: "null" },
    });
    expect(bend([2, "transactionHash"], other)).to.include({
      ...{ at: "receipts[2].transactionHash", expected: transactions[2], actual: other },
    });
    expect(bend([2, "blockHash"], "0x5")).to.include({ at: "receipts[2]", actual: `${block.number} 0x5` });
    expect(bend([2, "blockNumber"], "0x5")).to.include({ at: "receipts[2]", actual: `0x5 ${block.hash}` });
    expect(bend([2, "transactionIndex"], "0x5")).to.include({
      ...{ at: "receipts[2].transactionIndex", expected: "2", actual: "0x5" },
    });
    expect(bend([2, "gasUsed"], "0x1")).to.include({
      ...{ at: "receipts[2].gasUsed", actual: "0x1", expected: String(Number(gasUsedOf(mined, 2))) },
    });
    expect(bend([2, "logsBloom"], "0x1")).to.include({ at: "receipts[2].logsBloom", actual: "0x1" });
  });

  it("is a log of a receipt", () => {
    const { block, receipts } = mined;
    const at = `receipts[${logged}].logs[1]`;
    const first = receipts.slice(0, logged).reduce((sum, { logs }) => sum + logs.length, 0);
    expect(bend([logged, "logs", 1, "blockHash"], "0x5")).to.include({
      ...{ at, expected: `${block.number} ${block.hash}`.slice(0, 80), actual: `${block.number} 0x5` },
    });
    expect(bend([logged, "logs", 1, "blockNumber"], "0x5")).to.include({ at, actual: `0x5 ${block.hash}` });
    expect(bend([logged, "logs", 1, "transactionHash"], other)).to.include({
      ...{ at: `${at}.transactionHash`, expected: block.transactions[logged], actual: other },
    });
    expect(bend([logged, "logs", 1, "transactionIndex"], "0x63")).to.include({
      ...{ at: `${at}.transactionIndex`, expected: String(logged), actual: "0x63" },
    });
    expect(bend([logged, "logs", 1, "removed"], true)).to.include({
      ...{ at: `${at}.removed`, expected: "false", actual: "true" },
    });
    expect(bend([logged, "logs", 1, "logIndex"], "0x63")).to.include({
      ...{ at: `${at}.logIndex`, expected: String(first + 1), actual: "0x63" },
    });
  });

  it("is none where a log leaves out what not every client repeats in it", () => {
    const brief = mined.receipts.map((receipt) => ({
      ...receipt,
      logs: receipt.logs.map(({ blockHash: _, blockNumber: __, transactionIndex: ___, removed: ____, ...log }) => log),
    }));
    expect(faultOf(mined.block, brief)).to.equal(undefined);
  });

  it("is not known where a value is malformed, but the value is", () => {
    expect(bend([2, "cumulativeGasUsed"], "0x01")).to.include({
      ...{ check: "malformed", at: "", actual: "0x01", expected: "not as the JSON-RPC specification writes it" },
    });
  });
});

function gasUsedOf({ receipts }: MinedBlock, index: number): string | undefined {
  return receipts[index]?.gasUsed;
}

describe("a value as a fault shows it", () => {
  it("is a text as it is, anything else as JSON, undefined by its name", () => {
    expect(shown("0x5")).to.equal("0x5");
    expect([shown(5), shown(null), shown([1]), shown(undefined)]).to.deep.equal(["5", "null", "[1]", "undefined"]);
  });

  it("has at most 80 characters", () => {
    expect(shown("x".repeat(80))).to.equal("x".repeat(80));
    expect(shown("x".repeat(81))).to.equal(`${"x".repeat(79)}…`);
  });

  it("is what came and what was expected, at its place", () => {
    expect(finding("bloom", "logsBloom", { expected: 1, actual: "0x" })).to.deep.equal({
      ...{ check: "bloom", at: "logsBloom", expected: "1", actual: "0x" },
    });
  });
});
