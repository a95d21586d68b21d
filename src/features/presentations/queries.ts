import * as z from "zod";
import { decideBy } from "../../domain/credit/expiry.ts";
import { plainDate } from "../../shared/calendar.ts";
import { AppError } from "../../shared/errors.ts";
import { findCalendars } from "../../store/calendars.ts";
import {
  findPresentation,
  listExaminations,
  listPresentations,
  listPresentedDocuments,
  listRefusalTexts,
  type PresentationFilter,
} from "../../store/presentations.ts";
import { DocumentKind } from "../documents/queries.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { loadPartyNames, type PartyNames, PartyRef } from "../partyNames.ts";
import { decodeCursor, fromMinor, Hex32, Instant, instant, MoneyText, toPage } from "../schemas.ts";
import { DisposalWordSchema, wordOfDisposal } from "./disposal.ts";

export const decisions = ["none", "examining", "complying", "refused", "precluded"] as const;

/** A bank's part in a presentation. */
export const ExaminationView = z.strictObject({
  bank: PartyRef,
  /** `none`: the bank holds the documents and has nothing to decide (U25). */
  decision: z.enum(decisions),
  receivedAt: Instant,
  /** Banking day of receipt (U57). */
  receivedOn: z.string().nullable(),
  /** First second at which the bank is precluded (U28, U42). */
  deadline: Instant.nullable(),
  /** End of the bank's banking hours on the last day, the earlier hour that a bank should keep. */
  decideBy: Instant.nullable(),
  decidedAt: Instant.nullable(),
  disposal: DisposalWordSchema.nullable(),
  forwardedTo: PartyRef.nullable(),
});
export type ExaminationView = z.infer<typeof ExaminationView>;

export const PresentationSummary = z.strictObject({
  id: Hex32,
  creditId: Hex32,
  beneficiary: PartyRef,
  presentedTo: PartyRef,
  amount: MoneyText,
  presentedAt: Instant,
  /** Banking day of presentation at the first bank (U57). */
  presentedOn: z.string(),
  shipmentDate: z.string().nullable(),
  /** Facts that a bank may raise as discrepancies (U12, U29): after expiry, after the period, shipped late. */
  isLate: z.boolean(),
  isPeriodMissed: z.boolean(),
  isShipmentLate: z.boolean(),
  /** The refused presentation that this one cures. */
  replaces: Hex32.nullable(),
  examinations: z.array(ExaminationView),
});
export type PresentationSummary = z.infer<typeof PresentationSummary>;

export const PresentationView = PresentationSummary.extend({
  documents: z.array(
    z.strictObject({
      position: z.int(),
      commitment: Hex32,
      /** Null when the document is not in this gateway. */
      documentId: z.string().nullable(),
      kind: DocumentKind.nullable(),
    }),
  ),
  /** Discrepancies of each refusing bank (U40). The wording is for that bank, its presenter and the beneficiary. */
  discrepancies: z.array(
    z.strictObject({
      bank: PartyRef,
      code: z.string(),
      /** Position of the document, from 1; 0 when it concerns none of them. */
      document: z.int(),
      article: z.int(),
      text: z.string().nullable(),
    }),
  ),
});
export type PresentationView = z.infer<typeof PresentationView>;

export type PresentationRow = NonNullable<Awaited<ReturnType<typeof findPresentation>>>;
export type ExaminationRow = Awaited<ReturnType<typeof listExaminations>>[number];
type Calendars = Awaited<ReturnType<typeof findCalendars>>;

/** A discrepancy as the ledger's event states it. */
interface LedgerDiscrepancy {
  readonly kind: string;
  readonly document: number;
  readonly article: number;
  readonly textCommitment: string;
}

function toExamination(row: ExaminationRow, names: PartyNames, calendars: Calendars): ExaminationView {
  const { deadline, received_at: receivedAtSeconds } = row;
  const by =
    deadline === null ? null : decideBy(calendars.get(row.bank), { receivedAtSeconds, deadlineSeconds: deadline });
  return {
    bank: names.of(row.bank),
    decision: row.decision,
    receivedAt: instant(receivedAtSeconds),
    receivedOn: row.received_on === null ? null : plainDate(row.received_on),
    deadline: deadline === null ? null : instant(deadline),
    decideBy: by === null ? null : instant(by),
    decidedAt: row.decided_at === null ? null : instant(row.decided_at),
    disposal: wordOfDisposal(row.disposal),
    forwardedTo: row.forwarded_to === null ? null : names.of(row.forwarded_to),
  };
}

function toSummary(row: PresentationRow, examinations: ExaminationView[], names: PartyNames): PresentationSummary {
  return {
    id: row.id,
    creditId: row.credit_id,
    beneficiary: names.of(row.beneficiary),
    presentedTo: names.of(row.presented_to),
    amount: fromMinor(row.amount, row.currency),
    presentedAt: instant(row.presented_at),
    presentedOn: plainDate(row.presented_on),
    shipmentDate: row.shipment_day === 0 ? null : plainDate(row.shipment_day),
    isLate: row.late,
    isPeriodMissed: row.late_period,
    isShipmentLate: row.late_shipment,
    replaces: row.replaces,
    examinations,
  };
}

/** What was read for summaries: every bank's part, and names and calendars of all who are in them. */
interface SummaryParts {
  readonly examinations: readonly ExaminationRow[];
  readonly names: PartyNames;
  readonly calendars: Calendars;
}

