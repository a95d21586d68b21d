import * as z from "zod";
import type { CreditTerms } from "../../integrations/swift/creditTerms.ts";
import type { SwiftParty } from "../../integrations/swift/fieldValues.ts";
import type { Finding } from "../../integrations/swift/finding.ts";
import { moneyText } from "../../shared/money.ts";
import { Instant, MoneyText } from "../schemas.ts";

/** What reading a message found, with its place in the text. */
export const FindingView = z.strictObject({
  code: z.string(),
  network: z.string().optional(),
  severity: z.enum(["error", "warning"]),
  field: z.string().nullable(),
  occurrence: z.int(),
  offset: z.int(),
  line: z.int(),
  message: z.string(),
  since: z.string().optional(),
  until: z.string().optional(),
});

export const MessageSummary = z.strictObject({
  id: z.string(),
  direction: z.enum(["outgoing", "incoming"]),
  type: z.string(),
  release: z.string(),
  reference: z.string().nullable(),
  sender: z.string().nullable(),
  receiver: z.string().nullable(),
  /** The message that this one re-issues. */
  basedOn: z.string().nullable(),
  createdAt: Instant,
});
export type MessageSummary = z.infer<typeof MessageSummary>;

const Lines = z.array(z.string());
const SwiftPartyView = z.strictObject({ bic: z.string().nullable(), lines: Lines });
const Item = z.strictObject({ text: z.string(), mayContinuePrevious: z.boolean() });
const ShipmentRule = z.enum(["allowed", "not_allowed", "conditional", "unstated", "unclear"]);

/** An MT700 as the terms of a credit. `bankOnlyLines` (49H) is empty unless a bank reads. */
export const MessageTerms = z.strictObject({
  number: z.string(),
  form: z.string(),
  rules: z.string(),
  issueDate: z.string().nullable(),
  expiryDate: z.string(),
  expiryPlace: z.string(),
  amount: MoneyText,
  tolerance: z.strictObject({ plusPercent: z.number(), minusPercent: z.number() }).nullable(),
  availableWith: SwiftPartyView,
  availableBy: z.enum(["sight", "deferred", "acceptance", "negotiation", "mixed"]),
  partialShipments: ShipmentRule,
  transhipment: ShipmentRule,
  latestShipment: z.string().nullable(),
  presentation: z.strictObject({
    days: z.int().nullable(),
    event: z.string().nullable(),
    status: z.enum(["stated", "default", "proposed", "unread"]),
    text: z.string().nullable(),
  }),
  confirmation: z.enum(["confirm", "may_add", "without"]),
  requestedConfirmer: SwiftPartyView.nullable(),
  adviseThrough: SwiftPartyView.nullable(),
  applicantLines: Lines,
  beneficiaryLines: Lines,
  goodsLines: Lines,
  documents: z.array(Item),
  conditions: z.array(Item),
  chargesLines: Lines,
  bankOnlyLines: Lines,
});

export const MessageView = MessageSummary.extend({
  findings: z.array(FindingView),
  /** Null for types other than the MT700. */
  terms: MessageTerms.nullable(),
});
export type MessageView = z.infer<typeof MessageView>;

function toParty(party: SwiftParty): z.infer<typeof SwiftPartyView> {
  return party.kind === "bank" ? { bic: party.bic, lines: [] } : { bic: null, lines: [...party.lines] };
}

function toItems(items: CreditTerms["documents"]): z.infer<typeof Item>[] {
  return items.map(({ text, mayContinuePrevious }) => ({ text, mayContinuePrevious }));
}

export function toTermsView(terms: CreditTerms): z.infer<typeof MessageTerms> {
  const { days, event, status, text } = terms.presentation;
  return {
    number: terms.number,
    form: terms.form,
    rules: terms.rules,
    issueDate: terms.issueDate,
    expiryDate: terms.expiryDate,
    expiryPlace: terms.expiryPlace,
    amount: moneyText({ amountMinor: terms.amountMinor, currency: terms.currency }),
    tolerance: terms.tolerance && { ...terms.tolerance },
    availableWith: toParty(terms.availableWith),
    availableBy: terms.availableBy,
    partialShipments: terms.partialShipments,
    transhipment: terms.transhipment,
    latestShipment: terms.latestShipment,
    presentation: { days, event, status, text },
    confirmation: terms.confirmation,
    requestedConfirmer: terms.requestedConfirmer && toParty(terms.requestedConfirmer.party),
    adviseThrough: terms.adviseThrough && toParty(terms.adviseThrough),
    applicantLines: [...terms.applicantLines],
    beneficiaryLines: [...terms.beneficiaryLines],
    goodsLines: [...terms.goodsLines],
    documents: toItems(terms.documents),
    conditions: toItems(terms.conditions),
    chargesLines: [...terms.chargesLines],
    bankOnlyLines: [...terms.bankOnlyLines],
  };
}

/** Findings name fields and quote nothing of them but what a bank may see. */
export function toFindings(findings: readonly Finding[]): z.infer<typeof FindingView>[] {
  return findings.map((finding) => ({ ...finding }));
}
