import * as z from "zod";
import { PartyRef } from "../partyNames.ts";
import { PresentationSummary } from "../presentations/queries.ts";
import { Hex32, Instant, MoneyText, ParticipantIdInBody, PlainDateText, Uuid } from "../schemas.ts";
import { UndertakingView } from "../undertakings/queries.ts";
import { availabilities, confirmationInstructions } from "./draft.ts";

export const CreditPath = z.strictObject({ creditId: Hex32 });
export const Reason = z.strictObject({ reason: z.string().trim().min(1).max(500) });

/** Fields of an MT700 whose texts a credit keeps as they are. */
const textTags = [
  "23",
  "39C",
  "42C",
  "42M",
  "42P",
  "43T",
  "44A",
  "44B",
  "44D",
  "44E",
  "44F",
  "45A",
  "46A",
  "47A",
  "49G",
  "50",
  "59",
  "71D",
  "72Z",
  "78",
] as const;
const Lines = z.array(z.string().max(65)).min(1).max(200);

const Parties = z.strictObject({
  applicant: ParticipantIdInBody,
  beneficiary: ParticipantIdInBody,
  advisingBank: ParticipantIdInBody.optional(),
  secondAdvisingBank: ParticipantIdInBody.optional(),
  nominatedBank: ParticipantIdInBody.optional(),
  confirmer: ParticipantIdInBody.optional(),
});

const Days = z.int().min(1).max(999);
const TenorDays = z.int().min(1).max(9_999);

/** A draft from an own outgoing MT700. `terms` decides what the message says in free text only. */
export const DraftFromMessage = z.strictObject({
  messageId: Uuid,
  parties: Parties,
  terms: z
    .strictObject({
      tenorDays: TenorDays.optional(),
      presentationDays: Days.optional(),
      partialDrawings: z.boolean().optional(),
    })
    .default({}),
});

const Percent = z.int().min(0).max(100);

/** A draft in structured terms. */
export const StructuredDraft = z.strictObject({
  reference: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,14}[A-Za-z0-9])?$/),
  parties: Parties.extend({ advisingBank: ParticipantIdInBody }),
  terms: z.strictObject({
    amount: MoneyText,
    tolerance: z.strictObject({ plusPercent: Percent, minusPercent: Percent }).optional(),
    confirmation: z.enum(confirmationInstructions),
    availableBy: z.enum(availabilities),
    /** Allowed unless prohibited (U54). */
    partialDrawings: z.boolean().default(true),
    transferable: z.boolean().default(false),
    issueDate: PlainDateText.optional(),
    expiryDate: PlainDateText,
    expiryPlace: z.string().trim().min(1).max(29),
    latestShipmentDate: PlainDateText.optional(),
    /** 21 when the credit is silent; null for none (U29). */
    presentationDays: Days.nullable().default(21),
    presentationEvent: z.string().trim().min(1).max(35).optional(),
    tenorDays: TenorDays.optional(),
  }),
  texts: z.partialRecord(z.enum(textTags), Lines).default({}),
  bankOnlyTexts: z.partialRecord(z.enum(["49H"]), Lines).default({}),
});

export const DraftRequest = z.union([DraftFromMessage, StructuredDraft]);
export type DraftRequest = z.infer<typeof DraftRequest>;

export const creditStatuses = ["draft", "issued", "expired", "closed"] as const;
export const CreditStatus = z.enum(creditStatuses);
export type CreditStatus = z.infer<typeof CreditStatus>;

const Advice = z.enum(["none", "advised", "declined"]);
const ConfirmationAnswer = z.enum(["silent", "added", "declined"]);

export const CreditSummary = z.strictObject({
  id: Hex32,
  status: CreditStatus,
  /** The issuing bank's own reference. */
  reference: z.string().nullable(),
  issuingBank: PartyRef,
  applicant: PartyRef,
  beneficiary: PartyRef,
  amount: MoneyText,
  available: MoneyText,
  expiryDate: z.string(),
  advice: Advice,
  secondAdvice: Advice,
  confirmation: ConfirmationAnswer,
  issuedAt: Instant.nullable(),
});
export type CreditSummary = z.infer<typeof CreditSummary>;

const TextsView = z.record(z.string(), z.array(z.string()));

export const CreditView = CreditSummary.extend({
  parties: z.strictObject({
    issuingBank: PartyRef,
    applicant: PartyRef,
    beneficiary: PartyRef,
    advisingBank: PartyRef,
    secondAdvisingBank: PartyRef.nullable(),
    /** Null for any bank. */
    nominatedBank: PartyRef.nullable(),
    /** The bank that is asked to confirm. */
    confirmer: PartyRef.nullable(),
  }),
  terms: z.strictObject({
    rules: z.string().nullable(),
    form: z.string().nullable(),
    transferable: z.boolean().nullable(),
    amount: MoneyText,
    tolerance: z.strictObject({ plusPercent: z.int(), minusPercent: z.int() }),
    confirmation: z.enum(confirmationInstructions),
    availableBy: z.enum(["sight", "deferred"]),
    partialDrawings: z.boolean(),
    issueDate: z.string().nullable(),
    expiryDate: z.string(),
    expiryPlace: z.string().nullable(),
    latestShipmentDate: z.string().nullable(),
    presentationDays: z.int().nullable(),
    presentationEvent: z.string().nullable(),
    tenorDays: z.int().nullable(),
    termsCommitment: Hex32,
  }),
  /** Texts by MT700 field; null when they are not in this gateway. */
  texts: TextsView.nullable(),
  /** Field 49H; null for everybody but the credit's banks. */
  bankOnlyTexts: TextsView.nullable(),
  /** Amount with its tolerance, what was drawn, and what may still be (U51, U53, U54). */
  drawing: z.strictObject({ limit: MoneyText, drawn: MoneyText, available: MoneyText, leastDrawing: MoneyText }),
  /** Expiry at each bank to which documents may go, on that bank's calendar (U12, U50, U57). */
  deadlines: z.array(
    z.strictObject({
      bank: PartyRef,
      lastDay: z.string(),
      /** The expiry day is closed at this bank, so the last day is its next banking day. */
      isRolled: z.boolean(),
      presentBy: Instant,
      expiresAt: Instant,
    }),
  ),
  /** Banks that are bound, each for what may still be drawn. */
  contingentLiabilities: z.array(
    z.strictObject({ bank: PartyRef, as: z.enum(["issuer", "confirmer"]), amount: MoneyText }),
  ),
  /** Why a bank declined, for that bank and the issuing bank. */
  declinedReasons: z.array(
    z.strictObject({ bank: PartyRef, kind: z.enum(["advice", "confirmation"]), reason: z.string() }),
  ),
  /** Undertakings of which the caller is obligor or holder. */
  undertakings: z.array(UndertakingView),
  /** Presentations that the caller may know of. */
  presentations: z.array(PresentationSummary),
  /** Of the draft, for its own organisation. */
  messageId: z.string().nullable(),
  version: z.int().nullable(),
});
export type CreditView = z.infer<typeof CreditView>;
