import { expect } from "chai";
import { sql } from "kysely";
import { createFixedClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createMaintenance } from "../../src/store/maintenance.ts";
import type { Store } from "../../src/store/store.ts";
import { findWear } from "../../src/store/vacuum.ts";
import { describeStore } from "../fixtures/database.ts";

const dayMs = 86_400_000;
const nowMs = 1_790_000_000_000;
const longMs = 60_000;

describeStore("maintenance of the store", (fixture) => {
  const clock = createFixedClock(nowMs);
  const make = (store: Store = fixture.store) =>
    createMaintenance({ context: { clock, logger: silentLogger }, store, everyMs: 1 });

  /** Stored replies of so many acts, each this old. */
  async function addReplies(count: number, ageMs: number, prefix = "key"): Promise<void> {
    await fixture.store.transaction((tx) =>
      sql`insert into idempotency select 'o', ${prefix}::text || g, 'u', 'f', 200, '', repeat('x', 500)::bytea, '{}',
        ${nowMs - ageMs}::bigint from generate_series(1, ${count}::int) g`.execute(tx),
    );
  }

  async function addTransaction(status: string, ageMs: number): Promise<void> {
    await fixture.store.transaction(async (tx) => {
      await sql`insert into organisations values ('o', 'n', 'l', null, 'DE', '[]', 's', 'c', 'invited', null, null, 1)
        on conflict do nothing`.execute(tx);
      await sql`insert into transactions (id, organisation_id, kind, subject, deal, slot, target, data, status,
          created_at_ms) values (${status}, 'o', 'k', 's', 'd', 1, 't', '0x', ${status}, ${nowMs - ageMs})`.execute(tx);
    });
  }

  async function countReplies(): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from idempotency`.execute(fixture.store.db);
    return rows[0]?.count ?? 0;
  }

  it("removes stored replies after thirty days and none before, many of them in several commits", async () => {
    await addReplies(4_500, 30 * dayMs + 1, "old");
    await addReplies(10, 30 * dayMs, "young");
    const maintenance = make();
    await maintenance.runOnce();
    expect(await countReplies()).to.equal(10);
    expect(maintenance.state()).to.include({ runsTotal: 1, prunedTotal: 4_500, failuresTotal: 0 });
  });

  it("keeps a reply while its transaction may still be on its way, however old it is", async () => {
    for (const status of ["accepted", "assigned", "signed", "broadcast", "mined"]) {
      await addTransaction(status, 60 * dayMs);
      await addReplies(1, 60 * dayMs, status);
      // Proposed a week before, approved at its last hour.
      await addReplies(1, 67 * dayMs, `proposed ${status}`);
      await addReplies(1, 67 * dayMs + 1, `before ${status}`);
      await make().runOnce();
      expect(await countReplies(), status).to.equal(2);
      await fixture.store.transaction((tx) => sql`update transactions set status = 'final'`.execute(tx));
      await make().runOnce();
      expect(await countReplies(), status).to.equal(0);
      await fixture.store.transaction((tx) => sql`delete from transactions`.execute(tx));
    }
  });

  it("removes nothing else: acts, their bytes, events and the audit log are kept", async () => {
    await addTransaction("final", 4_000 * dayMs);
    await fixture.store.transaction(async (tx) => {
      await sql`insert into attempts values ('h', 'final', 'l', 1, 'act', '0x', '{}', 1, 1)`.execute(tx);
      await sql`insert into audit values (1, 1, null, null, 'a', 's', '', 'h')`.execute(tx);
      await sql`insert into events (organisation_id, sequence, type, subject, data, block_number, block_hash, log_index,
        occurred_at) values ('o', 1, 't', 's', '{}', 1, 'b', 0, 1)`.execute(tx);
    });
    await make().runOnce();
    const { rows } = await sql`select (select count(*) from transactions) as transactions,
      (select count(*) from attempts) as attempts, (select count(*) from audit) as audit,
      (select count(*) from events) as events`.execute(fixture.store.db);
    expect(rows).to.deep.equal([{ transactions: 1, attempts: 1, audit: 1, events: 1 }]);
  });

  it("keeps tables of passing rows as large as their rows, whatever went through them", async () => {
    // On a server that is autovacuum's work, in its own time.
    if (fixture.store.engine === "postgres") return;
    const sizes: number[] = [];
    for (let month = 0; month < 6; month += 1) {
      await addReplies(3_000, 31 * dayMs);
      const { rows } = await sql<{ size: number }>`select pg_relation_size('idempotency') as size`.execute(
        fixture.store.db,
      );
      sizes.push(rows[0]?.size ?? 0);
      await make().runOnce();
      expect(await countReplies()).to.equal(0);
    }
    expect(Math.max(...sizes)).to.be.at.most((sizes[0] ?? 0) * 1.2);
  }).timeout(longMs);

  it("works by itself until it is stopped, and outlives a fault", async () => {
    await addReplies(5, 31 * dayMs);
    let faults = 1;
    const faulty: Store = {
      ...fixture.store,
      transaction(work) {
        faults -= 1;
        return faults >= 0 ? Promise.reject(new Error("the disk is away")) : fixture.store.transaction(work);
      },
    };
    const maintenance = make(faulty);
    maintenance.start();
    while (maintenance.state().prunedTotal < 5) await new Promise((resolve) => setImmediate(resolve));
    await maintenance.stop();
    const { runsTotal } = maintenance.state();
    expect(maintenance.state()).to.include({ failuresTotal: 1, prunedTotal: 5 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(maintenance.state().runsTotal).to.equal(runsTotal);
  });

  it("vacuums the embedded engine's worn tables, which nobody else does, and leaves a server to its own", async () => {
    await addReplies(3_000, 0);
    await fixture.store.transaction((tx) => sql`update idempotency set fingerprint = 'g'`.execute(tx));
    const wear = (await findWear(fixture.store)).map(({ table }) => table);
    const maintenance = make();
    await maintenance.runOnce();
    if (fixture.store.engine === "postgres") {
      expect(maintenance.state().vacuumsTotal).to.equal(0);
      return;
    }
    expect(wear).to.include("public.idempotency");
    expect(maintenance.state().vacuumsTotal).to.be.at.least(1);
    // Looking at tables wears those of the engine that hold what was seen; the next run has them.
    const worn = (await findWear(fixture.store)).filter(({ table }) => !table.startsWith("pg_catalog."));
    expect(worn).to.deep.equal([]);
    const { rows } = await sql`select n_dead_tup as dead, last_analyze is not null as analysed
      from pg_stat_user_tables where relname = 'idempotency'`.execute(fixture.store.db);
    expect(rows).to.deep.equal([{ dead: 0, analysed: true }]);
  }).timeout(longMs);

  it("comes to an end, also for the table of what was seen, which is never looked at itself", async () => {
    if (fixture.store.engine === "postgres") return;
    await fixture.store.transaction(async (tx) => {
      for (let round = 0; round < 3; round += 1) await sql`analyze`.execute(tx);
    });
    const maintenance = make();
    for (let run = 0; run < 3; run += 1) await maintenance.runOnce();
    expect(await findWear(fixture.store)).to.deep.equal([]);
  }).timeout(longMs);

  it("lets a worn table wait while somebody uses the store, unless it is worn many times over", async () => {
    if (fixture.store.engine === "postgres") return;
    const maintenance = createMaintenance({
      context: { clock, logger: silentLogger },
      store: { ...fixture.store, isIdle: () => false },
      patienceMs: 0,
    });
    const wear = async () =>
      (await findWear(fixture.store)).find(({ table }) => table === "public.idempotency")?.due ?? 0;
    await addReplies(2_000, 0);
    while ((await findWear(fixture.store)).length > 0) await make().runOnce();
    await fixture.store.transaction((tx) => sql`update idempotency set fingerprint = 'h'`.execute(tx));
    expect(await wear()).to.be.within(1, 5);
    await maintenance.runOnce();
    expect(maintenance.state().vacuumsTotal).to.equal(0);
    for (const _round of [1, 2, 3]) {
      await fixture.store.transaction((tx) => sql`update idempotency set body = body || '\\x00'`.execute(tx));
    }
    expect(await wear()).to.be.above(5);
    await maintenance.runOnce();
    expect(maintenance.state().vacuumsTotal).to.equal(1);
    expect(await wear()).to.equal(0);
  });
});
