import { sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Db } from "./store.ts";

/** A bank's own agents and the banks that chose it as theirs, from after `after`. */
export function listMandates(
  db: Db,
  bank: number,
  { after, limit }: { after: { currency: string; bank: number } | undefined; limit: number },
) {
  return db
    .selectFrom("settlement_mandates")
    .selectAll()
    .where((eb) => eb.or([eb("bank", "=", bank), eb("agent", "=", bank)]))
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("currency", "bank"), ">", tuple(after?.currency ?? "", after?.bank ?? 0)),
      ),
    )
    .orderBy("currency")
    .orderBy("bank")
    .limit(limit + 1)
    .execute();
}

/** Cycles that a bank settled as agent or took part in, newest first: one more than the page has, when there are more. */
export function listCycles(
  db: Db,
  bank: number,
  { before, limit }: { before: { block: number; log: number } | undefined; limit: number },
) {
  const own = db.selectFrom("cycles").select(["id", "block_number", "log_index"]).where("agent", "=", bank);
  const shared = db
    .selectFrom("cycle_nets")
    .innerJoin("cycles", "cycles.id", "cycle_nets.cycle_id")
    .select(["cycles.id", "cycles.block_number", "cycles.log_index"])
    .where("cycle_nets.bank", "=", bank);
  const ways = [own, shared].map((way) =>
    way
      .$if(before !== undefined, (query) =>
        query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple("cycles.block_number", "cycles.log_index"), "<", tuple(before?.block ?? 0, before?.log ?? 0)),
        ),
      )
      .orderBy("cycles.block_number", "desc")
      .orderBy("cycles.log_index", "desc")
      .limit(sql.lit(roundedUp(limit + 1))),
  );
  const order = sql`block_number desc, log_index desc`;
  return db
    .selectFrom("cycles")
    .innerJoin(firstOf(ways, { limit: limit + 1, order }).as<"page">(sql`page`), "page.id", "cycles.id")
    .selectAll("cycles")
    .orderBy("cycles.block_number", "desc")
    .orderBy("cycles.log_index", "desc")
    .execute();
}

/** A cycle that a bank settled as agent or took part in. */
export function findCycle(db: Db, bank: number, id: string) {
  return db
    .selectFrom("cycles")
    .selectAll("cycles")
    .where("id", "=", id)
    .where((eb) =>
      eb.or([
        eb("agent", "=", bank),
        eb.exists(
          eb
            .selectFrom("cycle_nets")
            .select("bank")
            .whereRef("cycle_nets.cycle_id", "=", "cycles.id")
            .where("cycle_nets.bank", "=", bank),
        ),
      ]),
    )
    .executeTakeFirst();
}

/** What banks got and paid in these cycles: everything of those that `bank` settled as agent, else its own. */
export function listCycleNets(db: Db, bank: number, cycleIds: readonly string[]) {
  return db
    .selectFrom("cycle_nets")
    .innerJoin("cycles", "cycles.id", "cycle_nets.cycle_id")
    .select(["cycle_nets.cycle_id", "cycle_nets.bank", "cycle_nets.net"])
    .where("cycle_nets.cycle_id", "in", cycleIds.length > 0 ? [...cycleIds] : [""])
    .where((eb) => eb.or([eb("cycles.agent", "=", bank), eb("cycle_nets.bank", "=", bank)]))
    .orderBy("cycle_nets.bank")
    .execute();
}
