import { expect } from "chai";
import { askedTooMuch } from "../../../src/chain/indexing/limitMessages.ts";
import { RpcError } from "../../../src/chain/rpc.ts";
import { unavailable } from "../../../src/chain/rpcTransport.ts";

/** As they come, and the most that they name. */
const refusals: readonly (readonly [message: string, max: number | undefined])[] = [
  ["batch too large", undefined],
  ["response too large", undefined],
  ["request timed out", undefined],
  ["query returned more than 10000 results", 10_000],
  ["query returned more than 10,000 results", 10_000],
  ["requested too many blocks from 10 to 5000, maximum is set to 2048", 2_048],
  ["batch limit 100 exceeded (can increase by --rpc.batch.limit)", 100],
  ["Batch size limit exceeded", undefined],
  ["Requested range exceeds maximum RPC range limit", undefined],
  ["Requested range exceeds maximum range: 500", 500],
  ["exceed max block range: 1000", 1_000],
  ["exceeds max range:750", 750],
  ["exceeded max range limit", undefined],
  ["Number of requests exceeds max batch size", undefined],
  ["eth_getLogs is limited to a 10,000 range", 10_000],
  ["eth_getLogs is limited to a 5 blocks range", 5],
  ["eth_getLogs is limited to a 5 block range", 5],
  ["Log response size exceeded", undefined],
  ["batch size is larger than the maximum 50", 50],
  ["batch requests more than 1000", 1_000],
  ["batch request is larger than the maximum 60", 60],
  ["batch size larger than max 20", 20],
  ["block range is too wide", undefined],
  ["block range too large", undefined],
  ["Block range limit exceeded. See more details", undefined],
  ["maximum 3000 is allowed", 3_000],
  ["maximum 3_000 allowed", 3_000],
  ["Max range: 800", 800],
  ["maximum range:1,024", 1_024],
  ["query exceeds max results 20000", 20_000],
  ["query exceeds max results", undefined],
  ["Batch of more than 30 requests are not allowed", 30],
  ["exceeds the maximum batch size of 10", 10],
  ["exceeded maximum allowed 7", 7],
  ["exceed max allowed", undefined],
  ["too many requests in one batch", undefined],
  ["maximum number of calls reached", undefined],
  ["payload too large", undefined],
  ["Request entity is too large", undefined],
  ["query timeout exceeded", undefined],
];

describe("refusals because too much was asked", () => {
  for (const [message, max] of refusals) {
    it(`understands "${message}"`, () => {
      expect(askedTooMuch(new RpcError(-32_000, message, undefined))).to.deep.equal({ max });
    });
  }

  it("understands the code that EIP-1474 has for it, whatever the words", () => {
    expect(askedTooMuch(new RpcError(-32_005, "no", undefined))).to.deep.equal({ max: undefined });
  });

  it("understands one error for a whole batch, and answers that were too large or too slow", () => {
    const cause = new RpcError(-32_000, "batch limit 100 exceeded", undefined);
    expect(askedTooMuch(unavailable("not_json_rpc", cause))).to.deep.equal({ max: 100 });
    expect(askedTooMuch(unavailable("too_large"))).to.deep.equal({ max: undefined });
    expect(askedTooMuch(unavailable("timeout"))).to.deep.equal({ max: undefined });
  });

  it("takes no number that is none", () => {
    expect(askedTooMuch(new RpcError(-32_000, "batch limit 0 exceeded", undefined))).to.deep.equal({ max: undefined });
    const huge = `batch limit ${"9".repeat(20)} exceeded`;
    expect(askedTooMuch(new RpcError(-32_000, huge, undefined))).to.deep.equal({ max: undefined });
  });

  it("takes nothing else for one", () => {
    const others = [
      new RpcError(-32_000, "header not found", undefined),
      new RpcError(-32_601, "the method does not exist", undefined),
      new RpcError(3, "execution reverted", "0x"),
      new RpcError(-32_000, "mybatch too largely", undefined),
      unavailable("unreachable"),
      unavailable("not_json_rpc", new Error("batch too large")),
      new Error("batch too large"),
      "batch too large",
      undefined,
    ];
    for (const other of others) expect(askedTooMuch(other), String(other)).to.equal(undefined);
  });
});
