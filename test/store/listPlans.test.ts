import { expect } from "chai";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from "kysely";
import { listDrafts, listIssuedCredits } from "../../src/store/creditLists.ts";
import { isIssueSent } from "../../src/store/credits.ts";
import { listEscrows } from "../../src/store/escrows.ts";
import { listOrders, listTransactions } from "../../src/store/orders.ts";
import { listPresentations } from "../../src/store/presentations.ts";
import type { Schema } from "../../src/store/schema.ts";
import { planEachTime } from "../../src/store/statementNames.ts";
import type { Db, Store, Transaction } from "../../src/store/store.ts";
import { listUndertakings } from "../../src/store/undertakings.ts";
import { findWholeCredit } from "../../src/store/wholeCredit.ts";
import { describeStore } from "../fixtures/database.ts";
import { organisationOf } from "./blockFixture.ts";
import { dealId, enterDeals } from "./manyDeals.ts";

const deals = 10_000;
/** 1 issues everything; 2 is the other party of nearly all; 9 of every thousandth; the others share the rest. */
const party = (role: number) =>
  role === 0 ? "1" : role === 1 ? "case when nth % 1000 = 0 then 9 else 2 end" : `10 + (nth + ${role}) % 25`;

interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** What a read would send. */
async function statementOf(read: (db: Db) => Promise<unknown>): Promise<Statement> {
  let found: Statement | undefined;
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (inner) => new PostgresIntrospector(inner),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      found = { text: query.sql, parameters: query.parameters };
    },
  });
  await read(db);
  if (!found) throw new Error("nothing was sent");
  return found;
}

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly Node[];
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const quoted = (value: unknown) => {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `'{${value.join(",")}}'`;
  return `'${String(value)}'`;
};

/** Runs a statement as the server does under a name: planned by its values, or once for all values. */
function planOf(store: Store, { text, parameters }: Statement, mode: "custom" | "generic") {
  const values = parameters.length === 0 ? "" : `(${parameters.map(quoted).join(", ")})`;
  return store.transaction(async (tx) => {
    await sql.raw(`set local plan_cache_mode = force_${mode}_plan`).execute(tx);
    await sql.raw(`prepare planned as ${text}`).execute(tx);
    const { rows } = await sql
      .raw<{ "QUERY PLAN": readonly { Plan: Node }[] }>(`explain (analyze, format json) execute planned${values}`)
      .execute(tx);
    await sql`deallocate planned`.execute(tx);
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
    if (!plan) throw new Error("no plan");
    return nodesOf(plan);
  });
}

/** Tables of which there are as many rows as there are deals. */
const grown = new Set([
  ...["credits", "credit_contents", "presentations", "examinations", "undertakings", "escrows", "milestones"],
  ...["orders", "transactions"],
]);

/** Rows that a plan has looked at, used or not. */
function rowsRead(nodes: readonly Node[]): number {
  const scans = nodes.filter((node) => node["Node Type"].includes("Scan"));
  return scans.reduce((sum, node) => {
    const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
    return sum + (node["Actual Rows"] + removed) * node["Actual Loops"];
  }, 0);
}

const limit = 50;
const credits = { reference: undefined, party: undefined, closed: undefined, cursor: undefined, limit: limit + 1 };
const presentations = { creditId: undefined, decision: undefined, bank: undefined, cursor: undefined, limit };
const undertakings = { role: undefined, status: undefined, creditId: undefined, cursor: undefined, limit };
const escrows = { status: undefined, party: undefined, nowSeconds: 0, after: undefined, limit };
const orders = { nowSeconds: 0, cursor: undefined, limit };
const middle = `0x7${"0".repeat(63)}`;
const own = organisationOf(1);

