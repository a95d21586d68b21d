import { type Selectable, type SelectQueryBuilder, sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { limits } from "../shared/limits.ts";
import { declinedReasonsOf, isVisibleTo, withContent } from "./credits.ts";
import { visiblePresentations } from "./presentations.ts";
import type { ExaminationRow } from "./schema/deals.ts";
import type { Db } from "./store.ts";
import { undertakingsOf } from "./undertakings.ts";

/**
 * An issued credit with everything that a participant sees of it, if it may know of it: one statement, so that all of
 * it belongs to one block. Banks of presentations and obligors are parties of the credit, so that `names` and `calendars`
 * are enough for those too; holders of undertakings that changed hands may be strangers to it, and stand in `names`.
 */
export function findWholeCredit(db: Db, participantId: number, id: string) {
  const presentations = visiblePresentations(db, participantId)
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom("examinations as part")
          .selectAll("part")
          .whereRef("part.presentation_id", "=", "presentations.id")
          .orderBy("part.received_at")
          .orderBy("part.bank"),
      )
        .$castTo<Selectable<ExaminationRow>[]>()
        .as("examinations"),
    )
    .where("presentations.credit_id", "=", id)
    .orderBy("presentations.id")
    .limit(limits.pageSizeMax);
  const undertakings = undertakingsOf(db, participantId)
    .where("undertakings.credit_id", "=", id)
    .orderBy("undertakings.id")
    .limit(limits.pageSizeMax);
  return withContent(db)
    .where("credits.id", "=", id)
    .where(isVisibleTo(participantId))
    .select((eb) => [
      sql<Readonly<Record<string, string>> | null>`(select json_object_agg(participant_id, name) from organisations
        where participant_id in (credits.issuing_bank, credits.applicant, credits.beneficiary, credits.advising_bank,
          credits.second_advising_bank, credits.nominated_bank, credits.confirmer)
          or participant_id in (select seen.holder from ${undertakings} as seen))`.as("names"),
      jsonArrayFrom(
        eb
          .selectFrom("calendars")
          .selectAll()
          .where("calendars.bank", "in", [
            eb.ref("credits.issuing_bank"),
            eb.ref("credits.nominated_bank"),
            eb.ref("credits.confirmer"),
          ]),
      ).as("calendars"),
      jsonArrayFrom(declinedReasonsOf(db, id)).as("declinedReasons"),
      withAmounts(undertakings).as("undertakings"),
      withAmounts(presentations).as("presentations"),
    ])
    .executeTakeFirst();
}

/** Rows as JSON, their amounts as text: JSON numbers would lose digits. */
function withAmounts<D, T extends keyof D, Row>(rows: SelectQueryBuilder<D, T, Row>) {
  return sql<Row[]>`(select coalesce(json_agg(to_jsonb(of) || jsonb_build_object('amount', of.amount::text)), '[]')
    from ${rows} as of)`;
}
