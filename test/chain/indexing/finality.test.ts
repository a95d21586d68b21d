import { expect } from "chai";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createFinalityReader } from "../../../src/chain/indexing/finality.ts";
import { type Rpc, RpcError } from "../../../src/chain/rpc.ts";
import type { Finality } from "../../../src/domain/blockStore.ts";
import { hash } from "../../store/blockFixture.ts";

const place = (number: number) => ({ number, hash: hash(number, "b") });
const stored = [place(3), place(4), place(5)];

function readerOf(finality: Finality, finalized: unknown) {
  const asked: unknown[] = [];
  const rpc: Rpc = {
    call: <T>(method: string, params: readonly unknown[] = []) => {
      asked.push([method, ...params]);
      return finalized instanceof Error ? Promise.reject(finalized) : Promise.resolve(finalized as T);
    },
    batch: async () => [],
  };
  const store = {
    blocks: async (from: number, to: number) => stored.filter(({ number }) => number >= from && number <= to),
  };
  return { asked, reader: createFinalityReader(finality, { source: createSingleSource(rpc), store }) };
}

describe("which blocks are final", () => {
  it("is every visible one where finality is instant, without a question", async () => {
    const { reader, asked } = readerOf({ kind: "instant" }, null);
    expect(await reader.read(5, place(5))).to.be.greaterThan(1e15);
    expect(asked).to.deep.equal([]);
  });

  it("is the one that so many blocks stand on", async () => {
    const { reader, asked } = readerOf({ kind: "depth", depth: 3 }, null);
    expect(await reader.read(10, place(5))).to.equal(7);
    expect(asked).to.deep.equal([]);
  });

  describe("by the node's tag", () => {
    const read = (finalized: unknown, last = stored.at(-1)) =>
      readerOf({ kind: "tagged" }, finalized).reader.read(9, last);

    it("is the tagged block when it is one of ours", async () => {
      const { reader, asked } = readerOf({ kind: "tagged" }, { number: "0x4", hash: hash(4, "b") });
      expect(await reader.read(9, place(5))).to.equal(4);
      expect(asked).to.deep.equal([["eth_getBlockByNumber", "finalized", false]]);
      expect(await read({ number: "0x5", hash: hash(5, "b") }), "the last one").to.equal(5);
    });

    it("is none of ours when the tagged block is of another branch", async () => {
      expect(await read({ number: "0x4", hash: hash(4, "a") })).to.equal(-1);
      expect(await read({ number: "0x5", hash: hash(5, "a") }), "at the height of the last one").to.equal(-1);
      expect(await read({ number: "0x1", hash: hash(1, "b") }), "not stored").to.equal(-1);
    });

    it("is taken as it is above what is stored, and before anything is", async () => {
      expect(await read({ number: "0x8", hash: hash(8, "a") })).to.equal(8);
      expect(await read({ number: "0x1f", hash: hash(31, "a") })).to.equal(31);
      const { reader } = readerOf({ kind: "tagged" }, { number: "0x2", hash: hash(2, "a") });
      expect(await reader.read(9, undefined)).to.equal(2);
    });

    it("is unknown when the node has none, answers an error, or something that is no block", async () => {
      const answers = [
        null,
        new RpcError(-39_001, "unknown block", undefined),
        {},
        { number: "5", hash: hash(5, "b") },
        { number: "x0x4", hash: hash(4, "b") },
        { number: " 0x4", hash: hash(4, "b") },
        { number: "0x4x", hash: hash(4, "b") },
        { number: "0x", hash: hash(4, "b") },
        { number: `0x1${"0".repeat(13)}`, hash: hash(4, "b") },
        { number: "0x4" },
      ];
      for (const answer of answers) expect(await read(answer), JSON.stringify(answer)).to.equal(-1);
    });

    it("is no answer when the node does not answer", async () => {
      const silent = new Error("unreachable");
      expect(await read(silent).catch((error: unknown) => error)).to.equal(silent);
    });
  });
});
