import { expect } from "chai";
import { listDrafts, listIssuedCredits } from "../../src/store/creditLists.ts";
import { type EscrowFilter, listEscrows } from "../../src/store/escrows.ts";
import { listOrders, listTransactions } from "../../src/store/orders.ts";
import { listPresentations } from "../../src/store/presentations.ts";
import { listUndertakings } from "../../src/store/undertakings.ts";
import { describeStore } from "../fixtures/database.ts";
import { organisationOf } from "./blockFixture.ts";
import { enterDeals } from "./manyDeals.ts";

const deals = 240;
const pageSize = 7;
/** Of few participants, who stand in several roles of one deal, and 0, which is nobody. */
const party = (role: number) => `(nth * ${[1, 3, 5, 7, 11][role]} + nth / 7) % 6`;
const participants = [1, 2, 3, 4, 5, 9];

/** All pages, one after the other, as one list of ids. */
async function idsOf<Row extends { readonly id: string }>(
  page: (cursor: string | undefined, last: Row | undefined) => Promise<readonly Row[]>,
) {
  const ids: string[] = [];
  for (let last: Row | undefined; ; ) {
    const rows = await page(last?.id, last);
    const shown: readonly Row[] = rows.slice(0, pageSize);
    ids.push(...shown.map(({ id }) => id));
    last = shown.at(-1);
    if (rows.length <= pageSize || last === undefined) return ids;
  }
}

const all = <T>(rows: readonly T[], ...tests: readonly ((row: T) => boolean)[]) =>
  rows.filter((row) => tests.every((test) => test(row)));
const maybe = <T>(...values: readonly T[]): readonly (T | undefined)[] => [undefined, ...values];
const ordered = (ids: readonly string[]) => ids.toSorted();

