import type { BankingCalendar } from "../../domain/calendar/bankingCalendar.ts";
import { drawingRoom } from "../../domain/credit/availableAmount.ts";
import { type ExpiryAtBank, expiryAt } from "../../domain/credit/expiry.ts";
import type { CreditTerms } from "../../domain/events/credit.ts";
import { plainDate } from "../../shared/calendar.ts";
import type { PartyNames } from "../partyNames.ts";
import { fromMinor, instant } from "../schemas.ts";
import type { Texts } from "./draft.ts";
import type { BankOnlyContent, CreditContent } from "./ledgerTerms.ts";
import type { CreditStatus, CreditSummary, CreditView } from "./schemas.ts";

/** A credit as the store knows it, draft or issued. */
export interface CreditRecord {
  readonly id: string;
  readonly isDraft: boolean;
  readonly isClosed: boolean;
  readonly reference: string | null;
  readonly issuingBank: number;
  readonly terms: CreditTerms;
  readonly currency: string;
  readonly drawn: string;
  readonly advice: CreditSummary["advice"];
  readonly secondAdvice: CreditSummary["secondAdvice"];
  readonly confirmation: CreditSummary["confirmation"];
  readonly issuedAt: number | null;
  /** Null when the texts are not in this gateway. */
  readonly content: CreditContent | null;
  readonly bankOnly: BankOnlyContent | null;
  readonly contentSalt: string | null;
  /** The organisation that drafted it. */
  readonly organisationId: string | null;
  readonly messageId: string | null;
  readonly version: number | null;
}

export type Calendars = ReadonlyMap<number, BankingCalendar>;

/** Banks to which documents may go: issuer, confirmer once it confirmed, nominated bank (U09). */
export function presentationBanks({ issuingBank, terms, confirmation }: CreditRecord): readonly number[] {
  const confirmer = confirmation === "added" ? terms.confirmer : 0;
  return [...new Set([issuingBank, terms.nominatedBank, confirmer])].filter((bank) => bank > 0);
}

function expiries(record: CreditRecord, calendars: Calendars): readonly { bank: number; expiry: ExpiryAtBank }[] {
  return presentationBanks(record).flatMap((bank) => {
    const calendar = calendars.get(bank);
    const expiry = calendar && expiryAt(calendar, record.terms.expiryDay);
    return expiry?.published === true ? [{ bank, expiry: expiry.value }] : [];
  });
}

/** Expired once the last bank's last day is over: the day is tested where the presentation is made (U12, U50). */
export function statusOf(record: CreditRecord, calendars: Calendars, nowSeconds: number): CreditStatus {
  if (record.isDraft) return "draft";
  if (record.isClosed) return "closed";
  const ends = expiries(record, calendars).map(({ expiry }) => expiry.expiresAtSeconds);
  return ends.length > 0 && nowSeconds >= Math.max(...ends) ? "expired" : "issued";
}

function roomOf({ terms, drawn }: CreditRecord) {
  const { amount, tolerancePlus, toleranceMinus, partialDrawings } = terms;
  return drawingRoom({ amountMinor: BigInt(amount), tolerancePlus, toleranceMinus, partialDrawings }, BigInt(drawn));
}

/** What a view is made with. */
export interface ViewOf {
  readonly names: PartyNames;
  readonly calendars: Calendars;
  readonly nowSeconds: number;
}

export function toSummary(record: CreditRecord, { names, calendars, nowSeconds }: ViewOf): CreditSummary {
  const { terms, currency } = record;
  return {
    id: record.id,
    status: statusOf(record, calendars, nowSeconds),
    reference: record.reference,
    issuingBank: names.of(record.issuingBank),
    applicant: names.of(terms.applicant),
    beneficiary: names.of(terms.beneficiary),
    amount: fromMinor(terms.amount, currency),
    available: fromMinor(roomOf(record).availableMinor, currency),
    expiryDate: plainDate(terms.expiryDay),
    advice: record.advice,
    secondAdvice: record.secondAdvice,
    confirmation: record.confirmation,
    issuedAt: record.issuedAt === null ? null : instant(record.issuedAt),
  };
}

