import { randomUUID } from "node:crypto";
import { encodeConsent, hashConsent } from "../chain/consents.ts";
import { nonceFor } from "../chain/orders.ts";
import { needsFourEyes } from "../domain/roles.ts";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { recordAudit } from "../store/audit.ts";
import { insertNewActs } from "../store/newActs.ts";
import { closeOrder, type findOrder, insertTransaction } from "../store/orders.ts";
import { assertQueueRoom } from "../store/queue.ts";
import type { StoredApproval } from "../store/schema/chain.ts";
import type { Transaction } from "../store/store.ts";
import { type ActsOptions, auditOf, intentOf, replyOf, writeOf } from "./actRows.ts";
import type { Caller, Reply, Write } from "./endpoint.ts";

/**
 * What a party's keys sign where a contract asks its account for a signature (ERC-1271). It is kept like an order, for
 * the same people and the same approvals; it makes no calls.
 */
export interface Consent {
  readonly kind: string;
  readonly subject: string;
  /** What is signed, decoded for the person who approves it. */
  readonly summary: Record<string, unknown>;
  /** What the contract asks to be signed. */
  readonly hash: string;
  /** Last second (business time) at which it is worth anything. */
  readonly deadline: number;
}

type OrderRow = NonNullable<Awaited<ReturnType<typeof findOrder>>>;

/** A call that all consents together allow, once the last one is there. */
export type Allowed = (
  tx: Transaction,
  given: { subject: string; participant: number; orderId: string; signature: string; createdAtMs: number },
) => Promise<{ target: string; data: string; deals: readonly string[] } | undefined>;

/** An order that makes no calls is a consent. */
export function isConsent({ calls }: Pick<OrderRow, "calls">): boolean {
  return calls.length === 0;
}

export async function proposeConsent(options: ActsOptions, caller: Caller, consent: Consent): Promise<Write> {
  const { context, desk, chainId } = options;
  const signatory = await desk.signatory(caller);
  const { account, roles } = signatory;
  if (!account) throw new AppError("access.forbidden");
  const { kind, subject, summary, hash } = consent;
  const id = randomUUID();
  const deadline = Math.min(consent.deadline, context.clock.businessSeconds() + limits.orderValiditySeconds);
  const orderHash = hashConsent({ hash, account, chainId });
  const approvals = [desk.sign(caller, signatory, orderHash)];
  const complete = !needsFourEyes(roles);
  if (complete) await desk.checkConsent(account, hash, encodeConsent(approvals));
  const { organisationId, userId: proposedBy } = caller;
  const createdAtMs = context.clock.wallMs();
  const row = { id, organisationId, kind, subject, deals: [subject], summary, account, calls: [] };
  const audit = auditOf(options, caller, { action: `${kind}.${complete ? "given" : "proposed"}`, subject });
  const order = { ...row, nonce: nonceFor(id), deadline, orderHash, approvals, createdAtMs, proposedBy };
  return writeOf(options, {
    async commit(tx) {
      await insertNewActs(tx, [{ order, transaction: undefined, audit }], limits.queue);
      if (complete) return give(options, { caller, tx }, { id, kind, subject, approvals });
      return { status: 202, body: replyOf({ id, kind, subject, deals: [subject], transaction: undefined }) };
    },
  });
}

/** A second person signs the same; then the consent is given. */
export async function approveConsent(options: ActsOptions, caller: Caller, row: OrderRow): Promise<Write> {
  const { desk } = options;
  const { id, kind, subject, account } = row;
  const approvals = [...row.approvals, desk.sign(caller, await desk.signatory(caller), row.order_hash)];
  await desk.checkConsent(account, subject, encodeConsent(approvals));
  return writeOf(options, {
    async commit(tx) {
      await recordAudit(tx, auditOf(options, caller, { action: `${kind}.approved`, subject }));
      return give(options, { caller, tx }, { id, kind, subject, approvals });
    },
  });
}

interface Given {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly approvals: readonly StoredApproval[];
}

/** Keeps the consent, and sends what all consents together allow when it is the last. */
async function give(
  options: ActsOptions,
  { caller, tx }: { caller: Caller; tx: Transaction },
  given: Given,
): Promise<Reply> {
  const { id, kind, subject, approvals } = given;
  const participant = caller.participantId ?? 0;
  const createdAtMs = options.context.clock.wallMs();
  const signature = encodeConsent(approvals);
  const allowed = await options.allowed(tx, { subject, participant, orderId: id, signature, createdAtMs });
  const transaction = allowed && { id: randomUUID(), target: allowed.target, data: allowed.data };
  const sent = { id, kind, subject, deals: allowed?.deals ?? [subject], transaction };
  const intent = intentOf(options, caller, sent);
  if (intent) {
    await assertQueueRoom(tx, caller.organisationId, limits.queue);
    await insertTransaction(tx, intent);
  }
  const change = intent
    ? ({ status: "submitted", approvals, transactionId: intent.id } as const)
    : ({ status: "signed", approvals } as const);
  if (!(await closeOrder(tx, id, change))) throw new AppError("approval.wrong_state");
  return { status: 202, body: { ...replyOf(sent), status: change.status } };
}
