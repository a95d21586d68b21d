import { randomUUID } from "node:crypto";
import * as z from "zod";
import { nonceFor, type Order, type OrderCall, type SignedOrder } from "../chain/orders.ts";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { recordAudit } from "../store/audit.ts";
import { insertNewActs, type NewAct, type RowOfAct } from "../store/newActs.ts";
import { closeOrder, findOrder, insertTransaction } from "../store/orders.ts";
import { assertQueueRoom } from "../store/queue.ts";
import type { StoredApproval } from "../store/schema/chain.ts";
import type { Transaction } from "../store/store.ts";
import { type ActsOptions, auditOf, intentOf, replyOf, type Sent, writeOf } from "./actRows.ts";
import { type ActWatch, createActWatch } from "./actWatch.ts";
import { approveConsent, type Consent, isConsent, proposeConsent } from "./consents.ts";
import type { Caller, Reply, Write } from "./endpoint.ts";

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
  /** Rows that belong to the act, stored in the same commit. It may run twice: what the first time did is undone. */
  readonly also?: (tx: Transaction, orderId: string) => Promise<void>;
  /** A row that belongs to the act, of a kind of which many are stored together. */
  readonly row?: RowOfAct;
  /** Stands beside the act in the reply, such as the id that it gives to something. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface Acts {
  /**
   * The caller signs the act. Where one key is enough it is submitted, otherwise it awaits another person's approval.
   * The ledger is asked first whether it would accept the act as things stand.
   * @throws AppError `access.forbidden`, or the contract's own refusal.
   */
  propose(caller: Caller, act: Act): Promise<Write>;
  /**
   * The caller signs for its account where a contract asks for its signature. Where one key is enough it is given at
   * once, otherwise it awaits another person's approval like an act.
   */
  consent(caller: Caller, consent: Consent): Promise<Write>;
  /**
   * A second person signs exactly what the first signed, and the act is submitted.
   * @throws AppError `request.not_found`, `approval.wrong_state`, `access.own_act`, or the contract's own refusal.
   */
  approve(caller: Caller, orderId: string): Promise<Write>;
  /**
   * Sends an order that a client's own keys signed. It carries its authority itself, or the ledger refuses it.
   * @throws AppError the contract's own refusal
   */
  send(caller: Caller, signed: SignedOrder): Promise<Write>;
  /** A second person refuses, or the proposer takes it back. */
  end(caller: Caller, orderId: string, end: { status: "rejected" | "withdrawn"; reason: string }): Promise<Write>;
  /**
   * The acts that first replies spoke of, once the ledger or a person has decided, or the time is over; undefined at the
   * place of a reply that speaks of none.
   */
  settled(caller: Caller, firsts: readonly Reply[], timeoutMs: number): Promise<readonly (Reply | undefined)[]>;
  /** After a commit that gave the lanes something to do. */
  wakeSender(): void;
}

export function createActs(options: ActsOptions): Acts {
  const watch = createActWatch(options);
  return {
    propose: (caller, act) => propose(options, caller, act),
    consent: (caller, consent) => proposeConsent(options, caller, consent),
    approve: (caller, orderId) => approve(options, caller, orderId),
    send: (caller, signed) => send(options, caller, signed),
    end: (caller, orderId, end) => endOrder(options, caller, { orderId, ...end }),
    settled: (caller, firsts, timeoutMs) =>
      Promise.all(firsts.map((first) => settled(watch, caller, { first, timeoutMs }))),
    wakeSender: options.wakeSender,
  };
}

async function propose(options: ActsOptions, caller: Caller, act: Act): Promise<Write> {
  const { context, desk } = options;
  const signatory = await desk.signatory(caller);
  const { account, roles } = signatory;
  if (!account) throw new AppError("access.forbidden");
  const id = randomUUID();
  const deadline = context.clock.businessSeconds() + limits.orderValiditySeconds;
  const order: Order = { account, calls: act.calls, nonce: nonceFor(id), deadline };
  const orderHash = desk.hash(order);
  const approvals = [desk.sign(caller, signatory, orderHash)];
  const complete = !desk.needsSecondPerson(account, roles, act.calls);
  const transaction = complete ? desk.submission(order, approvals) : undefined;
  if (!caller.withoutSimulation) await desk.simulate(order, transaction);
  return storeOrder(options, caller, { id, act, order: { ...order, orderHash, approvals }, transaction });
}

