import { expect } from "chai";
import { askedBlock } from "../../src/chain/askedBlock.ts";

describe("the block that calls ask for", () => {
  const of = (method: string, ...params: readonly unknown[]) => askedBlock([{ method, params }]);

  it("is the number in their parameters", () => {
    expect(of("eth_getBlockByNumber", "0x1f", false)).to.equal(31);
    expect(of("eth_getBlockReceipts", "0x0")).to.equal(0);
    expect(of("eth_call", { to: "0x1" }, "0x10")).to.equal(16);
    expect(of("eth_getStorageAt", "0x1", "0x99", "0x7")).to.equal(7);
    expect(of("eth_getTransactionCount", "0x1", "0x7")).to.equal(7);
  });

  it("is the later end of a range of logs", () => {
    expect(of("eth_getLogs", { fromBlock: "0x5", toBlock: "0x9" })).to.equal(9);
    expect(of("eth_getLogs", { fromBlock: "0x5", toBlock: "latest" })).to.equal(5);
    expect(of("eth_getLogs", { blockHash: `0x${"1".repeat(64)}` })).to.equal(undefined);
    expect(of("eth_getLogs")).to.equal(undefined);
  });

  it("is the highest of a batch", () => {
    const batch = ["0x5", "0x30", "0x7"].map((number) => ({ method: "eth_getBlockByNumber", params: [number, false] }));
    expect(askedBlock([...batch, { method: "eth_chainId", params: [] }])).to.equal(48);
    expect(askedBlock([])).to.equal(undefined);
  });

  it("is none where they ask by tag, by hash or for no block", () => {
    expect(of("eth_getBlockByNumber", "latest", false)).to.equal(undefined);
    expect(of("eth_getBlockReceipts", `0x${"1".repeat(64)}`)).to.equal(undefined);
    expect(of("eth_getTransactionCount", "0x1", "pending")).to.equal(undefined);
    expect(of("eth_sendRawTransaction", "0x5")).to.equal(undefined);
    expect(of("eth_getTransactionReceipt", "0x5")).to.equal(undefined);
  });
});
