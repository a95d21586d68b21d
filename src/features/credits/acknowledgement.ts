import { writeMt730 } from "../../integrations/swift/mt730.ts";
import { AppError } from "../../shared/errors.ts";
import { findParticipant } from "../../store/parties.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { faultsOfFindings } from "../messages/queries.ts";
import { instant } from "../schemas.ts";
import { getVisibleCredit } from "./queries.ts";
import type { CreditRecord } from "./views.ts";

type Answer = "none" | "advised" | "declined";

const adviceLines: Readonly<Record<Answer, readonly string[]>> = {
  none: ["WE HAVE RECEIVED YOUR CREDIT"],
  advised: ["WE HAVE ADVISED YOUR CREDIT"],
  declined: ["WE DECLINE TO ADVISE YOUR CREDIT"],
};
const confirmationLines: Readonly<Record<CreditRecord["confirmation"], readonly string[]>> = {
  silent: [],
  added: ["WE HAVE ADDED OUR CONFIRMATION"],
  declined: ["WE DECLINE TO ADD OUR CONFIRMATION"],
};

/** What a bank acknowledges, by its place in the credit (U15, U17, U14). */
export function acknowledgementLines(record: CreditRecord, bank: number): readonly string[] {
  const { terms, advice, secondAdvice, confirmation } = record;
  const lines: string[] = [];
  if (bank === terms.advisingBank) lines.push(...adviceLines[advice]);
  else if (bank === terms.secondAdvisingBank) lines.push(...adviceLines[secondAdvice]);
  if (bank === terms.confirmer) lines.push(...confirmationLines[confirmation]);
  return lines.length === 0 ? adviceLines.none : lines;
}

/**
 * The MT730 that an advising or confirming bank would send to the bank from which it has the credit.
 * @throws AppError `request.not_found`, `credit.content_missing`, `message.not_writable`
 */
export async function getMt730(gateway: GatewayContext, caller: Caller, creditId: string): Promise<string> {
  const record = await getVisibleCredit(gateway, caller, creditId);
  const { participantId } = caller;
  const { terms, issuingBank, content, reference } = record;
  const { advisingBank, secondAdvisingBank, confirmer } = terms;
  const isAddressed = [advisingBank, secondAdvisingBank, confirmer].some((bank) => bank === participantId);
  if (participantId === null || !isAddressed) throw new AppError("request.not_found");
  if (content === null || reference === null) throw new AppError("credit.content_missing");
  // The second adviser has the credit from the first.
  const isSecondOnly = participantId === secondAdvisingBank && participantId !== confirmer;
  const sender = await findParticipant(gateway.store.db, participantId);
  const receiver = await findParticipant(gateway.store.db, isSecondOnly ? advisingBank : issuingBank);
  if (!sender?.bic || !receiver?.bic) throw new AppError("credit.content_missing");
  const written = writeMt730({
    senderBic: sender.bic,
    receiverBic: receiver.bic,
    reference: `A${creditId.slice(2, 17).toUpperCase()}`,
    relatedReference: reference,
    date: content.issueDate ?? instant(record.issuedAt ?? 0).slice(0, 10),
    narrativeLines: acknowledgementLines(record, participantId),
  });
  if (!written.written) {
    throw new AppError("message.not_writable", {}, { faults: faultsOfFindings(written.findings, "") });
  }
  return written.text;
}