async function send(options: ActsOptions, caller: Caller, signed: SignedOrder): Promise<Write> {
  const { order, orderHash, transaction } = options.desk.received(signed);
  if (!caller.withoutSimulation) await options.desk.simulate(order, transaction);
  const { mode, calls, approvals } = signed;
  const targets = calls.map(({ target, data }) => ({ target, selector: data.slice(0, 10) }));
  const summary = { mode, calls: targets, signers: approvals.map(({ signer }) => signer) };
  // What it does, and to which deal, is the client's own business: it keeps its order among acts of its account.
  const act = { kind: "order.send", subject: orderHash, deals: [order.account], summary, calls };
  const stored = approvals.map((approval) => ({ userId: caller.userId, ...approval }));
  return storeOrder(options, caller, {
    ...{ id: randomUUID(), act, transaction },
    order: { ...order, orderHash, approvals: stored },
  });
}

interface NewOrder {
  readonly id: string;
  readonly act: Act;
  readonly order: Order & { readonly orderHash: string; readonly approvals: StoredApproval[] };
  /** Undefined while it awaits approval. */
  readonly transaction: Sent["transaction"];
}

/** The act as rows, in one commit with its reply. */
function storeOrder(options: ActsOptions, caller: Caller, { id, act, order, transaction }: NewOrder): Write {
  const { kind, subject, summary, deals = [subject] } = act;
  const { organisationId, userId: proposedBy } = caller;
  const createdAtMs = options.context.clock.wallMs();
  const sent = { id, kind, subject, deals, transaction };
  const action = `${kind}.${transaction ? "submitted" : "proposed"}`;
  const rows: NewAct = {
    order: { id, organisationId, kind, subject, deals, summary, ...order, createdAtMs, proposedBy },
    transaction: intentOf(options, caller, sent),
    audit: auditOf(options, caller, { action, subject }),
    row: act.row,
    also: act.also && ((tx) => act.also?.(tx, id) ?? Promise.resolve()),
  };
  const reply = { status: 202, body: { ...replyOf(sent), ...act.facts } };
  return writeOf(options, {
    act: { rows, reply },
    async commit(tx) {
      await insertNewActs(tx, [rows], limits.queue);
      return reply;
    },
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
  if (isConsent(row)) return approveConsent(options, caller, row);
  const { account, calls, nonce, deadline, kind, subject, deals } = row;
  const order: Order = { account, calls, nonce, deadline };
  const approvals = [...row.approvals, desk.sign(caller, await desk.signatory(caller), row.order_hash)];
  const transaction = desk.submission(order, approvals);
  if (!caller.withoutSimulation) await desk.simulate(order, transaction);
  const sent = { id: orderId, kind, subject, deals, transaction };
  return writeOf(options, {
    async commit(tx) {
      await assertQueueRoom(tx, caller.organisationId, limits.queue);
      const intent = intentOf(options, caller, sent);
      if (intent) await insertTransaction(tx, intent);
      const change = { status: "submitted", approvals, transactionId: transaction.id } as const;
      if (!(await closeOrder(tx, orderId, change))) throw new AppError("approval.wrong_state");
      await recordAudit(tx, auditOf(options, caller, { action: `${kind}.approved`, subject }));
      return { status: 202, body: replyOf(sent) };
    },
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
  const ended = { id: orderId, kind: row.kind, subject: row.subject, deals: row.deals, transaction: undefined };
  return writeOf(options, {
    async commit(tx) {
      if (!(await closeOrder(tx, orderId, { status, reason }))) throw new AppError("approval.wrong_state");
      await recordAudit(tx, auditOf(options, caller, { action: `${row.kind}.${status}`, subject: row.subject }));
      return { status: 202, body: { ...replyOf(ended), status } };
    },
  });
}

async function settled(
  watch: ActWatch,
  { organisationId }: Caller,
  { first, timeoutMs }: { first: Reply; timeoutMs: number },
): Promise<Reply | undefined> {
  const reply = OfAct.safeParse(first.body);
  if (!reply.success) return undefined;
  const act = await watch.settled(organisationId, reply.data.orderId, timeoutMs);
  return act && { ...first, body: { ...reply.data, ...act } };
}

/** Every reply about an act names its order and has a place for its transaction; some say more beside it. */
const OfAct = z.looseObject({ orderId: z.string(), transaction: z.looseObject({}).nullable() });
