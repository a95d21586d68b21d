import { expect } from "chai";
import { EndpointFault } from "../../../src/chain/endpoints.ts";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createRangeReader, type RangeReader } from "../../../src/chain/indexing/rangeReader.ts";
import type { Rpc, RpcCall } from "../../../src/chain/rpc.ts";
import { hash } from "../../store/blockFixture.ts";
import { addresses, createScriptedLedger, type ScriptedLedger, type ScriptedLog } from "./indexerHarness.ts";

const listed: ScriptedLog = {
  ...{ emitter: addresses.DepositTokenFactory, contract: "DepositTokenFactory", event: "CurrencyListed" },
  values: ["0x455552", 2],
};

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail("it went well"),
    (error: unknown) => error,
  );
const behind = { code: "chain.unavailable", facts: { reason: "behind" } };

describe("reading a range of blocks", () => {
  let ledger: ScriptedLedger;
  let faults: unknown[];

  beforeEach(() => {
    ledger = createScriptedLedger();
    faults = [];
    ledger.add();
    for (let n = 1; n <= 9; n += 1) ledger.add([listed], [listed, listed]);
  });

  const readerOf = (settings: { mayReorganise?: boolean; rpc?: Rpc } = {}): RangeReader =>
    createRangeReader({
      ...{ mode: "off", headerKind: "none", mayReorganise: settings.mayReorganise ?? false },
      source: createSingleSource(settings.rpc ?? ledger.rpc),
      onFault: (fault) => faults.push(fault),
    });
  const numbers = (range: Awaited<ReturnType<RangeReader>>) => range.blocks.map(({ block }) => Number(block.number));
  const askedFor = (method: string) =>
    ledger.asked.filter((call) => call.method === method).map(({ params }) => params[0]);
  const blockAt = (number: number) => ledger.blocks[number] ?? expect.fail();
  const receiptOf = (number: number, index: number) =>
    ledger.receipts.get(hash(1_000 * number + index, "c")) ?? expect.fail();
  /** The ledger, with other blocks in the answers to single questions. */
  const withNow = (now: (number: number) => unknown): Rpc => ({
    ...ledger.rpc,
    call: <T>(_method: string, [number]: readonly unknown[] = []) => Promise.resolve(now(Number(number)) as T),
  });

  it("gives the blocks with their receipts, and the hash of the one before", async () => {
    const range = await readerOf()(3, 5);
    expect(range.endpoint).to.equal("only");
    expect(range.previousHash).to.equal(hash(2, "b"));
    expect(numbers(range)).to.deep.equal([3, 4, 5]);
    expect(range.blocks.map(({ receipts }) => receipts.map(({ transactionHash }) => transactionHash))).to.deep.equal(
      [3, 4, 5].map((number) => blockAt(number).transactions),
    );
    expect(askedFor("eth_getBlockByNumber"), "each once").to.deep.equal(["0x2", "0x3", "0x4", "0x5"]);
    expect(askedFor("eth_getTransactionReceipt")[0], "none of the one before").to.equal(hash(3_000, "c"));
  });

  it("has no block before the first", async () => {
    const range = await readerOf()(0, 1);
    expect(range.previousHash).to.equal(undefined);
    expect(numbers(range)).to.deep.equal([0, 1]);
    expect(askedFor("eth_getBlockByNumber")).to.deep.equal(["0x0", "0x1"]);
  });

  it("is not done by an endpoint that does not reach so far", async () => {
    expect(await faultOf(readerOf()(8, 10))).to.deep.include(behind);
    expect(faults).to.deep.equal([]);
  });

  it("accuses whoever gives something that is no block, at its number or at the first that was asked for", async () => {
    Object.assign(blockAt(4), { timestamp: "now" });
    const ofOne = await faultOf(readerOf()(3, 5));
    expect(ofOne).to.be.instanceOf(EndpointFault);
    expect(ofOne).to.deep.include({ fault: { check: "malformed", number: 4 } });
    const ofTheOneBefore = await faultOf(readerOf()(5, 6));
    expect(ofTheOneBefore).to.deep.include({ fault: { check: "malformed", number: 5 } });
    expect(faults).to.deep.equal([
      { check: "malformed", number: 4 },
      { check: "malformed", number: 5 },
    ]);
    expect(askedFor("eth_getTransactionReceipt"), "before any receipt").to.deep.equal([]);
  });

  it("accuses whoever gives something that is no list of receipts", async () => {
    const rpc: Rpc = {
      ...ledger.rpc,
      batch: async (calls: readonly RpcCall[]) =>
        calls[0]?.method === "eth_getBlockReceipts" ? calls.map(() => ({})) : ledger.rpc.batch(calls),
    };
    expect(await faultOf(readerOf({ rpc })(3, 5))).to.be.instanceOf(EndpointFault);
    expect(faults).to.have.length(1);
    expect(faults[0]).to.include({ check: "malformed", number: 3 });
  });

  it("accuses whoever gives a block that does not verify, where blocks never go", async () => {
    receiptOf(4, 1).blockHash = hash(77, "b");
    const error = await faultOf(readerOf()(3, 5));
    expect(error).to.be.instanceOf(EndpointFault);
    expect(error).to.have.nested.include({ "fault.check": "receipt_of_other_block", "fault.number": 4 });
    expect(faults).to.deep.equal([(error as EndpointFault).fault]);
  });

  it("accuses whoever gives a first block with another parent than the one it gives before it", async () => {
    blockAt(3).parentHash = hash(77, "b");
    expect(await faultOf(readerOf()(3, 5))).to.have.nested.include({ "fault.check": "parent", "fault.number": 3 });
  });

  describe("where blocks may go", () => {
    it("ends before a block that does not follow, which is nobody's fault", async () => {
      blockAt(5).parentHash = hash(77, "b");
      expect(numbers(await readerOf({ mayReorganise: true })(3, 7))).to.deep.equal([3, 4]);
      expect(faults).to.deep.equal([]);
    });

    it("is not done when the very first does not follow", async () => {
      blockAt(3).parentHash = hash(77, "b");
      expect(await faultOf(readerOf({ mayReorganise: true })(3, 7))).to.deep.include(behind);
    });

    it("ends before a block that changed during the reading, or went", async () => {
      receiptOf(5, 0).blockHash = hash(77, "b");
      for (const now of [() => ({ hash: hash(5, "d") }), () => null]) {
        const rpc = withNow(now);
        expect(numbers(await readerOf({ mayReorganise: true, rpc })(3, 7))).to.deep.equal([3, 4]);
      }
      expect(faults).to.deep.equal([]);
    });

    it("asks for that block alone, and accuses whoever still has it as it was", async () => {
      receiptOf(5, 0).blockHash = hash(77, "b");
      const error = await faultOf(readerOf({ mayReorganise: true })(3, 7));
      expect(error).to.have.nested.include({ "fault.check": "receipt_of_other_block", "fault.number": 5 });
      expect(ledger.asked.at(-1)).to.deep.equal({ method: "eth_getBlockByNumber", params: ["0x5", false] });
    });
  });

  describe("with a receipt that is not there", () => {
    it("waits for it nineteen times and takes it for a fault then", async () => {
      ledger.receipts.delete(hash(4_000, "c"));
      const read = readerOf();
      for (let look = 1; look <= 19; look += 1) {
        expect(await faultOf(read(4, 4)), String(look)).to.deep.include(behind);
      }
      expect(faults).to.deep.equal([]);
      expect(await faultOf(read(4, 4))).to.have.nested.include({ "fault.check": "receipt_missing", "fault.number": 4 });
      expect(faults).to.have.length(1);
    });

    it("counts for each block by itself, and anew after a range was read", async () => {
      const missing = receiptOf(4, 0);
      ledger.receipts.delete(hash(4_000, "c"));
      ledger.receipts.delete(hash(6_000, "c"));
      const read = readerOf();
      for (let look = 1; look <= 19; look += 1) await faultOf(read(4, 4));
      expect(await faultOf(read(6, 6)), "another block").to.deep.include(behind);
      ledger.receipts.set(hash(4_000, "c"), missing);
      await read(4, 4);
      ledger.receipts.delete(hash(4_000, "c"));
      expect(await faultOf(read(4, 4)), "it was there meanwhile").to.deep.include(behind);
    });
  });
});
