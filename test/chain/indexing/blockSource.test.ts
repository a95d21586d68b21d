import { expect } from "chai";
import { createSingleSource, isReadFault } from "../../../src/chain/indexing/blockSource.ts";
import type { Rpc } from "../../../src/chain/rpc.ts";

describe("one endpoint as a source of blocks", () => {
  const asked: unknown[] = [];
  const rpc: Rpc = {
    call: <T>(...call: readonly unknown[]) => {
      asked.push(call);
      return Promise.resolve("0x1f" as T);
    },
    batch: () => Promise.reject(new Error("not asked")),
  };
  const source = createSingleSource(rpc);

  it("has the head that the endpoint has", async () => {
    expect(await source.head()).to.deep.equal({ number: 31, endpoints: { only: 31 } });
    expect(asked).to.deep.equal([["eth_blockNumber"]]);
  });

  it("works with the endpoint, by its name, whatever is said of it", async () => {
    source.report("only", { check: "bloom" });
    expect(await source.sticky((given, name) => Promise.resolve([given, name]))).to.deep.equal([rpc, "only"]);
  });
});

describe("a fault of an endpoint", () => {
  it("is one of reading when it names a block", () => {
    expect(isReadFault({ check: "bloom", number: 7 } as { check: string })).to.equal(true);
    expect(isReadFault({ check: "finality" })).to.equal(false);
  });
});
