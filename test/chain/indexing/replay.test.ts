import { expect } from "chai";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { type ReplayOptions, replay } from "../../../src/chain/indexing/replay.ts";
import type { DecodedBlock } from "../../../src/domain/ledgerEvent.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { address, hash } from "../../store/blockFixture.ts";
import { addresses, createMemoryBlocks, createScriptedLedger, index, type ScriptedLog } from "./indexerHarness.ts";

const admitted = (id: number): ScriptedLog => ({
  ...{ emitter: addresses.ParticipantRegistry, contract: "ParticipantRegistry", event: "ParticipantAdmitted" },
  values: [id, address(id), hash(id), "0x4e4c", 2],
});
const keyAdded = (account: number): ScriptedLog => ({
  ...{ emitter: address(account), contract: "ParticipantAccount", event: "KeyAdded" },
  values: [address(99), 5],
});

describe("reading once more what is indexed", () => {
  let ledger: ReturnType<typeof createScriptedLedger>;
  let store: ReturnType<typeof createMemoryBlocks>;

  beforeEach(async () => {
    ledger = createScriptedLedger();
    store = createMemoryBlocks();
    ledger.add();
    for (let n = 1; n <= 70; n += 1) ledger.add([admitted(1_000 + n)], [keyAdded(1_000 + n)]);
    expect(await index({ rpc: ledger.rpc, store })).to.equal(undefined);
  });

  async function replayed(from: number, to: number, kind: "instant" | "tagged" = "instant"): Promise<DecodedBlock[]> {
    const book = createAddressBook(addresses, { accounts: [], tokens: [] });
    const found: DecodedBlock[] = [];
    const options: ReplayOptions = {
      ...{ source: createSingleSource(ledger.rpc), book, store },
      finality: { kind },
      verify: { mode: "off", headerKind: "none" },
    };
    for await (const blocks of replay(options, { from, to })) found.push(...blocks);
    return found;
  }

  it("gives every block once and in order, with the events that it had", async () => {
    expect(await replayed(0, 70)).to.deep.equal(store.committed);
    expect(await replayed(1, 40, "tagged")).to.deep.equal(store.committed.slice(1, 41));
  });

  it("gives one block, and none where there is none to give", async () => {
    expect((await replayed(7, 7)).map(({ block }) => block.number)).to.deep.equal([7]);
    expect(await replayed(8, 7)).to.deep.equal([]);
  });

  it("stops at a block that the ledger has otherwise than the store", async () => {
    const block = ledger.blocks.at(-1);
    if (block) block.hash = hash(7, "d");
    for (const receipt of ledger.receipts.values()) {
      if (receipt.blockNumber === block?.number) receipt.blockHash = block.hash;
    }
    const error = await replayed(69, 70).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(AppError);
    expect(error).to.deep.include({ code: "chain.index_stopped", facts: { block: 70, hash: hash(7, "d") } });
  });

  it("takes a block that does not follow for a fault where blocks never go, and for one that changes elsewhere", async () => {
    const block = ledger.blocks[50] ?? expect.fail();
    block.parentHash = hash(7, "d");
    const instant = await replayed(40, 60).catch((caught: unknown) => caught);
    expect(instant).to.have.nested.include({ "fault.check": "parent", "fault.number": 50 });
    const tagged = await replayed(40, 60, "tagged").catch((caught: unknown) => caught);
    expect(tagged).to.deep.include({ code: "chain.unavailable", facts: { reason: "behind" } });
  });

  it("stops at a block that the store does not have", async () => {
    store.committed.pop();
    const error = await replayed(69, 70).catch((caught: unknown) => caught);
    expect(error).to.have.property("code", "chain.index_stopped");
  });
});
