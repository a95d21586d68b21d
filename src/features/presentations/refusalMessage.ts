import { writeMt734 } from "../../integrations/swift/mt734.ts";
import { plainDate } from "../../shared/calendar.ts";
import { AppError } from "../../shared/errors.ts";
import { findParticipant } from "../../store/parties.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { faultsOfFindings } from "../messages/queries.ts";
import { wordOfDisposal } from "./disposal.ts";
import { type ExaminationRow, getPresentationRows, presenterTo, refusalOf } from "./queries.ts";

/** A reference of at most 16 characters that follows from an id on the ledger. */
function referenceOf(letter: string, id: string): string {
  return `${letter}${id.slice(2, 17).toUpperCase()}`;
}

async function bicOf({ store }: GatewayContext, participantId: number): Promise<string | null> {
  return (await findParticipant(store.db, participantId))?.bic ?? null;
}

/**
 * The MT734 that a refusing bank would send to the bank that presented to it (U40), for these two.
 * @throws AppError `request.not_found`, `refusal.receiver_not_bank`, `message.not_writable`
 */
export async function getMt734(
  gateway: GatewayContext,
  caller: Caller,
  of: { presentationId: string; bank: number | undefined },
): Promise<string> {
  const { row, examinations } = await getPresentationRows(gateway, caller, of.presentationId);
  const presenter = (bank: number) => presenterTo(row, examinations, bank);
  const concerns = ({ bank, decision }: ExaminationRow) =>
    decision === "refused" && [bank, presenter(bank)].some((party) => party === caller.participantId);
  const refused = examinations.filter(concerns).filter(({ bank }) => of.bank === undefined || bank === of.bank);
  // A bank that refused what it had received from a bank that refused sees its own notice unless it names the other.
  const notice = refused.find(({ bank }) => bank === caller.participantId) ?? refused[0];
  const disposal = wordOfDisposal(notice?.disposal ?? null);
  if (!notice || disposal === null) throw new AppError("request.not_found");
  const senderBic = await bicOf(gateway, notice.bank);
  const receiverBic = await bicOf(gateway, presenter(notice.bank));
  if (senderBic === null || receiverBic === null) throw new AppError("refusal.receiver_not_bank");
  const discrepancies = await refusalOf(gateway, row.id, notice);
  const written = writeMt734({
    senderBic,
    receiverBic,
    reference: referenceOf("R", row.id),
    relatedReference: referenceOf("P", row.id),
    utilisedOn: plainDate(row.presented_on),
    utilised: { amountMinor: BigInt(row.amount), currency: row.currency },
    discrepancies: discrepancies.map(({ code, text }) => text ?? code),
    disposal,
  });
  if (!written.written) {
    throw new AppError("message.not_writable", {}, { faults: faultsOfFindings(written.findings, "") });
  }
  return written.text;
}