type Read = (db: Db) => Promise<unknown>;
const reads: Readonly<Record<string, Read>> = {
  "credits of one who stands in all": (db) => listIssuedCredits(db, 1, credits),
  "credits from the middle": (db) => listIssuedCredits(db, 1, { ...credits, cursor: middle }),
  "credits of one who stands in few": (db) => listIssuedCredits(db, 9, credits),
  "credits of a beneficiary": (db) => listIssuedCredits(db, 12, { ...credits, cursor: middle }),
  "credits that are closed": (db) => listIssuedCredits(db, 1, { ...credits, closed: true }),
  "credits with a common party": (db) => listIssuedCredits(db, 1, { ...credits, party: 2 }),
  "credits with a rare party": (db) => listIssuedCredits(db, 1, { ...credits, party: 9 }),
  "credits by their reference": (db) => listIssuedCredits(db, 1, { ...credits, reference: "REF4711" }),
  drafts: (db) => listDrafts(db, own, { ...credits, cursor: middle }),
  "drafts of one who has none": (db) => listDrafts(db, organisationOf(2), credits),
  "a draft by its reference": (db) => listDrafts(db, own, { ...credits, reference: "REF9" }),
  "escrows of one who stands in all": (db) => listEscrows(db, 1, escrows),
  "escrows from the middle": (db) => listEscrows(db, 1, { ...escrows, after: { proposedAt: 1_500, id: middle } }),
  "escrows with a rare party": (db) => listEscrows(db, 1, { ...escrows, party: 9 }),
  "escrows with a common party": (db) => listEscrows(db, 1, { ...escrows, party: 2 }),
  "presentations of a bank": (db) => listPresentations(db, 1, presentations),
  "presentations that a bank has to examine": (db) =>
    listPresentations(db, 1, { ...presentations, bank: 1, decision: "examining", cursor: middle }),
  "presentations of a beneficiary": (db) => listPresentations(db, 12, presentations),
  "undertakings of an obligor": (db) => listUndertakings(db, 1, { ...undertakings, cursor: middle }),
  "undertakings of a holder": (db) => listUndertakings(db, 9, undertakings),
  "orders that wait": (db) => listOrders(db, own, { ...orders, status: "awaiting_approval" }),
  "orders that were voided": (db) => listOrders(db, own, { ...orders, status: "voided" }),
  "orders of every status": (db) => listOrders(db, own, { ...orders, status: undefined, cursor: middle }),
  "transactions, the newest": (db) => listTransactions(db, own, { status: undefined, before: undefined, limit }),
  "transactions that failed": (db) => listTransactions(db, own, { status: "reverted", before: 9_000, limit }),
  "whether an issue was sent": (db) => isIssueSent(db as Transaction, middle),
};

describeStore(
  "with 10,000 deals, no list reads more than some pages of",
  (fixture) => {
    beforeEach(async function fill() {
      this.timeout(120_000);
      await enterDeals(fixture.store, { deals, party });
    });

    async function expectFew(name: string, read: Read, mode: "custom" | "generic"): Promise<void> {
      const nodes = await planOf(fixture.store, await statementOf(read), mode);
      const whole = nodes.filter((node) => node["Node Type"] === "Seq Scan" && grown.has(node["Relation Name"] ?? ""));
      expect(whole, `${name} (${mode} plan) reads a whole table`).to.deep.equal([]);
      // A page for each role and what is joined with it, or a beneficiary's 400 credits.
      expect(rowsRead(nodes), `${name} (${mode} plan): rows read`).to.be.below(1_500);
    }

    it("credits, escrows, presentations, undertakings, orders and transactions", async () => {
      for (const [name, read] of Object.entries(reads)) {
        await expectFew(name, read, "custom");
        const { text } = await statementOf(read);
        if (!text.endsWith(planEachTime)) await expectFew(name, read, "generic");
      }
      const { rows } = await sql<{ id: string }>`select ${sql.raw(dealId("credit"))} as id
        from (select 4711 as nth) as of`.execute(fixture.store.db);
      const whole: Read = (db) => findWholeCredit(db, 1, rows[0]?.id ?? "");
      await expectFew("a credit with all that belongs to it", whole, "custom");
      await expectFew("a credit with all that belongs to it", whole, "generic");
    }).timeout(120_000);
  },
  { transactionMs: 30_000 },
);