function toTerms({ terms, content, currency }: CreditRecord): CreditView["terms"] {
  return {
    rules: content?.rules ?? null,
    form: content?.form ?? null,
    transferable: content?.transferable ?? null,
    amount: fromMinor(terms.amount, currency),
    tolerance: { plusPercent: terms.tolerancePlus, minusPercent: terms.toleranceMinus },
    confirmation: terms.confirmation,
    availableBy: terms.availableBy,
    partialDrawings: terms.partialDrawings,
    issueDate: content?.issueDate ?? null,
    expiryDate: plainDate(terms.expiryDay),
    expiryPlace: content?.expiryPlace ?? null,
    latestShipmentDate: terms.latestShipmentDay === 0 ? null : plainDate(terms.latestShipmentDay),
    presentationDays: terms.presentationDays === 0 ? null : terms.presentationDays,
    presentationEvent: content?.presentationEvent ?? null,
    tenorDays: terms.tenorDays === 0 ? null : terms.tenorDays,
    termsCommitment: terms.termsCommitment,
  };
}

function toTexts(texts: Texts): Record<string, string[]> {
  return Object.fromEntries(Object.entries(texts).map(([tag, lines]) => [tag, [...lines]]));
}

function toDeadlines(record: CreditRecord, { names, calendars }: ViewOf): CreditView["deadlines"] {
  return expiries(record, calendars).map(({ bank, expiry }) => ({
    bank: names.of(bank),
    lastDay: plainDate(expiry.lastDay),
    isRolled: expiry.lastDay !== record.terms.expiryDay,
    presentBy: instant(expiry.presentBySeconds),
    expiresAt: instant(expiry.expiresAtSeconds),
  }));
}

/** The issuer is bound from issue (U13), the confirmer from its confirmation (U14), each for what may still be drawn. */
function toLiabilities(record: CreditRecord, names: PartyNames): CreditView["contingentLiabilities"] {
  const { isDraft, isClosed, confirmation, issuingBank, terms, currency } = record;
  const { availableMinor } = roomOf(record);
  if (isDraft || isClosed || availableMinor === 0n) return [];
  const amount = fromMinor(availableMinor, currency);
  const issuer = { bank: names.of(issuingBank), as: "issuer" as const, amount };
  const confirmer = { bank: names.of(terms.confirmer), as: "confirmer" as const, amount };
  return confirmation === "added" ? [issuer, confirmer] : [issuer];
}

/** What the reader may see beside the terms. */
export interface Disclosed
  extends Pick<CreditView, "undertakings" | "presentations" | "declinedReasons" | "messageId" | "version"> {
  /** Field 49H is for the credit's banks only. */
  readonly bankOnly: boolean;
}

export function toCreditView(record: CreditRecord, of: ViewOf, disclosed: Disclosed): CreditView {
  const { names } = of;
  const { terms, currency, content, bankOnly } = record;
  const { bankOnly: readsBankOnly, ...more } = disclosed;
  const room = roomOf(record);
  const summary = toSummary(record, of);
  const { issuingBank, applicant, beneficiary } = summary;
  return {
    ...summary,
    parties: {
      issuingBank,
      applicant,
      beneficiary,
      advisingBank: names.of(terms.advisingBank),
      secondAdvisingBank: names.optional(terms.secondAdvisingBank),
      nominatedBank: names.optional(terms.nominatedBank),
      confirmer: names.optional(terms.confirmer),
    },
    terms: toTerms(record),
    texts: content && toTexts(content.texts),
    bankOnlyTexts: readsBankOnly && bankOnly ? toTexts(bankOnly.texts) : null,
    drawing: {
      limit: fromMinor(room.limitMinor, currency),
      drawn: fromMinor(record.drawn, currency),
      available: fromMinor(room.availableMinor, currency),
      leastDrawing: fromMinor(room.leastDrawingMinor, currency),
    },
    deadlines: toDeadlines(record, of),
    contingentLiabilities: toLiabilities(record, names),
    ...more,
  };
}
