/** Events between the last look of an old release and the first of the new one. */
import { expect } from "chai";
import { sql } from "kysely";
import { createBlockStore } from "../../src/store/blocks.ts";
import { listEvents } from "../../src/store/eventLog.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { type Migration, migrate } from "../../src/store/migrate.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { addresses, createScriptedLedger, runIndexer, type ScriptedLedger } from "../chain/indexing/indexerHarness.ts";
import { describeStore } from "../fixtures/database.ts";
import { hash } from "../store/blockFixture.ts";
import { rowsAfter } from "../store/earlierRows.ts";

/** The first release with views. */
const earliest = 3;
const missed = 40;

/** The ledger that the earlier rows are of, gone on meanwhile: participant 7 is suspended and reinstated in turn. */
function createGrownLedger(): ScriptedLedger {
  const ledger = createScriptedLedger();
  ledger.add().hash = `0x${"f".repeat(64)}`;
  ledger.add().hash = `0x${"e".repeat(64)}`;
  for (let block = 0; block < missed; block += 1) {
    const event = block % 2 === 0 ? "ParticipantSuspended" : "ParticipantReinstated";
    const emitter = addresses.ParticipantRegistry;
    ledger.add([{ emitter, contract: "ParticipantRegistry", event, values: [7, hash(7)] }]);
  }
  return ledger;
}

describeStore(
  "an upgrade while the ledger goes on",
  (fixture) => {
    const run = (some: readonly Migration[]) => fixture.store.transaction((tx) => migrate(tx, some));

    const reset = () =>
      fixture.store.transaction((tx) => sql.raw("drop schema public cascade; create schema public").execute(tx));

    it("loses no event of the time between, whatever release it begins at: sequences go on from their last numbers (firefly#1531)", async () => {
      for (let applied = earliest; applied < migrations.length; applied += 1) {
        await reset();
        await run(migrations.slice(0, applied));
        await fixture.store.transaction((tx) => sql.raw(rowsAfter(applied)).execute(tx));
        await run(migrations);
        const { failure } = await runIndexer({
          ...{ rpc: createGrownLedger().rpc, store: createBlockStore(fixture.store) },
          leadership: createLeadership(fixture.store),
        });
        expect(failure, `from ${applied} migrations`).to.equal(undefined);
        const heard = await listEvents(fixture.store.db, "org-bank", { after: 1, subject: undefined, limit: 200 });
        expect(
          heard.map(({ sequence, block_number: block }) => [sequence, block]),
          `from ${applied} migrations`,
        ).to.deep.equal(Array.from({ length: missed }, (_, index) => [index + 2, index + 2]));
      }
    });
  },
  { migrations: [], transactionMs: 30_000 },
);
