/** Blocks that came while nobody was there to read them. */
import { expect } from "chai";
import type { Finality } from "../../src/domain/blockStore.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { listEvents } from "../../src/store/eventLog.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import {
  addresses,
  createScriptedLedger,
  runIndexer,
  type ScriptedLedger,
  type ScriptedLog,
} from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { entriesAfter } from "../reorg/indexedState.ts";
import { enterParticipants, hash, organisationOf } from "../store/blockFixture.ts";

const told = (event: "ParticipantSuspended" | "ParticipantReinstated"): ScriptedLog => ({
  ...{ emitter: addresses.ParticipantRegistry, contract: "ParticipantRegistry", event },
  values: [7, hash(7)],
});

/** Blocks with an event each, of which organisation 7 hears. */
function extend(ledger: ScriptedLedger, count: number): void {
  for (let added = 0; added < count; added += 1) {
    ledger.add([told(ledger.blocks.length % 2 === 1 ? "ParticipantSuspended" : "ParticipantReinstated")]);
  }
}

describeStore("an index that was away", (fixture) => {
  let ledger: ScriptedLedger;

  beforeEach(async () => {
    ledger = createScriptedLedger();
    ledger.add();
    await enterParticipants(fixture.store, [7]);
  });

  /** A process that reads until nothing is left to do, and ends. */
  async function live(finality: Finality = { kind: "instant" }) {
    const { store } = fixture;
    const parts = { store: createBlockStore(store), leadership: createLeadership(store) };
    const { failure, state } = await runIndexer({ ...parts, rpc: ledger.rpc, finality });
    expect(failure).to.equal(undefined);
    return state;
  }

  it("reads every block that it missed, however many, and skips to none (OpenZeppelin Monitor PR #478)", async () => {
    extend(ledger, 3);
    await live();
    extend(ledger, 2_500);
    await live();
    const stored = await fixture.store.db.selectFrom("blocks").select("number").orderBy("number").execute();
    expect(stored.map(({ number }) => number)).to.deep.equal(ledger.blocks.map((_, number) => number));
    const heard = await entriesAfter(fixture.store, organisationOf(7), 0);
    expect(heard.map(({ sequence }) => sequence)).to.deep.equal(heard.map((_, index) => index + 1));
    expect(heard, "an event of each block but the first").to.have.length(2_503);
  });

  it("knows at its start which blocks are final by now, and waits for no new ones (evmconnect PR #193)", async () => {
    const final = async () =>
      (await listEvents(fixture.store.db, organisationOf(7), { after: 0, subject: undefined, limit: 200 }))
        .filter((event) => event.final)
        .map(({ block_number: number }) => number);
    const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
    extend(ledger, 100);
    // It ended before it could note anything as final.
    expect(await live({ kind: "depth", depth: 1_000 })).to.include({ indexed: 100, finalized: undefined });
    expect(await live({ kind: "depth", depth: 20 }), "no block came").to.include({ indexed: 100, finalized: 80 });
    expect(await final()).to.deep.equal(upTo(80));
    extend(ledger, 5);
    expect(await live({ kind: "depth", depth: 20 }), "five came").to.include({ indexed: 105, finalized: 85 });
    expect(await final()).to.deep.equal(upTo(85));
  });
});
