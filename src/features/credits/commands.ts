import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import { AppError } from "../../shared/errors.ts";
import { insertDeclinedReason, isIssueSent, lockDraftVersion } from "../../store/credits.ts";
import { findTokenOf } from "../../store/deposits.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getMessage } from "../messages/queries.ts";
import { loadPartyNames } from "../partyNames.ts";
import { fromMinor } from "../schemas.ts";
import { asWritten } from "./asWritten.ts";
import { commitTerms, encodeIssue } from "./ledgerTerms.ts";
import { fromDraft, getDraft, getVisibleCredit, viewDraft } from "./queries.ts";
import type { CreditRecord } from "./views.ts";

/** The commitment of what lies here under a credit's id. @throws AppError `credit.content_missing` */
function recommit(record: CreditRecord): string {
  const { reference, issuingBank, terms, content, bankOnly, contentSalt } = record;
  if (reference === null || content === null || bankOnly === null || contentSalt === null) {
    throw new AppError("credit.content_missing");
  }
  return commitTerms({ reference, issuingBank, terms, content, bankOnly, contentSalt });
}

/** A bank's refusal to advise or confirm, with its reason off the ledger (U14, U17). */
async function decline(
  gateway: GatewayContext,
  caller: Caller,
  of: { creditId: string; kind: "advice" | "confirmation"; reason: string },
): Promise<Write> {
  const { acts, addresses } = gateway;
  const { creditId, kind, reason } = of;
  await getVisibleCredit(gateway, caller, creditId);
  const { participantId: bank } = caller;
  if (bank === null) throw new AppError("access.forbidden");
  const salt = makeSalt();
  const commitment = commit("reason", reason, salt);
  const call =
    kind === "advice"
      ? { target: addresses.Credits, data: encodeCall("Credits", "declineAdvice", [creditId, commitment]) }
      : { target: addresses.Confirmations, data: encodeCall("Confirmations", "decline", [creditId, commitment]) };
  return acts.propose(caller, {
    kind: `credit.decline_${kind}`,
    subject: creditId,
    summary: { reason },
    calls: [call],
    also: (tx, orderId) => insertDeclinedReason(tx, { commitment, creditId, bank, kind, reason, salt, orderId }),
  });
}

/** The draft as the second person reads it before signing: parties by name, days as dates, and the credit's own words. */
async function issueSummary(gateway: GatewayContext, caller: Caller, record: CreditRecord) {
  const { parties, reference, amount, terms, texts } = await viewDraft(gateway, record);
  const { messageId, version } = record;
  const receiver = messageId === null ? null : (await getMessage(gateway.store, caller, messageId)).receiver;
  const { issuingBank: _itself, ...others } = parties;
  const { tolerance, confirmation, availableBy, partialDrawings, presentationDays, tenorDays } = terms;
  return {
    ...{ reference, amount, ...others, confirmation, availableBy, partialDrawings, presentationDays, tenorDays },
    tolerancePlus: tolerance.plusPercent,
    toleranceMinus: tolerance.minusPercent,
    expiryDate: terms.expiryDate,
    latestShipmentDate: terms.latestShipmentDate,
    asWritten: asWritten(texts ?? {}, receiver),
    termsCommitment: terms.termsCommitment,
    version,
  };
}

/** Proposes the issue of a draft: the second person signs exactly these terms (U02, U13). */
async function issue(gateway: GatewayContext, caller: Caller, creditId: string): Promise<Write> {
  const { acts, addresses } = gateway;
  const row = await getDraft(gateway, caller, creditId);
  const record = fromDraft(row, caller.participantId ?? 0);
  const { version } = row;
  return acts.propose(caller, {
    kind: "credit.issue",
    subject: creditId,
    summary: await issueSummary(gateway, caller, record),
    calls: [{ target: addresses.Credits, data: encodeIssue(record.terms) }],
    also: async (tx) => {
      if ((await lockDraftVersion(tx, creditId)) !== version) throw new AppError("credit.draft_changed");
      if (await isIssueSent(tx, creditId)) throw new AppError("credit.not_draft");
    },
  });
}

/** An issued credit as the person reads it who answers for a bank of it. */
async function answerSummary({ store }: GatewayContext, record: CreditRecord) {
  const { issuingBank, reference, terms, currency } = record;
  const names = await loadPartyNames(store, [issuingBank, terms.beneficiary]);
  return {
    reference,
    amount: fromMinor(terms.amount, currency),
    issuingBank: names.of(issuingBank),
    beneficiary: names.of(terms.beneficiary),
  };
}

export function createCreditCommands(gateway: GatewayContext) {
  const { acts, addresses, store } = gateway;

  return {
    issue: (caller: Caller, creditId: string) => issue(gateway, caller, creditId),

    /** An advising bank advises the terms as they lie here: only if unaltered do they match the issued ones (U15). */
    async advise(caller: Caller, creditId: string): Promise<Write> {
      const record = await getVisibleCredit(gateway, caller, creditId);
      const termsCommitment = recommit(record);
      return acts.propose(caller, {
        kind: "credit.advise",
        subject: creditId,
        summary: { ...(await answerSummary(gateway, record)), termsCommitment },
        calls: [{ target: addresses.Credits, data: encodeCall("Credits", "advise", [creditId, termsCommitment]) }],
      });
    },

    declineAdvice: (caller: Caller, creditId: string, reason: string) =>
      decline(gateway, caller, { creditId, kind: "advice", reason }),

    /** The bank that was asked adds its confirmation, in its own deposit money (U14). */
    async confirm(caller: Caller, creditId: string): Promise<Write> {
      const record = await getVisibleCredit(gateway, caller, creditId);
      const { currency } = record;
      const token = await findTokenOf(store.db, caller.participantId ?? 0, currency);
      if (!token) throw new AppError("confirmation.token_invalid", { currency });
      return acts.propose(caller, {
        kind: "credit.confirm",
        subject: creditId,
        summary: await answerSummary(gateway, record),
        calls: [
          { target: addresses.Confirmations, data: encodeCall("Confirmations", "add", [creditId, token.address]) },
        ],
      });
    },

    declineConfirmation: (caller: Caller, creditId: string, reason: string) =>
      decline(gateway, caller, { creditId, kind: "confirmation", reason }),

    /** Anyone who knows of the credit states that it has ended (U12, U50). */
    async close(caller: Caller, creditId: string): Promise<Write> {
      const { reference } = await getVisibleCredit(gateway, caller, creditId);
      return acts.propose(caller, {
        kind: "credit.close",
        subject: creditId,
        summary: { reference },
        calls: [{ target: addresses.Credits, data: encodeCall("Credits", "close", [creditId]) }],
      });
    },
  };
}
