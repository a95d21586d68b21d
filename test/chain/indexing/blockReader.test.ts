import { expect } from "chai";
import { createBlockReaders } from "../../../src/chain/indexing/blockReader.ts";
import { type Rpc, type RpcCall, RpcError } from "../../../src/chain/rpc.ts";
import { unavailable } from "../../../src/chain/rpcTransport.ts";
import { hash } from "../../store/blockFixture.ts";

const wire = (number: number, transactions: number) => ({
  ...{ number: `0x${number.toString(16)}`, hash: hash(number, "b"), parentHash: hash(number - 1, "b") },
  ...{ timestamp: "0x1", transactions: Array.from({ length: transactions }, (_, at) => hash(100 * number + at, "c")) },
});

const receipt = (transactionHash: string, logIndexes: readonly number[] = []) => {
  const number = Math.floor(Number.parseInt(transactionHash.slice(-8), 16) / 100);
  const logs = logIndexes.map((at) => ({
    ...{ address: hash(1).slice(0, 42), topics: [], data: "0x", logIndex: `0x${at.toString(16)}`, transactionHash },
  }));
  return {
    transactionHash,
    blockHash: hash(number, "b"),
    blockNumber: `0x${number.toString(16)}`,
    status: "0x1",
    logs,
  };
};

interface Node {
  readonly rpc: Rpc;
  /** Methods and sizes of the round trips. */
  readonly trips: [method: string, size: number][];
}

/** Blocks of two transactions each; `refuse` decides on each round trip. */
function createNode(refuse: (calls: readonly RpcCall[]) => RpcError | undefined, hasBlockReceipts = true): Node {
  const trips: [string, number][] = [];
  function answer({ method, params: [first] }: RpcCall): unknown {
    if (method === "eth_getBlockByNumber") return wire(Number(first), 2);
    if (method === "eth_getTransactionReceipt") return receipt(String(first));
    if (!hasBlockReceipts) return new RpcError(-32_601, "the method does not exist", undefined);
    const number = Number.parseInt(String(first).slice(-8), 16);
    return wire(number, 2).transactions.map((one) => receipt(one, [0, 1]));
  }
  return {
    trips,
    rpc: {
      call: () => Promise.reject(new Error("asked in batches only")),
      async batch(calls) {
        await Promise.resolve();
        trips.push([calls[0]?.method ?? "", calls.length]);
        const refused = refuse(calls);
        if (refused) throw unavailable("not_json_rpc", refused);
        return calls.map(answer);
      },
    },
  };
}

const anything = () => undefined;

describe("the reader of blocks", () => {
  const read = async (node: Node, to: number, reader = createBlockReaders()(node.rpc, "one")) => {
    const blocks = await reader.readBlocks(0, to);
    return { blocks, receipts: await reader.readReceipts(blocks) };
  };

  it("asks for the receipts of whole blocks where the node has them", async () => {
    const node = createNode(anything);
    const { receipts } = await read(node, 3);
    expect(receipts.map((of) => of.length)).to.deep.equal([2, 2, 2, 2]);
    expect(node.trips.map(([method]) => method)).to.deep.equal(["eth_getBlockByNumber", "eth_getBlockReceipts"]);
  });

  it("asks for them one by one where it has not, and finds that out once for each endpoint", async () => {
    const node = createNode(anything, false);
    const readers = createBlockReaders();
    for (let turn = 0; turn < 3; turn += 1) {
      const { receipts } = await read(node, 3, readers(node.rpc, "one"));
      expect(receipts.map((of) => of.map((one) => one?.transactionHash))).to.deep.equal(
        [0, 1, 2, 3].map((number) => wire(number, 2).transactions),
      );
    }
    expect(node.trips.filter(([method]) => method === "eth_getBlockReceipts")).to.have.length(1);
    const other = createNode(anything);
    await read(other, 3, readers(other.rpc, "two"));
    expect(
      other.trips.map(([method]) => method),
      "another endpoint may have it",
    ).to.include("eth_getBlockReceipts");
  });

  it("numbers logs through the block where the node numbers them through the transaction (besu#4114)", async () => {
    const { receipts } = await read(createNode(anything), 0);
    const indexes = receipts[0]?.flatMap((one) => one?.logs.map(({ logIndex }) => logIndex));
    expect(indexes).to.deep.equal(["0x0", "0x1", "0x2", "0x3"]);
  });

  it("asks for as much at once as the provider takes, and does not stay stuck (evmconnect#9, firefly#1370)", async () => {
    const most = 7;
    const node = createNode(
      (calls) => (calls.length > most ? new RpcError(-32_000, `batch limit ${most} exceeded`, undefined) : undefined),
      false,
    );
    const { receipts } = await read(node, 60);
    expect(receipts.flat()).to.have.length(122);
    const accepted = node.trips.filter(([, size]) => size <= most);
    expect(accepted.length, "once it knows, it asks for all that is allowed").to.be.lessThan(
      2 + 61 / most + 122 / most + 6,
    );
  });

  it("finds a limit that nobody names, down to one call at a time", async () => {
    for (const most of [1, 3, 50]) {
      const node = createNode((calls) => (calls.length > most ? new RpcError(-32_005, "", undefined) : undefined));
      const { receipts } = await read(node, 40);
      expect(receipts.flat(), String(most)).to.have.length(82);
    }
  });

  it("gives up on a single block that is too much for the node, for another endpoint to try", async () => {
    const node = createNode(() => new RpcError(-32_005, "", undefined));
    const failure: unknown = await read(node, 3).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "chain.unavailable");
    expect(node.trips.at(-1)?.[1]).to.equal(1);
  });

  it("takes no block that is not there for one without events (hyperbridge PR #1094)", async () => {
    const node = createNode(anything);
    const rpc: Rpc = { ...node.rpc, batch: async (calls) => calls.map(() => null) };
    const reader = createBlockReaders()(rpc, "one");
    const failure: unknown = await reader.readBlocks(0, 1).catch((error: unknown) => error);
    expect(failure).to.have.deep.property("facts", { reason: "behind" });
  });

  it("asks for no receipts of blocks without transactions", async () => {
    const node = createNode(anything);
    const reader = createBlockReaders()(node.rpc, "one");
    expect(await reader.readReceipts([wire(1, 0), wire(2, 0)])).to.deep.equal([[], []]);
    expect(node.trips).to.deep.equal([]);
  });
});
