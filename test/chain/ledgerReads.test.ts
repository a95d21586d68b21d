import { expect } from "chai";
import { createLedgerReads } from "../../src/chain/ledgerReads.ts";
import { type Rpc, type RpcCall, RpcError } from "../../src/chain/rpc.ts";
import { AppError } from "../../src/shared/errors.ts";
import { runInsideTransaction } from "../../src/shared/transactionScope.ts";

/** A node that remembers its batches; `answer` makes the result of each call from its data. */
function createNode(answer: (data: string) => unknown) {
  const batches: (readonly RpcCall[])[] = [];
  const rpc: Rpc = {
    call: () => Promise.reject(new Error("one at a time")),
    batch(calls) {
      batches.push(calls);
      return Promise.resolve(calls.map(({ params }) => answer((params[0] as { data: string }).data)));
    },
  };
  return { batches, reads: createLedgerReads({ rpc }) };
}

const callOf = (data: string) => ({ from: "0x01", to: "0x02", data });

describe("reads of the ledger", () => {
  it("that are asked for together go out in one round trip, up to fifty, each with its own answer", async () => {
    const { batches, reads } = createNode((data) => `${data}-answer`);
    const asked = Array.from({ length: 120 }, (_, index) => reads.simulate(callOf(`0x${index}`)));
    expect(await Promise.all(asked)).to.deep.equal(asked.map((_, index) => `0x${index}-answer`));
    expect(batches.map((batch) => batch.length)).to.deep.equal([50, 50, 20]);
    expect(batches[0]?.[0]).to.deep.equal({ method: "eth_call", params: [callOf("0x0"), "pending"] });
  });

  it("go out at once when they are alone", async () => {
    const { batches, reads } = createNode(() => "0x");
    await reads.simulate(callOf("0x1"));
    await reads.simulate(callOf("0x2"));
    expect(batches.map((batch) => batch.length)).to.deep.equal([1, 1]);
  });

  it("are refused one by one: the refusal of one is not that of its neighbours", async () => {
    const { reads } = createNode((data) => (data === "0xbad" ? new RpcError(3, "reverted", "0xdeadbeef") : data));
    const outcomes = await Promise.allSettled(["0x1", "0xbad", "0x2"].map((data) => reads.simulate(callOf(data))));
    expect(outcomes.map((one) => (one.status === "fulfilled" ? one.value : one.reason.code))).to.deep.equal([
      "0x1",
      "contract.refused",
      "0x2",
    ]);
  });

  it("fail together when the ledger cannot be reached, and are asked anew afterwards", async () => {
    let isDown = true;
    const rpc: Rpc = {
      call: () => Promise.reject(new Error("one at a time")),
      batch: (calls) =>
        isDown ? Promise.reject(new AppError("chain.unavailable")) : Promise.resolve(calls.map(() => "0x")),
    };
    const reads = createLedgerReads({ rpc });
    const outcomes = await Promise.allSettled([reads.simulate(callOf("0x1")), reads.simulate(callOf("0x2"))]);
    expect(outcomes.map((one) => one.status === "rejected" && one.reason.code)).to.deep.equal([
      "chain.unavailable",
      "chain.unavailable",
    ]);
    isDown = false;
    expect(await reads.simulate(callOf("0x1"))).to.equal("0x");
  });

  it("are refused inside a database transaction", async () => {
    const { batches, reads } = createNode(() => "0x");
    const asked = () => runInsideTransaction(async () => await reads.simulate(callOf("0x1")));
    expect(String(await asked().catch((error: unknown) => error))).to.match(/invariant: a call to the ledger/);
    expect(batches).to.deep.equal([]);
  });
});
