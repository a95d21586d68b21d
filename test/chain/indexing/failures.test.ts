import { expect } from "chai";
import { Interface } from "ethers";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { readFailures } from "../../../src/chain/indexing/failures.ts";
import type { ReadBlock } from "../../../src/chain/indexing/wireBlock.ts";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import { address, hash } from "../../store/blockFixture.ts";

/** A block whose transactions have these statuses; the n-th of block b has the hash of 100 b + n. */
function blockOf(number: number, ...statuses: readonly string[]): ReadBlock {
  const receipts = statuses.map((status, index) => ({ transactionHash: hash(100 * number + index), status, logs: [] }));
  return { block: { number: `0x${number.toString(16)}` }, receipts } as unknown as ReadBlock;
}

const sent = { from: address(1), to: address(2), input: "0xabcd" };
const notEnough = new Interface(["error ERC20InsufficientBalance(address,uint256,uint256)"]).encodeErrorResult(
  "ERC20InsufficientBalance",
  [address(1), 5, 7],
);

/** A ledger that has these transactions, and says this when one is tried again. */
function build(found: (hash: string) => unknown = () => sent, tried: (call: RpcCall) => unknown = () => "0x") {
  const batches: (readonly RpcCall[])[] = [];
  const owned: (readonly string[])[] = [];
  const rpc: Rpc = {
    call: () => Promise.reject(new Error("asked in batches only")),
    batch(calls) {
      batches.push(calls);
      return Promise.resolve(
        calls.map((call) => (call.method === "eth_call" ? tried(call) : found(String(call.params[0])))),
      );
    },
  };
  const read = (blocks: readonly ReadBlock[], own: readonly string[]) =>
    readFailures(createSingleSource(rpc), blocks, (hashes) => {
      owned.push(hashes);
      return Promise.resolve(new Set(own));
    });
  return { read, batches, owned };
}

const refusal = (data: string | undefined) => new RpcError(3, "reverted", data);

describe("why transactions of ours failed", () => {
  it("is not asked where none failed", async () => {
    const { read, batches, owned } = build();
    expect(await read([blockOf(3, "0x1", "0x1"), blockOf(4)], [])).to.deep.equal(new Map());
    expect([batches, owned]).to.deep.equal([[], []]);
  });

  it("is not asked where only those of others failed", async () => {
    const { read, batches, owned } = build();
    expect(await read([blockOf(3, "0x1", "0x0"), blockOf(4, "0x0")], [hash(300)])).to.deep.equal(new Map());
    expect(owned).to.deep.equal([[hash(301), hash(400)]]);
    expect(batches).to.deep.equal([]);
  });

  it("is found by trying ours once more on the state before its block", async () => {
    const { read, batches } = build(undefined, () => refusal(notEnough));
    const reasons = await read([blockOf(3, "0x0"), blockOf(17, "0x1", "0x0")], [hash(1_701)]);
    expect(reasons).to.deep.equal(new Map([[hash(1_701), "deposit.insufficient"]]));
    expect(batches).to.deep.equal([
      [{ method: "eth_getTransactionByHash", params: [hash(1_701)] }],
      [{ method: "eth_call", params: [{ from: address(1), to: address(2), data: "0xabcd" }, "0x10"] }],
    ]);
  });

  it("is tried on block 0 where there is none before", async () => {
    const { read, batches } = build();
    await read([blockOf(0, "0x0")], [hash(0)]);
    expect(batches[1]?.[0]?.params[1]).to.equal("0x0");
  });

  it("is found for each of several by itself", async () => {
    const found = (of: string) => ({ ...sent, input: of === hash(300) ? "0x01" : "0x02" });
    const tried = ({ params: [call] }: RpcCall) =>
      (call as { data: string }).data === "0x01" ? refusal(notEnough) : refusal("0xdeadbeef");
    const { read } = build(found, tried);
    expect(await read([blockOf(3, "0x0", "0x0")], [hash(300), hash(301)])).to.deep.equal(
      new Map([
        [hash(300), "deposit.insufficient"],
        [hash(301), "contract.refused"],
      ]),
    );
  });

  it("stays with its own transaction when the node does not have the one before it", async () => {
    const { read, batches } = build(
      (of) => (of === hash(300) ? null : { ...sent, to: null }),
      () => refusal(notEnough),
    );
    expect(await read([blockOf(3, "0x0", "0x0")], [hash(300), hash(301)])).to.deep.equal(
      new Map([
        [hash(300), "contract.refused"],
        [hash(301), "deposit.insufficient"],
      ]),
    );
    expect(batches[1], "only what is known is tried").to.have.length(1);
  });

  it("is unknown where it goes well now, without words, or in words that are only like ours", async () => {
    const answers = ["0x", refusal(undefined), refusal("0x"), refusal(notEnough.slice(0, 20)), null];
    for (const answer of answers) {
      const { read } = build(undefined, () => answer);
      expect(await read([blockOf(3, "0x0")], [hash(300)]), String(answer)).to.deep.equal(
        new Map([[hash(300), "contract.refused"]]),
      );
    }
  });
});
