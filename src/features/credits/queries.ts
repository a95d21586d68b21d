import type { CreditTerms } from "../../domain/events/credit.ts";
import { AppError } from "../../shared/errors.ts";
import { findCalendars, toCalendars } from "../../store/calendars.ts";
import { type CreditFilter, listDrafts, listIssuedCredits } from "../../store/creditLists.ts";
import { findDraft, findIssuedCredit } from "../../store/credits.ts";
import { findWholeCredit } from "../../store/wholeCredit.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { loadPartyNames, toPartyNames } from "../partyNames.ts";
import { toPresentationSummaries } from "../presentations/queries.ts";
import { decodeCursor, toPage } from "../schemas.ts";
import { toUndertakingView } from "../undertakings/queries.ts";
import { partiesOf, readsBankOnlyTexts, readsReason } from "./access.ts";
import type { BankOnlyContent, CreditContent } from "./ledgerTerms.ts";
import type { CreditStatus, CreditView } from "./schemas.ts";
import { type CreditRecord, presentationBanks, statusOf, toCreditView, toSummary, type ViewOf } from "./views.ts";

type IssuedRow = NonNullable<Awaited<ReturnType<typeof findIssuedCredit>>>;
export type DraftRow = NonNullable<Awaited<ReturnType<typeof findDraft>>>;

function fromIssued(row: IssuedRow): CreditRecord {
  return {
    id: row.id,
    isDraft: false,
    isClosed: row.status === "closed",
    reference: row.reference,
    issuingBank: row.issuing_bank,
    terms: row.terms as unknown as CreditTerms,
    currency: row.currency,
    drawn: row.drawn,
    advice: row.advice,
    secondAdvice: row.second_advice,
    confirmation: row.confirmation,
    issuedAt: row.issued_at,
    content: row.content as unknown as CreditContent | null,
    bankOnly: row.bankOnly as unknown as BankOnlyContent | null,
    contentSalt: row.contentSalt,
    organisationId: row.organisationId,
    messageId: row.messageId,
    version: null,
  };
}

/** A draft as a record. */
export function fromDraft(row: DraftRow, issuingBank: number): CreditRecord {
  return {
    id: row.credit_id,
    isDraft: true,
    isClosed: false,
    reference: row.reference,
    issuingBank,
    terms: row.terms as unknown as CreditTerms,
    currency: row.currency,
    drawn: "0",
    advice: "none",
    secondAdvice: "none",
    confirmation: "silent",
    issuedAt: null,
    content: row.content as unknown as CreditContent,
    bankOnly: row.bank_only as unknown as BankOnlyContent,
    contentSalt: row.content_salt,
    organisationId: row.organisation_id,
    messageId: row.message_id,
    version: row.version,
  };
}

/** An issued credit that the caller may know of. @throws AppError `request.not_found` */
export async function getVisibleCredit({ store }: GatewayContext, caller: Caller, id: string): Promise<CreditRecord> {
  const row = await findIssuedCredit(store.db, caller.participantId ?? 0, id);
  if (!row) throw new AppError("request.not_found");
  return fromIssued(row);
}

/**
 * The caller's own credit that is not on the ledger yet.
 * @throws AppError `credit.not_draft` for one that the caller's bank has issued, `request.not_found` for any other
 */
export async function getDraft({ store }: GatewayContext, caller: Caller, id: string): Promise<DraftRow> {
  const row = await findDraft(store.db, caller.organisationId, id);
  if (row) return row;
  const issued = await findIssuedCredit(store.db, caller.participantId ?? 0, id);
  throw new AppError(issued && issued.issuing_bank === caller.participantId ? "credit.not_draft" : "request.not_found");
}

async function viewOf(gateway: GatewayContext, records: readonly CreditRecord[]): Promise<ViewOf> {
  const { store, context } = gateway;
  const [names, calendars] = await Promise.all([
    loadPartyNames(store, records.flatMap(partiesOf)),
    findCalendars(store.db, records.flatMap(presentationBanks)),
  ]);
  return { names, calendars, nowSeconds: context.clock.businessSeconds() };
}

