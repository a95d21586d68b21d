import { localDay } from "../../domain/calendar/bankingCalendar.ts";
import { plainDate } from "../../shared/calendar.ts";
import { AppError, invariant } from "../../shared/errors.ts";
import { bic8 } from "../../shared/identifiers.ts";
import { findCalendars } from "../../store/calendars.ts";
import { listTokens } from "../../store/deposits.ts";
import { findOrganisationByBic, findParticipant, findParticipants } from "../../store/parties.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getCreditMessage } from "../messages/queries.ts";
import { type CreditDraft, type DraftFacts, type DraftFault, draftFaults } from "./draft.ts";
import { type Drafted, faultsForReply } from "./draftFaultsReply.ts";
import { draftFromMessage } from "./draftFromMessage.ts";
import { draftFromStructure } from "./draftFromStructure.ts";
import { type BankParty, bicsOf } from "./messageFaults.ts";
import type { DraftRequest } from "./schemas.ts";

const secondsPerDay = 86_400;
type MessageRequest = Extract<DraftRequest, { messageId: string }>;

/** The participant of a BIC. Branches share its eight characters, so the one that is given comes before the others. */
async function participantOfBic({ store }: GatewayContext, bic: string, given: number | undefined) {
  const chosen = given === undefined ? undefined : await findParticipant(store.db, given);
  if (chosen?.bic && bic8(chosen.bic) === bic8(bic)) return given;
  return (await findOrganisationByBic(store.db, bic8(bic)))?.participant_id ?? undefined;
}

/**
 * @throws AppError `request.not_found`, `message.type_unsupported`, `credit.message_unsuitable`, `message.incomplete`
 */
async function readMessageDraft(gateway: GatewayContext, caller: Caller, request: MessageRequest): Promise<Drafted> {
  const read = await getCreditMessage(gateway.store, caller, request.messageId);
  if (read.direction !== "outgoing") throw new AppError("credit.message_unsuitable");
  const { parts } = read.terms;
  // Half of a credit binds nobody to the other half: its MT701 parts are not joined yet.
  if (parts > 1) throw new AppError("message.incomplete", { have: 1, want: parts });
  const participants = new Map<BankParty, number>();
  for (const [name, bic] of Object.entries(bicsOf(read.terms))) {
    const party = name as BankParty;
    const found = bic === undefined ? undefined : await participantOfBic(gateway, bic, request.parties[party]);
    if (found !== undefined) participants.set(party, found);
  }
  const overrides = { parties: request.parties, ...request.terms };
  const { draft, faults } = draftFromMessage(read, overrides, (_bic, party) => participants.get(party));
  return { draft, faults, isFromMessage: true };
}

async function factsFor({ context, store }: GatewayContext, issuingBank: number, { parties }: CreditDraft) {
  const parts = await findParticipants(store.db, Object.values(parties));
  const participants = new Map(
    parts.map(({ id, roles, ledgerStatus }) => [id, { roles, isActive: ledgerStatus === "active" }]),
  );
  const tokens = (await listTokens(store.db)).filter(({ bank }) => bank === issuingBank);
  const now = context.clock.businessSeconds();
  const calendar = (await findCalendars(store.db, [issuingBank])).get(issuingBank);
  const today = plainDate(calendar ? localDay(calendar, now) : Math.floor(now / secondsPerDay));
  const currencies = new Set(tokens.map(({ currency }) => currency));
  const facts: DraftFacts = { issuingBank, today, currencies, participants };
  return { facts, tokens };
}

/**
 * Reads a request as a draft that can be proposed, with the issuing bank's token for it.
 * @throws AppError `credit.draft_contradictory` or `credit.availability_not_built`, with every fault at once; what
 * `readMessageDraft` throws
 */
export async function checkDraft(
  gateway: GatewayContext,
  caller: Caller,
  request: DraftRequest,
): Promise<{ draft: CreditDraft; token: string; issuingBank: number }> {
  const { participantId: issuingBank } = caller;
  if (issuingBank === null) throw new AppError("access.forbidden");
  const isMessage = "messageId" in request;
  const drafted = isMessage ? await readMessageDraft(gateway, caller, request) : draftFromStructure(request);
  const { draft } = drafted;
  const { facts, tokens } = await factsFor(gateway, issuingBank, draft);
  // What the message says about a field is more than that the field is missing.
  const isNamed = (fault: DraftFault) => drafted.faults.some(({ field }) => field === fault.field);
  const all = [...drafted.faults, ...draftFaults(draft, facts).filter((fault) => !isNamed(fault))];
  const faults = faultsForReply(all, drafted.isFromMessage);
  const code = all.some(({ notBuilt }) => notBuilt) ? "credit.availability_not_built" : "credit.draft_contradictory";
  if (faults.length > 0) throw new AppError(code, {}, { faults });
  const token = tokens.find(({ currency }) => currency === draft.amount.currency);
  invariant(token !== undefined, "a draft without faults has a token");
  return { draft, token: token.address, issuingBank };
}
