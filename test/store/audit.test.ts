import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { sql } from "kysely";
import { silentLogger } from "../../src/shared/context.ts";
import { type AuditEntry, recordAudit, verifyAudit } from "../../src/store/audit.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";

const entry = (n: number): AuditEntry => ({
  ...{ atMs: 1_790_000_000_000 + n, organisationId: `organisation-${n % 2}`, userId: n % 3 ? `user-${n}` : null },
  ...{ action: "credit.issue.proposed", subject: `credit-${n}` },
});

/** Another gateway's store on the same server; the embedded engine has one owner only. */
async function openSecond(store: Store): Promise<Store> {
  if (store.engine === "pglite") return store;
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(store.db);
  const url = new URL(process.env["HANSA_DATABASE_URL"] ?? "");
  url.pathname = `/${rows[0]?.name}`;
  return openStore({ context: { logger: silentLogger }, migrations, databaseUrl: url.href, durability: "relaxed" });
}

describeStore("the audit log", (fixture) => {
  const record = (...entries: AuditEntry[]) =>
    fixture.store.transaction(async (tx) => {
      for (const one of entries) await recordAudit(tx, one);
    });
  const change = (statement: string) => fixture.store.transaction((tx) => sql.raw(statement).execute(tx));
  const rows = () => fixture.store.db.selectFrom("audit").selectAll().orderBy("position").execute();

  it("is a chain that verifies, empty or not", async () => {
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: true, entries: 0, lastHash: "" });
    await record(entry(1), entry(2));
    await record(entry(3));
    const last = (await rows()).at(-1);
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: true, entries: 3, lastHash: last?.hash });
  });

  it("is read in parts, however long it is", async () => {
    await record(...Array.from({ length: 25 }, (_, n) => entry(n)));
    expect(await verifyAudit(fixture.store.db, 10)).to.include({ ok: true, entries: 25 });
    await change("update audit set action = 'x' where position = 21");
    expect(await verifyAudit(fixture.store.db, 10)).to.deep.equal({ ok: false, position: 21 });
  });

  it("finds the alteration of any column of any row", async () => {
    const columns = {
      at_ms: "at_ms + 1",
      organisation_id: "'organisation-7'",
      user_id: "'user-77'",
      action: "'credit.issue.approved'",
      subject: "subject || ' '",
      previous_hash: "repeat('0', 64)",
      hash: "repeat('0', 64)",
    };
    for (const [column, value] of Object.entries(columns)) {
      for (const position of [1, 2, 3]) {
        await change("truncate audit");
        await record(entry(1), entry(2), entry(3));
        await change(`update audit set ${column} = ${value} where position = ${position}`);
        const found = await verifyAudit(fixture.store.db);
        expect(found, `${column} of row ${position}`).to.deep.equal({ ok: false, position });
      }
    }
  });

  it("finds a row that was removed, slipped in or moved", async () => {
    await record(entry(1), entry(2), entry(3), entry(4));
    const kept = await rows();
    const restore = () =>
      fixture.store.transaction(async (tx) => {
        await tx.deleteFrom("audit").execute();
        await tx.insertInto("audit").values(kept).execute();
      });
    await change("delete from audit where position = 1");
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: false, position: 2 });
    await restore();
    await change("delete from audit where position = 3");
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: false, position: 4 });
    await restore();
    await change("delete from audit where position = 3; update audit set position = 3 where position = 4");
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: false, position: 3 });
    await restore();
    await change("update audit set position = 0 where position = 1");
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: false, position: 0 });
  });

  it("finds a number that was left out, though the row after it is hashed rightly", async () => {
    await record(entry(1));
    const [first] = await rows();
    const previous_hash = first?.hash ?? "";
    const hash = createHash("sha256")
      .update(JSON.stringify([previous_hash, 3, 1, null, null, "a", "s"]))
      .digest("hex");
    const row = { at_ms: 1, organisation_id: null, user_id: null, action: "a", subject: "s", previous_hash, hash };
    await fixture.store.transaction((tx) =>
      tx
        .insertInto("audit")
        .values({ ...row, position: 3 })
        .execute(),
    );
    expect(await verifyAudit(fixture.store.db)).to.deep.equal({ ok: false, position: 3 });
  });

  it("cannot be rewritten from the middle without changing its last hash, which is what gets anchored", async () => {
    await record(entry(1), entry(2), entry(3));
    const before = await verifyAudit(fixture.store.db);
    await change("delete from audit where position > 1");
    await record({ ...entry(2), action: "another.act" }, entry(3));
    const after = await verifyAudit(fixture.store.db);
    expect(after).to.include({ ok: true, entries: 3 });
    expect(after).not.to.deep.equal(before);
  });

  it("takes two entries that differ anywhere for two, whatever their texts contain", async () => {
    const text = fc.oneof(fc.constantFrom('","', "null", "", "1", '"'), fc.string({ unit: "grapheme-ascii" }));
    const anyEntry = fc.record({
      ...{ atMs: fc.nat(), organisationId: fc.option(text), userId: fc.option(text), action: text, subject: text },
    });
    await fc.assert(
      fc.asyncProperty(anyEntry, anyEntry, async (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const hashes = [];
        for (const each of [one, other]) {
          await change("truncate audit");
          await record(each);
          hashes.push((await rows())[0]?.hash);
        }
        expect(hashes[0]).not.to.equal(hashes[1]);
      }),
      { numRuns: 25 },
    );
  });

  it("is undone with the transaction that it records", async () => {
    await record(entry(1));
    const failure: unknown = await fixture.store
      .transaction(async (tx) => {
        await recordAudit(tx, entry(2));
        throw new Error("refused");
      })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("message", "refused");
    await record(entry(3));
    expect((await rows()).map(({ position, subject }) => [position, subject])).to.deep.equal([
      [1, "credit-1"],
      [2, "credit-3"],
    ]);
  });

  it("stays one chain under many writers at once", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => record(entry(n), entry(n + 100))));
    expect(await verifyAudit(fixture.store.db)).to.include({ ok: true, entries: 40 });
  });

  it("stays one chain under two gateways, where the engine serves two", async () => {
    const second = await openSecond(fixture.store);
    try {
      const writes = Array.from({ length: 20 }, (_, n) => [fixture.store, second].map((store) => ({ store, n })));
      await Promise.all(writes.flat().map(({ store, n }) => store.transaction((tx) => recordAudit(tx, entry(n)))));
    } finally {
      if (second !== fixture.store) await second.close();
    }
    expect(await verifyAudit(fixture.store.db)).to.include({ ok: true, entries: 40 });
  });
});
