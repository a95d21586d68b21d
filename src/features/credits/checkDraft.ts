import { localDay } from "../../domain/calendar/bankingCalendar.ts";
import { plainDate } from "../../shared/calendar.ts";
import { AppError, invariant } from "../../shared/errors.ts";
import { bic8 } from "../../shared/identifiers.ts";
import { findCalendars } from "../../store/calendars.ts";
import { listTokens } from "../../store/deposits.ts";
import { findOrganisationByBic, findParticipant } from "../../store/parties.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getCreditMessage } from "../messages/queries.ts";
import { type CreditDraft, type DraftFacts, type DraftFault, draftFaults } from "./draft.ts";
import { type Drafted, faultsForReply } from "./draftFaultsReply.ts";
import { bicsOf, draftFromMessage } from "./draftFromMessage.ts";
import { draftFromStructure } from "./draftFromStructure.ts";
import type { DraftRequest } from "./schemas.ts";

const secondsPerDay = 86_400;
type MessageRequest = Extract<DraftRequest, { messageId: string }>;

/** @throws AppError `request.not_found`, `message.type_unsupported`, `credit.message_unsuitable` */
async function readMessageDraft({ store }: GatewayContext, caller: Caller, request: MessageRequest): Promise<Drafted> {
  const read = await getCreditMessage(store, caller, request.messageId);
  if (read.direction !== "outgoing") throw new AppError("credit.message_unsuitable");
  const participants = new Map<string, number>();
  for (const bic of Object.values(bicsOf(read.terms))) {
    const organisation = bic === undefined ? undefined : await findOrganisationByBic(store.db, bic8(bic));
    if (bic !== undefined && organisation?.participant_id) participants.set(bic, organisation.participant_id);
  }
  const overrides = { parties: request.parties, ...request.terms };
  const { draft, faults } = draftFromMessage(read, overrides, (bic) => participants.get(bic));
  return { draft, faults, isFromMessage: true };
}

async function factsFor({ context, store }: GatewayContext, issuingBank: number, { parties }: CreditDraft) {
  const participants = new Map<number, { roles: readonly string[]; isActive: boolean }>();
  for (const id of new Set(Object.values(parties))) {
    const found = id === 0 ? undefined : await findParticipant(store.db, id);
    if (found) participants.set(id, { roles: found.roles, isActive: found.ledgerStatus === "active" });
  }
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
 * @throws AppError `credit.draft_contradictory` or `credit.availability_not_built`, with every fault at once
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
