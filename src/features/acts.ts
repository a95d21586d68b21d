import { randomUUID } from "node:crypto";
import * as z from "zod";
import { hashOrder, nonceFor, type Order, type OrderCall } from "../chain/orders.ts";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { failpoint } from "../shared/failpoint.ts";
import { limits } from "../shared/limits.ts";
import type { Signal } from "../shared/signal.ts";
import { recordAudit } from "../store/audit.ts";
import { closeOrder, findOrder, insertOrder, insertTransaction } from "../store/orders.ts";
import { findSigningUser } from "../store/parties.ts";
import type { Store, Transaction } from "../store/store.ts";
import { type ActReply, isSettled, readAct } from "./actReply.ts";
import type { Caller, Reply, Write } from "./endpoint.ts";
import type { OrderDesk } from "./orderDesk.ts";

/** An act of a party: the calls that its account shall make, all or none. */
export interface Act {
  /** Such as `credit.issue`. */
  readonly kind: string;
  /** Id of the deal or thing it concerns. */
  readonly subject: string;
  /** What is signed, decoded for the person who approves it. No texts of documents. */
  readonly summary: Record<string, unknown>;
  readonly calls: readonly OrderCall[];
  /**
   * What its order among other acts is kept for, one id or two: a credit, an escrow, an account. Absent: the subject.
   * The first decides the lane.
   */
  readonly deals?: readonly string[];
  /** Rows that belong to the act, stored in the same commit. */
  readonly also?: (tx: Transaction, orderId: string) => Promise<void>;
}

export interface Acts {
  /**
   * The caller signs the act. Where one key is enough it is submitted, otherwise it awaits another person's approval.
   * The ledger is asked first whether it would accept the act as things stand.
   * @throws AppError `access.forbidden`, or the contract's own refusal.
   */
  propose(caller: Caller, act: Act): Promise<Write>;
  /**
   * A second person signs exactly what the first signed, and the act is submitted.
   * @throws AppError `request.not_found`, `approval.wrong_state`, `access.own_act`, or the contract's own refusal.
   */
  approve(caller: Caller, orderId: string): Promise<Write>;
  /** A second person refuses, or the proposer takes it back. */
  end(caller: Caller, orderId: string, end: { status: "rejected" | "withdrawn"; reason: string }): Promise<Write>;
  /** The act that a first reply spoke of, once the ledger or a person has decided, or the time is over. */
  settled(caller: Caller, first: Reply, timeoutMs: number): Promise<Reply | undefined>;
}

interface ActsOptions {
  readonly context: Context;
  readonly store: Store;
  readonly desk: OrderDesk;
  readonly chainId: number;
  readonly indexed: Signal;
  /** Wakes the sender. */
  readonly wakeSender: () => void;
}

export function createActs(options: ActsOptions): Acts {
  return {
    propose: (caller, act) => propose(options, caller, act),
    approve: (caller, orderId) => approve(options, caller, orderId),
    end: (caller, orderId, end) => endOrder(options, caller, { orderId, ...end }),
    settled: (caller, first, timeoutMs) => settled(options, caller, { first, timeoutMs }),
  };
}

async function propose(options: ActsOptions, caller: Caller, act: Act): Promise<Write> {
  const { context, store, desk, chainId } = options;
  const user = await findSigningUser(store.db, caller.userId);
  if (!user?.account) throw new AppError("access.forbidden");
  const id = randomUUID();
  const deadline = context.clock.businessSeconds() + limits.orderValiditySeconds;
  const order: Order = { account: user.account, calls: act.calls, nonce: nonceFor(id), deadline };
  const approvals = [await desk.sign(caller, order)];
  const complete = !desk.needsSecondPerson(user.account, user.roles, act.calls);
  await desk.simulate(order, approvals, complete);
  const transaction = complete ? desk.submission(order, approvals) : undefined;
  const { kind, subject, summary, deals = [subject] } = act;
  return writeOf(options, async (tx) => {
    const createdAtMs = context.clock.wallMs();
    const { organisationId, userId: proposedBy } = caller;
    const row = { id, organisationId, kind, subject, deals, summary, ...order, approvals, createdAtMs, proposedBy };
    await insertOrder(tx, { ...row, orderHash: hashOrder(order, chainId) }, transaction?.id ?? null);
    const sent = { id, kind, subject, deals, transaction };
    await submit(options, tx, { caller, sent });
    await act.also?.(tx, id);
    await audit(options, tx, { caller, action: `${kind}.${transaction ? "submitted" : "proposed"}`, subject });
    return replyOf(sent);
  });
}

