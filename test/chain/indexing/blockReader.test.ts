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
    expect(node.trips.slice(0, 2).map(([, size]) => size)).to.deep.equal([61, most]);
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

  it("asks for blocks by number, without their transactions", async () => {
    const asked: RpcCall[] = [];
    const node = createNode((calls) => void asked.push(...calls));
    const reader = createBlockReaders()(node.rpc, "one");
    const blocks = await reader.readBlocks(15, 17);
    expect(asked).to.deep.equal(
      ["0xf", "0x10", "0x11"].map((number) => ({ method: "eth_getBlockByNumber", params: [number, false] })),
    );
    expect(blocks.map(({ number }) => number)).to.deep.equal(["0xf", "0x10", "0x11"]);
  });

  it("gives each block its own receipts, and none to one without transactions", async () => {
    for (const hasBlockReceipts of [true, false]) {
      const reader = createBlockReaders()(createNode(anything, hasBlockReceipts).rpc, "one");
      const blocks = [wire(1, 2), wire(2, 0), wire(3, 2), wire(4, 0)];
      const receipts = await reader.readReceipts(blocks);
      expect(receipts.map((of) => of.map((one) => one?.transactionHash))).to.deep.equal(
        blocks.map(({ transactions }) => transactions),
      );
    }
  });

  it("leaves receipts as they are where one is not there yet", async () => {
    const [first = "", second = "", third = ""] = wire(1, 3).transactions;
    const given = [receipt(first, [0]), null, receipt(third, [0])];
    const whole = answering(() => given);
    expect(await createBlockReaders()(whole.rpc, "one").readReceipts([wire(1, 3)])).to.deep.equal([given]);
    const single = answering(({ method, params: [asked] }) => {
      if (method === "eth_getBlockReceipts") return new RpcError(-32_601, "the method does not exist", undefined);
      return asked === second ? null : receipt(String(asked), [0]);
    });
    expect(await createBlockReaders()(single.rpc, "one").readReceipts([wire(1, 3)])).to.deep.equal([given]);
  });

  it("gives what is no list of receipts as it is, for the verification to name", async () => {
    const node = answering(() => ({ transactionHash: hash(1) }));
    const found = await createBlockReaders()(node.rpc, "one").readReceipts([wire(1, 2)]);
    expect(found).to.deep.equal([{ transactionHash: hash(1) }]);
  });
});

/** Answers each call by itself. */
function answering(answer: (call: RpcCall) => unknown): Node {
  const trips: [string, number][] = [];
  return {
    trips,
    rpc: {
      call: () => Promise.reject(new Error("asked in batches only")),
      batch(calls) {
        trips.push([calls[0]?.method ?? "", calls.length]);
        return Promise.resolve(calls.map(answer));
      },
    },
  };
}

describe("what a node does not want to show", () => {
  const faultOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => expect.fail("it went well"),
      (error: unknown) => error,
    );
  const header = ({ params: [number] }: RpcCall) => wire(Number(number), 2);
  const refusing = (method: string, refusal: unknown) =>
    answering((call) => {
      if (call.method === method) return refusal;
      return call.method === "eth_getBlockByNumber" ? header(call) : receipt(String(call.params[0]));
    });

  it("is as if the node could not be read from, with its words", async () => {
    const refusal = new RpcError(-32_000, "header not found", undefined);
    const expected = { code: "chain.unavailable", facts: { reason: "not_json_rpc" } };
    const blocks = refusing("eth_getBlockByNumber", refusal);
    const ofBlocks = await faultOf(createBlockReaders()(blocks.rpc, "one").readBlocks(0, 1));
    expect(ofBlocks).to.deep.include(expected);
    expect(ofBlocks).to.have.property("cause", refusal);
    expect(blocks.trips, "asked once").to.deep.equal([["eth_getBlockByNumber", 2]]);
    const whole = refusing("eth_getBlockReceipts", refusal);
    const reader = createBlockReaders()(whole.rpc, "one");
    expect(await faultOf(reader.readReceipts([wire(1, 2)]))).to.deep.include(expected);
    await faultOf(reader.readReceipts([wire(1, 2)]));
    expect(whole.trips, "which does not mean that it has no such method").to.deep.equal([
      ["eth_getBlockReceipts", 1],
      ["eth_getBlockReceipts", 1],
    ]);
    const missing = new RpcError(-32_004, "not supported", undefined);
    const single = answering(({ method }) => (method === "eth_getBlockReceipts" ? missing : refusal));
    expect(await faultOf(createBlockReaders()(single.rpc, "one").readReceipts([wire(1, 2)]))).to.deep.include(expected);
    expect(single.trips).to.deep.equal([
      ["eth_getBlockReceipts", 1],
      ["eth_getTransactionReceipt", 2],
    ]);
  });

  it("are receipts of a block that it does not have yet", async () => {
    const node = refusing("eth_getBlockReceipts", null);
    const error = await faultOf(createBlockReaders()(node.rpc, "one").readReceipts([wire(1, 2)]));
    expect(error).to.deep.include({ code: "chain.unavailable", facts: { reason: "behind" } });
  });

  it("stays another fault where it is one", async () => {
    const fault = new Error("a fault of ours");
    const rpc: Rpc = { call: () => Promise.reject(fault), batch: () => Promise.reject(fault) };
    const reader = createBlockReaders()(rpc, "one");
    expect(await faultOf(reader.readBlocks(0, 1))).to.equal(fault);
    expect(await faultOf(reader.readReceipts([wire(1, 2)]))).to.equal(fault);
  });
});

describe("how much a node is asked for at once", () => {
  const sizes = ({ trips }: Node) => trips.map(([, size]) => size);

  it("is 100 at first, twice as much each time that so much was given, and 500 at the most", async () => {
    const node = createNode(anything);
    const readers = createBlockReaders();
    await readers(node.rpc, "one").readBlocks(0, 29);
    await readers(node.rpc, "one").readBlocks(0, 1_399);
    expect(sizes(node), "less than the most says nothing").to.deep.equal([30, 100, 200, 400, 500, 200]);
    await readers(node.rpc, "one").readBlocks(0, 599);
    expect(sizes(node).slice(6), "and is kept").to.deep.equal([500, 100]);
    await readers(node.rpc, "one").readReceipts([wire(1, 2)]);
    await readers(node.rpc, "two").readBlocks(0, 149);
    expect(sizes(node).slice(9), "for each endpoint").to.deep.equal([100, 50]);
  });

  it("is found for each method by itself", async () => {
    const tooMuch = new RpcError(-32_005, "", undefined);
    const node = createNode(([call, ...rest]) =>
      call?.method === "eth_getBlockReceipts" && rest.length >= 10 ? tooMuch : undefined,
    );
    const reader = createBlockReaders()(node.rpc, "one");
    const blocks = await reader.readBlocks(0, 39);
    await reader.readReceipts(blocks);
    await reader.readBlocks(0, 39);
    expect(node.trips.at(-1)).to.deep.equal(["eth_getBlockByNumber", 40]);
  });

  it("is less than what was refused, although that was less than the most", async () => {
    for (const [asked, expected] of [
      [30, [30, 25, 5]],
      [50, [50, 25, 25]],
    ] as const) {
      let refusals = 1;
      const node = createNode(() => {
        refusals -= 1;
        return refusals === 0 ? new RpcError(-32_005, "", undefined) : undefined;
      });
      await createBlockReaders()(node.rpc, "one").readBlocks(0, asked - 1);
      expect(sizes(node)).to.deep.equal(expected);
    }
  });
});