/** Presentations as those who may know of them see them. */
export function toPresentationSummaries(rows: readonly PresentationRow[], parts: SummaryParts): PresentationSummary[] {
  const { names, calendars } = parts;
  const byPresentation = Map.groupBy(parts.examinations, ({ presentation_id }) => presentation_id);
  return rows.map((row) => {
    const own = byPresentation.get(row.id) ?? [];
    return toSummary(
      row,
      own.map((examination) => toExamination(examination, names, calendars)),
      names,
    );
  });
}

async function toSummaries(gateway: GatewayContext, rows: readonly PresentationRow[]): Promise<PresentationSummary[]> {
  const { store } = gateway;
  const examinations = await listExaminations(
    store.db,
    rows.map(({ id }) => id),
  );
  const banks = examinations.map(({ bank }) => bank);
  const calendars = await findCalendars(store.db, banks);
  const forwarded = examinations.flatMap(({ forwarded_to }) => (forwarded_to === null ? [] : [forwarded_to]));
  const parties = rows.flatMap(({ beneficiary, presented_to }) => [beneficiary, presented_to]);
  const names = await loadPartyNames(store, [...banks, ...forwarded, ...parties]);
  return toPresentationSummaries(rows, { examinations, names, calendars });
}

export interface PresentationQuery {
  readonly credit?: string | undefined;
  readonly decision?: PresentationFilter["decision"];
  /** `examining`: presentations that wait for the caller's own decision. */
  readonly queue?: "examining" | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Presentations that the caller may know of. */
export async function listVisiblePresentations(gateway: GatewayContext, caller: Caller, query: PresentationQuery) {
  const { credit: creditId, queue, limit } = query;
  const participantId = caller.participantId ?? 0;
  const filter: PresentationFilter = {
    creditId,
    decision: queue ?? query.decision,
    bank: queue === undefined ? undefined : participantId,
    cursor: decodeCursor(query.cursor),
    limit,
  };
  const rows = await listPresentations(gateway.store.db, participantId, filter);
  const page = toPage(rows, limit, (row) => row.id);
  return { items: await toSummaries(gateway, page.items), nextCursor: page.nextCursor };
}

/** A presentation with its banks' parts, as rows. @throws AppError `request.not_found` */
export async function getPresentationRows({ store }: GatewayContext, caller: Caller, id: string) {
  const row = await findPresentation(store.db, caller.participantId ?? 0, id);
  if (!row) throw new AppError("request.not_found");
  return { row, examinations: await listExaminations(store.db, [id]) };
}

/** Who gave a bank the documents: the bank that forwarded them, or the beneficiary. */
export function presenterTo(row: PresentationRow, examinations: readonly ExaminationRow[], bank: number): number {
  return examinations.find(({ forwarded_to }) => forwarded_to === bank)?.bank ?? row.beneficiary;
}

/** Whether a participant reads the wording of a bank's refusal: the bank, its presenter, the beneficiary (U40). */
export function readsRefusal(
  participantId: number | null,
  of: { row: PresentationRow; examinations: readonly ExaminationRow[]; bank: number },
): boolean {
  const { row, examinations, bank } = of;
  return [bank, presenterTo(row, examinations, bank), row.beneficiary].some((party) => party === participantId);
}

/** Discrepancies of a bank as they stand on the ledger, with the wordings that fit their commitments. */
export async function refusalOf({ store }: GatewayContext, presentationId: string, examination: ExaminationRow) {
  const texts = await listRefusalTexts(store.db, presentationId);
  const own = texts.filter(({ bank }) => bank === examination.bank).flatMap(({ discrepancies }) => discrepancies);
  const wordings = new Map(own.map(({ textCommitment, text }) => [textCommitment, text]));
  const stated = examination.discrepancies as unknown as readonly LedgerDiscrepancy[];
  return stated.map(({ kind, document, article, textCommitment }) => {
    return { code: kind, document, article, text: wordings.get(textCommitment) ?? null };
  });
}

async function documentsOf({ store }: GatewayContext, caller: Caller, of: Readers) {
  const { row, examinations } = of;
  const stored = await listPresentedDocuments(store.db, row.id);
  const wasGiven = examinations.some(({ bank }) => bank === caller.participantId);
  const commitments = row.documents as unknown as readonly string[];
  return commitments.map((commitment, position) => {
    const document = stored.find((candidate) => candidate.position === position);
    const reads = document !== undefined && (wasGiven || document.organisationId === caller.organisationId);
    return {
      position: position + 1,
      commitment,
      documentId: reads ? document.id : null,
      kind: reads ? DocumentKind.parse(document.kind) : null,
    };
  });
}

interface Readers {
  readonly row: PresentationRow;
  readonly examinations: readonly ExaminationRow[];
}

/** @throws AppError `request.not_found` */
export async function getPresentation(gateway: GatewayContext, caller: Caller, id: string): Promise<PresentationView> {
  const rows = await getPresentationRows(gateway, caller, id);
  const { row, examinations } = rows;
  const [summary] = await toSummaries(gateway, [row]);
  if (!summary) throw new AppError("request.not_found");
  const names = await loadPartyNames(
    gateway.store,
    examinations.map(({ bank }) => bank),
  );
  const discrepancies: PresentationView["discrepancies"] = [];
  for (const examination of examinations) {
    const { bank } = examination;
    const reads = readsRefusal(caller.participantId, { row, examinations, bank });
    for (const one of await refusalOf(gateway, id, examination)) {
      discrepancies.push({ bank: names.of(bank), ...one, text: reads ? one.text : null });
    }
  }
  return { ...summary, documents: await documentsOf(gateway, caller, rows), discrepancies };
}
