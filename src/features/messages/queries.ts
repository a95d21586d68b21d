import type { CreditTerms } from "../../integrations/swift/creditTerms.ts";
import type { Finding } from "../../integrations/swift/finding.ts";
import { type SwiftMessage, writeMessage } from "../../integrations/swift/message.ts";
import { readMessage } from "../../integrations/swift/readMessage.ts";
import { readMt700 } from "../../integrations/swift/readMt700.ts";
import { redactForBeneficiary, redactTermsForBeneficiary } from "../../integrations/swift/redactForBeneficiary.ts";
import type { Release } from "../../integrations/swift/release.ts";
import { AppError, type Fault } from "../../shared/errors.ts";
import { findMessage, listMessages } from "../../store/messages.ts";
import type { Store } from "../../store/store.ts";
import type { Caller } from "../endpoint.ts";
import { decodeCursor, toPage } from "../schemas.ts";
import { type MessageSummary, type MessageView, toFindings, toTermsView } from "./views.ts";

/** Tags of the fields that are for banks only. */
const bankOnlyTags = ["49H", "49N"];

/** Only banks read 49H and 49N; whoever may become a beneficiary never does. */
export function readsBankOnly(caller: Pick<Caller, "organisationRoles">): boolean {
  return caller.organisationRoles.includes("bank");
}

/** Each error of a message with its place. The message's own words are not quoted: only field, offset and line. */
export function faultsOfFindings(findings: readonly Finding[], pointer = "/text"): Fault[] {
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ code, field, offset, line, message }) => {
      const place = `${field === null ? "envelope" : `field ${field}`}, offset ${offset}, line ${line}`;
      return { pointer, detail: `${code} (${place}): ${message}` };
    });
}

type Row = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

function toSummary(row: Omit<Row, "text" | "findings" | "content_hash" | "organisation_id">): MessageSummary {
  return {
    id: row.id,
    direction: row.direction,
    type: row.type,
    release: row.release,
    reference: row.reference,
    sender: row.sender,
    receiver: row.receiver,
    basedOn: row.based_on,
    createdAt: new Date(row.created_at_ms).toISOString(),
  };
}

/** @throws AppError `request.not_found` */
async function ownMessage(store: Store, caller: Caller, id: string): Promise<Row> {
  const row = await findMessage(store.db, caller.organisationId, id);
  if (!row) throw new AppError("request.not_found");
  return row;
}

export async function listOwnMessages(
  store: Store,
  caller: Caller,
  query: { type?: string | undefined; cursor?: string | undefined; limit: number },
) {
  const { type, limit } = query;
  const cursor = decodeCursor(query.cursor);
  const rows = await listMessages(store.db, caller.organisationId, { type, cursor, limit });
  const page = toPage(rows, limit, (row) => row.id);
  return { items: page.items.map(toSummary), nextCursor: page.nextCursor };
}

/** A stored message as its reader may see it. @throws AppError `request.not_found` */
export async function getMessage(store: Store, caller: Caller, id: string): Promise<MessageView> {
  return toMessageView(await ownMessage(store, caller, id), caller);
}

/** The view of a stored, or about to be stored, message. */
export function toMessageView(row: Omit<Row, "content_hash" | "organisation_id">, caller: Caller): MessageView {
  const terms = row.type === "700" ? readMt700(row.text, { release: row.release as Release }).terms : null;
  const all = row.findings as unknown as readonly Finding[];
  const reads = readsBankOnly(caller);
  const shown = reads ? all : all.filter(({ field }) => field === null || !bankOnlyTags.includes(field));
  return {
    ...toSummary(row),
    findings: toFindings(shown),
    terms: terms && toTermsView(reads ? terms : redactTermsForBeneficiary(terms)),
  };
}

/** The text as it came; without 49H and 49N unless a bank reads it. @throws AppError `request.not_found` */
export async function getMessageText(store: Store, caller: Caller, id: string): Promise<string> {
  const { text } = await ownMessage(store, caller, id);
  return readsBankOnly(caller) ? text : writeMessage(redactForBeneficiary(readMessage(text).message));
}

export interface CreditMessage {
  readonly id: string;
  readonly direction: "outgoing" | "incoming";
  readonly message: SwiftMessage;
  readonly terms: CreditTerms;
}

/** An MT700 of the organisation's own folder. @throws AppError `request.not_found`, `message.type_unsupported` */
export async function getCreditMessage(store: Store, caller: Caller, id: string): Promise<CreditMessage> {
  const row = await ownMessage(store, caller, id);
  if (row.type !== "700") throw new AppError("message.type_unsupported", { have: row.type, want: "700" });
  const { message, terms } = readMt700(row.text, { release: row.release as Release });
  // What was stored had no errors as of its release.
  if (terms === null) throw new AppError("message.invalid");
  return { id: row.id, direction: row.direction, message, terms };
}