/** An order of the caller's organisation that still awaits approval. */
async function openOrder({ context, store }: ActsOptions, caller: Caller, orderId: string) {
  const row = await findOrder(store.db, caller.organisationId, orderId);
  if (!row) throw new AppError("request.not_found");
  const lapsed = row.status === "awaiting_approval" && row.deadline <= context.clock.businessSeconds();
  const status = lapsed ? "lapsed" : row.status;
  if (status !== "awaiting_approval") throw new AppError("approval.wrong_state", { status });
  return row;
}

async function approve(options: ActsOptions, caller: Caller, orderId: string): Promise<Write> {
  const { desk } = options;
  const row = await openOrder(options, caller, orderId);
  if (row.proposed_by === caller.userId) throw new AppError("access.own_act");
  if (caller.role !== "checker") throw new AppError("access.forbidden", { rolesAllowed: ["checker"] });
  const { account, calls, nonce, deadline, kind, subject, deals } = row;
  const order: Order = { account, calls, nonce, deadline };
  const approvals = [...row.approvals, await desk.sign(caller, order)];
  await desk.simulate(order, approvals, true);
  const transaction = desk.submission(order, approvals);
  return writeOf(options, async (tx) => {
    const sent = { id: orderId, kind, subject, deals, transaction };
    await submit(options, tx, { caller, sent });
    const change = { status: "submitted", approvals, transactionId: transaction.id } as const;
    if (!(await closeOrder(tx, orderId, change))) throw new AppError("approval.wrong_state");
    await audit(options, tx, { caller, action: `${kind}.approved`, subject });
    return replyOf(sent);
  });
}

async function endOrder(
  options: ActsOptions,
  caller: Caller,
  end: { orderId: string; status: "rejected" | "withdrawn"; reason: string },
): Promise<Write> {
  const { orderId, status, reason } = end;
  const row = await openOrder(options, caller, orderId);
  const isOwn = row.proposed_by === caller.userId;
  if (isOwn !== (status === "withdrawn")) throw new AppError(isOwn ? "access.own_act" : "access.forbidden");
  return writeOf(options, async (tx) => {
    if (!(await closeOrder(tx, orderId, { status, reason }))) throw new AppError("approval.wrong_state");
    await audit(options, tx, { caller, action: `${row.kind}.${status}`, subject: row.subject });
    const ended = { id: orderId, kind: row.kind, subject: row.subject, deals: row.deals, transaction: undefined };
    return { ...replyOf(ended), status };
  });
}

async function settled(
  { context, store, indexed }: ActsOptions,
  caller: Caller,
  { first, timeoutMs }: { first: Reply; timeoutMs: number },
): Promise<Reply | undefined> {
  const reply = OfAct.safeParse(first.body);
  if (!reply.success) return undefined;
  const { signal } = context.shutdown;
  const endMs = context.clock.wallMs() + timeoutMs;
  for (;;) {
    // Registered before reading, so that a commit in between is not missed.
    const leftMs = Math.max(0, endMs - context.clock.wallMs());
    const more = indexed.next(leftMs, signal);
    const act = await readAct(store, caller.organisationId, reply.data.orderId);
    if (!act) return undefined;
    if (isSettled(act) || leftMs === 0 || signal.aborted) return { ...first, body: { ...reply.data, ...act } };
    await more;
  }
}

function writeOf({ wakeSender }: ActsOptions, commit: (tx: Transaction) => Promise<ActReply>): Write {
  return {
    commit: async (tx) => ({ status: 202, body: await commit(tx) }),
    committed() {
      failpoint("intent.committed");
      wakeSender();
    },
  };
}

async function audit(
  { context }: ActsOptions,
  tx: Transaction,
  { caller, action, subject }: { caller: Caller; action: string; subject: string },
): Promise<void> {
  const { organisationId, userId } = caller;
  await recordAudit(tx, { atMs: context.clock.wallMs(), organisationId, userId, action, subject });
}

/** Stores the intent of a complete order; an order that awaits approval has none. */
async function submit(
  { context }: ActsOptions,
  tx: Transaction,
  { caller, sent }: { caller: Caller; sent: Sent },
): Promise<void> {
  const { id: orderId, kind, subject, deals, transaction } = sent;
  if (!transaction) return;
  const { organisationId } = caller;
  const createdAtMs = context.clock.wallMs();
  await insertTransaction(tx, { ...transaction, organisationId, orderId, kind, subject, deals, traceParent: null, createdAtMs });
}

/** Every reply about an act names its order; some say more beside it. */
const OfAct = z.looseObject({ orderId: z.string() });

interface Sent {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly deals: readonly string[];
  readonly transaction: { readonly id: string; readonly target: string; readonly data: string } | undefined;
}

function replyOf({ id, kind, subject, transaction }: Sent): ActReply {
  return {
    orderId: id,
    kind,
    subject,
    status: transaction ? "submitted" : "awaiting_approval",
    transaction: transaction
      ? { id: transaction.id, status: "accepted", hash: null, blockNumber: null, error: null }
      : null,
  };
}
