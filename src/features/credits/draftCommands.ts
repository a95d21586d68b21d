import { makeSalt } from "../../chain/commitment.ts";
import { creditIdOf } from "../../chain/dealIds.ts";
import type { CreditTerms } from "../../domain/events/credit.ts";
import { AppError } from "../../shared/errors.ts";
import { recordAudit } from "../../store/audit.ts";
import {
  insertCreditContent,
  isIssueSent,
  isReferenceUsed,
  lockDraftVersion,
  type NewCreditContent,
  updateCreditContent,
} from "../../store/credits.ts";
import { voidOpenOrders } from "../../store/orders.ts";
import type { Transaction } from "../../store/store.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { checkDraft } from "./checkDraft.ts";
import type { CreditDraft } from "./draft.ts";
import { type BankOnlyContent, contentOf, ledgerTermsOf } from "./ledgerTerms.ts";
import { fromDraft, getDraft, viewDraft } from "./queries.ts";
import type { CreditView, DraftRequest } from "./schemas.ts";

/** Salts of a draft: that of its id, which becomes public, and those that keep its texts from being guessed. */
interface Salts {
  readonly salt: string;
  readonly contentSalt: string;
  readonly bankOnlySalt: string;
}

interface Prepared {
  readonly creditId: string;
  readonly draft: CreditDraft;
  readonly terms: CreditTerms;
  readonly request: DraftRequest;
  readonly salts: Salts;
}

function rowOf(caller: Caller, { creditId, draft, terms, request, salts }: Prepared, createdAtMs: number) {
  return {
    creditId,
    organisationId: caller.organisationId,
    reference: draft.reference,
    messageId: "messageId" in request ? request.messageId : null,
    terms,
    content: contentOf(draft),
    bankOnly: { salt: salts.bankOnlySalt, texts: draft.bankOnlyTexts },
    contentSalt: salts.contentSalt,
    createdAtMs,
  } satisfies NewCreditContent;
}

/** The view of a row that is about to be stored. */
async function viewOfRow(
  gateway: GatewayContext,
  caller: Caller,
  of: { row: ReturnType<typeof rowOf>; version: number; currency: string },
) {
  const { row, version, currency } = of;
  const stored = {
    credit_id: row.creditId,
    organisation_id: row.organisationId,
    reference: row.reference,
    message_id: row.messageId,
    terms: row.terms as unknown as Record<string, unknown>,
    content: row.content as unknown as Record<string, unknown>,
    bank_only: row.bankOnly,
    content_salt: row.contentSalt,
    version,
    created_at_ms: row.createdAtMs,
    currency,
  };
  const view: CreditView = await viewDraft(gateway, fromDraft(stored, caller.participantId ?? 0));
  return view;
}

export function createDraftCommands(gateway: GatewayContext) {
  const { context, addresses, chainId } = gateway;

  async function audit(tx: Transaction, caller: Caller, of: { action: string; creditId: string }): Promise<void> {
    const { organisationId, userId } = caller;
    const { action, creditId: subject } = of;
    await recordAudit(tx, { atMs: context.clock.wallMs(), organisationId, userId, action, subject });
  }

  return {
    /** A draft has its credit's id before it is issued. Whatever contradicts itself is refused at once and whole. */
    async draft(caller: Caller, request: DraftRequest): Promise<Write> {
      const { draft, token, issuingBank } = await checkDraft(gateway, caller, request);
      const salts = { salt: makeSalt(), contentSalt: makeSalt(), bankOnlySalt: makeSalt() };
      const creditId = creditIdOf({ chainId, credits: addresses.Credits, issuingBank, salt: salts.salt });
      const terms = ledgerTermsOf(draft, { issuingBank, token, ...salts });
      const row = rowOf(caller, { creditId, draft, terms, request, salts }, context.clock.wallMs());
      const body = await viewOfRow(gateway, caller, { row, version: 1, currency: draft.amount.currency });
      return {
        async commit(tx) {
          if (!(await insertCreditContent(tx, row))) throw new AppError("credit.reference_used");
          await audit(tx, caller, { action: "credit.drafted", creditId });
          return { status: 201, body };
        },
      };
    },

    /** An edit replaces the whole draft and voids every open approval of it. @throws AppError `credit.not_draft` */
    async edit(caller: Caller, creditId: string, request: DraftRequest): Promise<Write> {
      const { organisationId } = caller;
      const before = await getDraft(gateway, caller, creditId);
      const { draft, token, issuingBank } = await checkDraft(gateway, caller, request);
      const { salt } = before.terms as unknown as CreditTerms;
      const { salt: bankOnlySalt } = before.bank_only as unknown as BankOnlyContent;
      const salts = { salt, contentSalt: before.content_salt, bankOnlySalt };
      const terms = ledgerTermsOf(draft, { issuingBank, token, ...salts });
      const row = rowOf(caller, { creditId, draft, terms, request, salts }, before.created_at_ms);
      const version = before.version + 1;
      const body = await viewOfRow(gateway, caller, { row, version, currency: draft.amount.currency });
      return {
        async commit(tx) {
          if ((await lockDraftVersion(tx, creditId)) !== before.version) throw new AppError("credit.draft_changed");
          // First the open approvals, then what was sent: an approval between the two is seen by the second.
          await voidOpenOrders(tx, organisationId, creditId);
          if (await isIssueSent(tx, creditId)) throw new AppError("credit.not_draft");
          if (await isReferenceUsed(tx, row)) throw new AppError("credit.reference_used");
          await updateCreditContent(tx, { ...row, version });
          await audit(tx, caller, { action: "credit.edited", creditId });
          return { status: 200, body };
        },
      };
    },
  };
}
