import { expect } from "chai";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import { readLedgerState } from "../../../src/chain/sending/ledgerState.ts";

describe("what the latest block says of a lane", () => {
  const asked: RpcCall[] = [];
  const read = (head: unknown, count: unknown) => {
    const rpc: Rpc = {
      call: () => Promise.reject(new Error("one round trip")),
      batch(calls) {
        asked.push(...calls);
        return Promise.resolve([head, count]);
      },
    };
    return readLedgerState(rpc, "0xlane");
  };
  const failureOf = (head: unknown, count: unknown) => read(head, count).catch((error: unknown) => error);
  const head = { number: "0x7", hash: "0xAb", baseFeePerGas: "0x10" };

  it("is its count, the head and the base fee, asked for in one round trip and never of a pool", async () => {
    expect(await read(head, "0x1f")).to.deep.equal({ count: 31, headHash: "0xAb", headNumber: 7, baseFeePerGas: 16n });
    expect(asked).to.deep.equal([
      { method: "eth_getBlockByNumber", params: ["latest", false] },
      { method: "eth_getTransactionCount", params: ["0xlane", "latest"] },
    ]);
  });

  it("has no base fee on a ledger without one", async () => {
    expect(await read({ number: "0x2", hash: "0x1" }, "0x0")).to.deep.equal({
      ...{ count: 0, headHash: "0x1", headNumber: 2, baseFeePerGas: 0n },
    });
    expect(await read({ number: "0x2", hash: "0x1", baseFeePerGas: null }, "0x0")).to.include({ baseFeePerGas: 0n });
  });

  it("is not known when one of the two answers is an error, which is the cause, or of another form", async () => {
    const refusal = new RpcError(-32_000, "busy", undefined);
    expect(await failureOf(refusal, "0x1")).to.deep.include({ code: "chain.unavailable", cause: refusal });
    expect(await failureOf(head, refusal)).to.deep.include({ code: "chain.unavailable", cause: refusal });
    for (const count of [null, "1", "0x", "x0x1", "0x1 ", 1]) {
      expect(await failureOf(head, count), String(count)).to.include({ code: "chain.unavailable" });
    }
    for (const block of [null, {}, { ...head, hash: "Ab" }, { ...head, number: 7 }, { ...head, baseFeePerGas: "16" }]) {
      expect(await failureOf(block, "0x1"), JSON.stringify(block)).to.include({ code: "chain.unavailable" });
    }
  });
});
