import { expect } from "chai";
import { EndpointFault } from "../../../src/chain/endpoints.ts";
import { findAncestor, readHash } from "../../../src/chain/indexing/ancestor.ts";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import type { BlockPlace } from "../../../src/domain/blockStore.ts";
import { hash } from "../../store/blockFixture.ts";

/** An endpoint whose blocks up to `common` are ours, with others above up to its head; it notes what is asked of it. */
function endpointWith({ common, head }: { common: number; head: number }) {
  const asked: RpcCall[] = [];
  const rpc: Rpc = {
    call: () => Promise.reject(new Error("asked in batches only")),
    batch(calls) {
      asked.push(...calls);
      const numbers = calls.map(({ params: [quantity] }) => Number(quantity));
      return Promise.resolve(
        numbers.map((number) => (number > head ? null : { hash: hash(number, number > common ? "d" : "b") })),
      );
    },
  };
  return { rpc, asked };
}

/** Blocks of ours up to a number; it notes which ranges are asked of it. */
function storeUpTo(last: number, first = 0) {
  const ranges: [from: number, to: number][] = [];
  return {
    ranges,
    blocks(from: number, to: number): Promise<readonly BlockPlace[]> {
      ranges.push([from, to]);
      const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      return Promise.resolve(numbers.filter((number) => number >= first && number <= last).map(place));
    },
  };
}

const place = (number: number): BlockPlace => ({ number, hash: hash(number, "b") });

function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail("it went well"),
    (error: unknown) => error,
  );
}

describe("the hash of a block as an endpoint has it", () => {
  it("is asked for by number, without transactions", async () => {
    const { rpc, asked } = endpointWith({ common: 20, head: 20 });
    expect(await readHash(rpc, 17)).to.equal(hash(17, "b"));
    expect(asked).to.deep.equal([{ method: "eth_getBlockByNumber", params: ["0x11", false] }]);
  });

  it("is not there where the endpoint is behind", async () => {
    const { rpc } = endpointWith({ common: 20, head: 20 });
    expect(await faultOf(readHash(rpc, 21))).to.deep.include({
      ...{ code: "chain.unavailable", facts: { reason: "behind" } },
    });
  });

  it("is not there where the endpoint answers with an error", async () => {
    const refusal = new RpcError(-32_000, "no", undefined);
    const rpc: Rpc = { call: () => Promise.reject(new Error()), batch: async () => [refusal] };
    const error = await faultOf(readHash(rpc, 3));
    expect(error).to.deep.include({ code: "chain.unavailable", facts: { reason: "not_json_rpc" } });
    expect(error).to.have.property("cause", refusal);
  });
});

describe("the last block that an endpoint has as it is stored", () => {
  it("is the very one that the search begins at, where nothing is different", async () => {
    const store = storeUpTo(300);
    const { rpc } = endpointWith({ common: 300, head: 300 });
    expect(await findAncestor(rpc, store, { from: 300, finalized: undefined })).to.deep.equal(place(300));
    expect(store.ranges).to.deep.equal([[293, 300]]);
  });

  for (const common of [0, 1, 292, 293, 294, 299]) {
    it(`is found at ${common} of 300`, async () => {
      const { rpc } = endpointWith({ common, head: 300 });
      expect(await findAncestor(rpc, storeUpTo(300), { from: 300, finalized: undefined })).to.deep.equal(place(common));
    });
  }

  it("is looked for in steps that double from 8 blocks to 128, none left out and none looked at twice", async () => {
    const store = storeUpTo(500);
    const { rpc, asked } = endpointWith({ common: 5, head: 500 });
    await findAncestor(rpc, store, { from: 500, finalized: undefined });
    expect(store.ranges).to.deep.equal([
      ...[493, 477, 445, 381, 253, 125].map((from, index) => [from, [500, 492, 476, 444, 380, 252][index]]),
      [0, 124],
    ]);
    const numbers = asked.map(({ params }) => Number(params[0]));
    expect(numbers.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 501 }, (_, number) => number));
  });

  it("may be the last final one, and is looked for no deeper", async () => {
    const store = storeUpTo(30);
    const { rpc } = endpointWith({ common: 20, head: 30 });
    expect(await findAncestor(rpc, store, { from: 30, finalized: place(20) })).to.deep.equal(place(20));
    expect(store.ranges).to.deep.equal([
      [23, 30],
      [20, 22],
    ]);
  });

  it("may be a final one that stands alone in its step", async () => {
    const { rpc } = endpointWith({ common: 20, head: 28 });
    expect(await findAncestor(rpc, storeUpTo(28), { from: 28, finalized: place(20) })).to.deep.equal(place(20));
  });

  it("must not be below what is final", async () => {
    const { rpc } = endpointWith({ common: 19, head: 30 });
    const error = await faultOf(findAncestor(rpc, storeUpTo(30), { from: 30, finalized: place(20) }));
    expect(error).to.be.instanceOf(EndpointFault);
    expect(error).to.deep.include({ fault: { check: "finality" } });
  });

  it("is none where not even block 0 is the same", async () => {
    const { rpc } = endpointWith({ common: -1, head: 30 });
    const error = await faultOf(findAncestor(rpc, storeUpTo(30), { from: 30, finalized: undefined }));
    expect(error).to.be.instanceOf(EndpointFault);
  });

  it("is found although the store has not all blocks of a step, and the endpoint is behind", async () => {
    const { rpc } = endpointWith({ common: 27, head: 28 });
    expect(await findAncestor(rpc, storeUpTo(30, 26), { from: 30, finalized: undefined })).to.deep.equal(place(27));
  });
});