export interface CreditQuery {
  readonly status?: CreditStatus | undefined;
  readonly party?: number | undefined;
  readonly reference?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Reads pages until `limit + 1` records are kept or there are no more. */
async function collect(
  fetch: (cursor: string | undefined) => Promise<readonly CreditRecord[]>,
  keep: (records: readonly CreditRecord[]) => Promise<readonly CreditRecord[]>,
  { cursor: first, limit }: { cursor: string | undefined; limit: number },
): Promise<CreditRecord[]> {
  const kept: CreditRecord[] = [];
  let cursor = first;
  for (;;) {
    const records = await fetch(cursor);
    kept.push(...(await keep(records)));
    cursor = records.at(-1)?.id;
    if (cursor === undefined || records.length <= limit || kept.length > limit) return kept;
  }
}

/** Drafts of the caller's organisation and issued credits that it may know of, in order of ids. */
export async function listVisibleCredits(gateway: GatewayContext, caller: Caller, query: CreditQuery) {
  const { store } = gateway;
  const { status, party, reference, limit } = query;
  const participantId = caller.participantId ?? 0;
  const start = { cursor: decodeCursor(query.cursor), limit };
  const closed = status === "closed" ? true : status === undefined ? undefined : false;
  const drafts = (cursor: string | undefined) =>
    listDrafts(store.db, caller.organisationId, { reference, cursor, limit: limit + 1 }).then((rows) =>
      rows.map((row) => fromDraft(row, participantId)),
    );
  const issued = (cursor: string | undefined) => {
    const filter: CreditFilter = { reference, party, closed, cursor, limit: limit + 1 };
    return listIssuedCredits(store.db, participantId, filter).then((rows) => rows.map(fromIssued));
  };
  const withParty = async (records: readonly CreditRecord[]) =>
    records.filter((record) => party === undefined || partiesOf(record).includes(party));
  const withStatus = async (records: readonly CreditRecord[]) => {
    if (status === undefined) return records;
    const { calendars, nowSeconds } = await viewOf(gateway, records);
    return records.filter((record) => statusOf(record, calendars, nowSeconds) === status);
  };
  const found = [
    ...(status === undefined || status === "draft" ? await collect(drafts, withParty, start) : []),
    ...(status === "draft" ? [] : await collect(issued, withStatus, start)),
  ];
  // One that was issued between the two reads is in both.
  const once = [...new Map(found.map((record) => [record.id, record])).values()];
  once.sort((one, other) => (one.id < other.id ? -1 : 1));
  const page = toPage(once, limit, (record) => record.id);
  const of = await viewOf(gateway, page.items);
  return { items: page.items.map((record) => toSummary(record, of)), nextCursor: page.nextCursor };
}

/** A draft as its own organisation sees it. */
export async function viewDraft(gateway: GatewayContext, record: CreditRecord): Promise<CreditView> {
  const { messageId, version } = record;
  const nothingYet = { undertakings: [], presentations: [], declinedReasons: [] };
  return toCreditView(record, await viewOf(gateway, [record]), { bankOnly: true, messageId, version, ...nothingYet });
}

/**
 * A credit: a draft for its own organisation, an issued one for its parties, the beneficiary from its advice on (U15).
 * @throws AppError `request.not_found`
 */
export async function getCredit(gateway: GatewayContext, caller: Caller, id: string): Promise<CreditView> {
  const participantId = caller.participantId ?? 0;
  const { db } = gateway.store;
  const issued = await findWholeCredit(db, participantId, id);
  if (issued) return toWholeView(gateway, caller, issued);
  const draft = await findDraft(db, caller.organisationId, id);
  if (draft) return viewDraft(gateway, fromDraft(draft, participantId));
  // It may have been issued between the two.
  const issuedSince = await findWholeCredit(db, participantId, id);
  if (!issuedSince) throw new AppError("request.not_found");
  return toWholeView(gateway, caller, issuedSince);
}

type WholeRow = NonNullable<Awaited<ReturnType<typeof findWholeCredit>>>;

function toWholeView({ context }: GatewayContext, caller: Caller, row: WholeRow): CreditView {
  const record = fromIssued(row);
  const names = toPartyNames(new Map(Object.entries(row.names ?? {}).map(([party, name]) => [Number(party), name])));
  const calendars = toCalendars(row.calendars);
  const nowSeconds = context.clock.businessSeconds();
  const examinations = row.presentations.flatMap((presentation) => presentation.examinations);
  return toCreditView(
    record,
    { names, calendars, nowSeconds },
    {
      bankOnly: readsBankOnlyTexts(record, caller.participantId),
      messageId: record.organisationId === caller.organisationId ? record.messageId : null,
      version: null,
      declinedReasons: row.declinedReasons
        .filter(({ bank }) => readsReason(record, caller.participantId, bank))
        .map(({ bank, kind, reason }) => ({ bank: names.of(bank), kind, reason })),
      undertakings: row.undertakings.map((undertaking) => toUndertakingView(undertaking, names, nowSeconds)),
      presentations: toPresentationSummaries(row.presentations, { examinations, names, calendars }),
    },
  );
}
