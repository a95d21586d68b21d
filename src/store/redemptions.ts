import { sql } from "kysely";
import { firstOf, roundedUp } from "./pages.ts";
import type { Db } from "./store.ts";

/** Who reads: as holder, as bank, and as the regulator of banks of a country. */
export interface RedemptionReader {
  readonly participantId: number;
  /** Country whose banks' redemptions it reads too. */
  readonly regulates: string | undefined;
}

/** With what was said of it, as far as it was said through this gateway. */
function withTexts(db: Db) {
  return (
    db
      .selectFrom("redemptions")
      .innerJoin("deposit_tokens", "deposit_tokens.address", "redemptions.token")
      .leftJoin("organisations as asker", "asker.participant_id", "redemptions.holder")
      .leftJoin("organisations as answerer", "answerer.participant_id", "redemptions.bank")
      // A commitment stands on the ledger, and anybody may put it there again: only who wrote a text is quoted with it.
      .leftJoin("committed_texts as request", (join) =>
        join
          .onRef("request.commitment", "=", "redemptions.ref")
          .onRef("request.organisation_id", "=", "asker.id")
          .on("request.kind", "=", "redemption_request"),
      )
      .leftJoin("committed_texts as answer", (join) =>
        join
          .onRef("answer.commitment", "=", "redemptions.answer")
          .onRef("answer.organisation_id", "=", "answerer.id")
          .on("answer.kind", "in", ["redemption_payout", "give_back"]),
      )
      .selectAll("redemptions")
      .select(["deposit_tokens.currency", "request.text as reference", "answer.text as answerText"])
  );
}

export function findRedemption(db: Db, { participantId, regulates }: RedemptionReader, id: string) {
  return withTexts(db)
    .where("redemptions.id", "=", id)
    .where((eb) =>
      eb.or([
        eb("redemptions.holder", "=", participantId),
        eb("redemptions.bank", "=", participantId),
        eb(
          "redemptions.bank",
          "in",
          eb
            .selectFrom("participants")
            .select("participants.id")
            .where("participants.country", "=", regulates ?? ""),
        ),
      ]),
    )
    .executeTakeFirst();
}

export interface RedemptionPage {
  /** Only those that are requested and were due at or before this second. */
  readonly dueBy: number | undefined;
  readonly before: { readonly block: number; readonly log: number } | undefined;
  readonly limit: number;
}

/** Redemptions that concern the reader, newest first: one row more than the page has, when there are more. */
export function listRedemptions(db: Db, { participantId, regulates }: RedemptionReader, page: RedemptionPage) {
  const { before, dueBy, limit } = page;
  const all = db
    .selectFrom("redemptions")
    .select(["redemptions.id", "redemptions.block_number", "redemptions.log_index"])
    .$if(dueBy !== undefined, (query) =>
      query.where("redemptions.status", "=", "requested").where("redemptions.due_at", "<=", dueBy ?? 0),
    )
    .$if(before !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple("redemptions.block_number", "redemptions.log_index"),
          "<",
          tuple(before?.block ?? 0, before?.log ?? 0),
        ),
      ),
    )
    .orderBy("redemptions.block_number", "desc")
    .orderBy("redemptions.log_index", "desc")
    .limit(sql.lit(roundedUp(limit + 1)));
  const own = (["holder", "bank"] as const).map((party) => all.where(`redemptions.${party}`, "=", participantId));
  const supervised = all
    .innerJoin("participants", "participants.id", "redemptions.bank")
    .where("participants.country", "=", regulates ?? "");
  const ways = regulates === undefined ? own : [...own, supervised];
  const order = sql`block_number desc, log_index desc`;
  return withTexts(db)
    .innerJoin(firstOf(ways, { limit: limit + 1, order }).as<"page">(sql`page`), "page.id", "redemptions.id")
    .orderBy("redemptions.block_number", "desc")
    .orderBy("redemptions.log_index", "desc")
    .execute();
}