describeStore("lists, page after page", (fixture) => {
  beforeEach(() => enterDeals(fixture.store, { deals, party }));

  it("have every credit once that a participant may know of, and no other", async () => {
    const { db } = fixture.store;
    const credits = await db.selectFrom("credits").selectAll().execute();
    const contents = await db.selectFrom("credit_contents").select(["credit_id", "reference"]).execute();
    const references = new Map(contents.map(({ credit_id: id, reference }) => [id, reference]));
    type Credit = (typeof credits)[number];
    const banks = (row: Credit) => [
      row.issuing_bank,
      row.applicant,
      row.advising_bank,
      row.second_advising_bank,
      row.nominated_bank,
      row.confirmer,
    ];
    for (const me of participants) {
      for (const closed of maybe(true, false)) {
        for (const other of maybe(2, 9)) {
          for (const reference of maybe("REF7", "REF8", "REF9")) {
            const wanted = all(
              credits,
              (row) => banks(row).includes(me) || (row.beneficiary === me && row.advice === "advised"),
              ({ status }) => closed === undefined || (status === "closed") === closed,
              (row) => other === undefined || [...banks(row), row.beneficiary].includes(other),
              ({ id }) => reference === undefined || references.get(id) === reference,
            );
            const filter = { closed, reference, party: other, limit: pageSize + 1 };
            const found = await idsOf((cursor) => listIssuedCredits(db, me, { ...filter, cursor }));
            expect(found, JSON.stringify({ me, ...filter })).to.deep.equal(ordered(wanted.map(({ id }) => id)));
          }
        }
      }
    }
  });

  it("have every draft of an organisation, and nothing that is issued", async () => {
    const { db } = fixture.store;
    const contents = await db.selectFrom("credit_contents").selectAll().execute();
    const issued = new Set((await db.selectFrom("credits").select("id").execute()).map(({ id }) => id));
    for (const organisationId of [organisationOf(1), organisationOf(2)]) {
      for (const reference of maybe("REF8", "REF9")) {
        const wanted = all(
          contents,
          (row) => row.organisation_id === organisationId && !issued.has(row.credit_id),
          (row) => reference === undefined || row.reference === reference,
        );
        const found = await idsOf(async (cursor) => {
          const rows = await listDrafts(db, organisationId, { reference, cursor, limit: pageSize + 1 });
          return rows.map(({ credit_id: id }) => ({ id }));
        });
        expect(found).to.deep.equal(ordered(wanted.map(({ credit_id: id }) => id)));
      }
    }
  });

  it("have every escrow of a party once, newest first", async () => {
    const { db } = fixture.store;
    const escrows = await db.selectFrom("escrows").selectAll().execute();
    const partiesOf = ({ buyer, seller, arbiter }: (typeof escrows)[number]) => [buyer, seller, arbiter];
    const nowSeconds = 100;
    const shown = ({ status, fund_by: fundBy }: (typeof escrows)[number]) =>
      (status === "proposed" || status === "agreed") && fundBy < nowSeconds ? "lapsed" : status;
    for (const me of participants) {
      for (const other of maybe(2, 9)) {
        for (const status of maybe("proposed", "settled", "lapsed", "funded") as EscrowFilter["status"][]) {
          const wanted = all(
            escrows,
            (row) => partiesOf(row).includes(me),
            (row) => other === undefined || partiesOf(row).includes(other),
            (row) => status === undefined || shown(row) === status,
          ).toSorted((one, two) => two.proposed_at - one.proposed_at || (one.id < two.id ? 1 : -1));
          const found = await idsOf<{ id: string; proposed_at: number; total: string | null }>((_cursor, last) => {
            const after = last && { proposedAt: last.proposed_at, id: last.id };
            return listEscrows(db, me, { status, party: other, nowSeconds, after, limit: pageSize });
          });
          expect(found, JSON.stringify({ me, other, status })).to.deep.equal(wanted.map(({ id }) => id));
        }
      }
    }
  });

  it("have every presentation once that a beneficiary made or a bank was given", async () => {
    const { db } = fixture.store;
    const beneficiaries = new Map(
      (await db.selectFrom("credits").selectAll().execute()).map((row) => [row.id, row.beneficiary]),
    );
    const presentations = await db.selectFrom("presentations").selectAll().execute();
    const examinations = await db.selectFrom("examinations").selectAll().execute();
    const parts = Map.groupBy(examinations, (row) => row.presentation_id);
    const some = presentations[0]?.credit_id;
    for (const me of participants) {
      for (const creditId of maybe(some ?? "")) {
        for (const decision of maybe("examining", "complying", "refused") as (undefined | "examining" | "refused")[]) {
          for (const bank of maybe(me, 3)) {
            const wanted = all(
              presentations,
              (row) =>
                beneficiaries.get(row.credit_id) === me || (parts.get(row.id) ?? []).some((part) => part.bank === me),
              (row) => creditId === undefined || row.credit_id === creditId,
              (row) =>
                (decision === undefined && bank === undefined) ||
                (parts.get(row.id) ?? []).some(
                  (part) => (bank ?? part.bank) === part.bank && (decision ?? part.decision) === part.decision,
                ),
            );
            const found = await idsOf((cursor) =>
              listPresentations(db, me, { creditId, decision, bank, cursor, limit: pageSize }),
            );
            expect(found, JSON.stringify({ me, creditId, decision, bank })).to.deep.equal(
              ordered(wanted.map(({ id }) => id)),
            );
          }
        }
      }
    }
  });

  it("have every undertaking of an obligor or holder once", async () => {
    const { db } = fixture.store;
    const undertakings = await db.selectFrom("undertakings").selectAll().execute();
    const some = undertakings[0]?.credit_id;
    for (const me of participants) {
      for (const role of maybe("obligor", "holder") as (undefined | "obligor" | "holder")[]) {
        for (const status of maybe("owed", "paid") as (undefined | "owed" | "paid")[]) {
          for (const creditId of maybe(some ?? "")) {
            const wanted = all(
              undertakings,
              (row) => (role === undefined ? [row.obligor, row.holder] : [row[role]]).includes(me),
              (row) => status === undefined || row.status === status,
              (row) => creditId === undefined || row.credit_id === creditId,
            );
            const found = await idsOf((cursor) =>
              listUndertakings(db, me, { role, status, creditId, cursor, limit: pageSize }),
            );
            expect(found, JSON.stringify({ me, role, status, creditId })).to.deep.equal(
              ordered(wanted.map(({ id }) => id)),
            );
          }
        }
      }
    }
  });

  it("have every order and every transaction of an organisation, each in its order", async () => {
    const { db } = fixture.store;
    const organisationId = organisationOf(1);
    const orders = await db.selectFrom("orders").selectAll().execute();
    for (const status of ["awaiting_approval", "submitted", "voided"] as const) {
      const wanted = orders.filter(
        (row) => row.status === status && (status !== "awaiting_approval" || row.deadline > 100),
      );
      const found = await idsOf((cursor) =>
        listOrders(db, organisationId, { status, nowSeconds: 100, cursor, limit: pageSize }),
      );
      expect(found).to.deep.equal(ordered(wanted.map(({ id }) => id)));
    }
    const transactions = await db.selectFrom("transactions").selectAll().orderBy("position", "desc").execute();
    for (const status of maybe("accepted", "reverted", "final") as (undefined | "accepted" | "final")[]) {
      const wanted = transactions.filter((row) => status === undefined || row.status === status);
      const found = await idsOf<{ id: string; position: number }>((_cursor, last) =>
        listTransactions(db, organisationId, { status, before: last?.position, limit: pageSize }),
      );
      expect(found).to.deep.equal(wanted.map(({ id }) => id));
    }
  });
});
