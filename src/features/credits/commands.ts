import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import type { CreditTerms } from "../../domain/events/credit.ts";
import { AppError } from "../../shared/errors.ts";
import { insertDeclinedReason, isIssueSent, lockDraftVersion } from "../../store/credits.ts";
import { findTokenOf } from "../../store/deposits.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { fromMinor } from "../schemas.ts";
import { commitTerms, encodeIssue } from "./ledgerTerms.ts";
import { fromDraft, getDraft, getVisibleCredit } from "./queries.ts";
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

/** Proposes the issue of a draft: the second person signs exactly these terms (U02, U13). */
async function issue(gateway: GatewayContext, caller: Caller, creditId: string): Promise<Write> {
  const { acts, addresses } = gateway;
  const row = await getDraft(gateway, caller, creditId);
  const record = await fromDraft(gateway, row, caller.participantId ?? 0);
  const terms: CreditTerms = record.terms;
  const { version } = row;
  const { salt: _salt, termsCommitment, amount, token: _token, ...stated } = terms;
  return acts.propose(caller, {
    kind: "credit.issue",
    subject: creditId,
    summary: {
      reference: record.reference,
      amount: fromMinor(amount, record.currency),
      ...stated,
      termsCommitment,
      version,
    },
    calls: [{ target: addresses.Credits, data: encodeIssue(terms) }],
    also: async (tx) => {
      if ((await lockDraftVersion(tx, creditId)) !== version) throw new AppError("credit.draft_changed");
      if (await isIssueSent(tx, creditId)) throw new AppError("credit.not_draft");
    },
  });
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
        summary: { reference: record.reference, termsCommitment },
        calls: [{ target: addresses.Credits, data: encodeCall("Credits", "advise", [creditId, termsCommitment]) }],
      });
    },

    declineAdvice: (caller: Caller, creditId: string, reason: string) =>
      decline(gateway, caller, { creditId, kind: "advice", reason }),

    /** The bank that was asked adds its confirmation, in its own deposit money (U14). */
    async confirm(caller: Caller, creditId: string): Promise<Write> {
      const { currency, reference, terms } = await getVisibleCredit(gateway, caller, creditId);
      const token = await findTokenOf(store.db, caller.participantId ?? 0, currency);
      if (!token) throw new AppError("confirmation.token_invalid", { currency });
      return acts.propose(caller, {
        kind: "credit.confirm",
        subject: creditId,
        summary: { reference, amount: fromMinor(terms.amount, currency) },
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
