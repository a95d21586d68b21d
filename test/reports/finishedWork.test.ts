/** Queues that grow slow over what is done: graphile-worker and pg-boss advise to keep their tables small. */
import { expect } from "chai";
import { sql } from "kysely";
import { claimIntents } from "../../src/store/claim.ts";
import { assertQueueRoom } from "../../src/store/queue.ts";
import type { Transaction } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { enterIntents, laneOf } from "../races/intents.ts";
import { enterParticipants, organisationOf } from "../store/blockFixture.ts";

const finished = 5_000;
const waiting = 5;

describeStore("the queue of transactions beside finished ones", (fixture) => {
  const lane = laneOf(0);

  beforeEach(async () => {
    await enterParticipants(fixture.store, [1]);
    for (let from = 0; from < finished; from += 500) {
      await fixture.store.transaction((tx) =>
        sql`insert into transactions (id, organisation_id, kind, subject, deal, slot, target, data, status, lane, nonce,
            created_at_ms)
          select 'done-' || n, ${organisationOf(1)}, 'test.act', 'deal', 'deal-' || n % 90, 0, '0x1', '0x', 'final',
            ${lane.address}, n, 1 from generate_series(${from}::int, ${from + 499}::int) n`.execute(tx),
      );
    }
    const ids = Array.from({ length: waiting }, (_, n) => `waits-${n}`);
    await enterIntents(
      fixture.store,
      ids.map((id) => ({ id, deals: ["deal-7"] })),
    );
    await fixture.store.transaction((tx) => sql`analyze transactions`.execute(tx));
  });

  /** Rows of the table that the database looked at in this transaction. */
  async function rowsRead(tx: Transaction): Promise<number> {
    const { rows } = await sql<{ count: number }>`select seq_tup_read + coalesce(idx_tup_fetch, 0) as count
      from pg_stat_xact_user_tables where relname = 'transactions'`.execute(tx);
    return rows[0]?.count ?? Number.NaN;
  }

  it("costs what waits, however much is finished and kept for audit (graphile-worker#348, pg-boss#225)", async () => {
    const [read, taken] = await fixture.store.transaction(async (tx) => {
      const before = await rowsRead(tx);
      await assertQueueRoom(tx, organisationOf(1), { perOrganisation: 10, overall: 10, retryAfterSeconds: 1 });
      const intents = await claimIntents(tx, { lane, laneCount: 1, limit: 10 });
      return [(await rowsRead(tx)) - before, intents.length] as const;
    });
    expect(taken).to.equal(waiting);
    expect(read).to.be.within(waiting, 40 * waiting);
  });
});
