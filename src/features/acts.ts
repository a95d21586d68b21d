import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Addresses } from "../chain/contractSet.ts";
import { openSealedKey } from "../chain/custody.ts";
import type { LedgerReads } from "../chain/ledgerReads.ts";
import { encodeExecute, hashOrder, nonceFor, type Order, type OrderCall, signOrder } from "../chain/orders.ts";
import { isRoutine } from "../chain/routineActs.ts";
import { needsFourEyes } from "../domain/roles.ts";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { failpoint } from "../shared/failpoint.ts";
import { limits } from "../shared/limits.ts";
import type { Signal } from "../shared/signal.ts";
import { recordAudit } from "../store/audit.ts";
import { closeOrder, findOrder, insertOrder, insertTransaction } from "../store/orders.ts";
import { findSigningUser } from "../store/parties.ts";
import type { StoredApproval } from "../store/schema/chain.ts";
import type { Store, Transaction } from "../store/store.ts";
import { type ActReply, isSettled, readAct } from "./actReply.ts";
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
  readonly reads: LedgerReads;
  readonly addresses: Addresses;
  readonly chainId: number;
  readonly masterKey: Uint8Array;
  readonly indexed: Signal;
  /** Wakes the sender. */
  readonly wakeSender: () => void;
}

export function createActs(options: ActsOptions): Acts {
  const { context, store, reads, addresses, chainId, masterKey } = options;

  async function signWithCustodyKey(caller: Caller, order: Order): Promise<StoredApproval> {
    const user = await findSigningUser(store.db, caller.userId);
    if (user?.status !== "active" || !user.sealedKey) throw new AppError("access.forbidden");
    const owner = { credential: caller.secret, masterKey, userId: caller.userId };
    const approval = await signOrder(order, chainId, openSealedKey(user.sealedKey, owner));
    return { userId: caller.userId, ...approval };
  }

  function needsSecondPerson(account: string, roles: readonly string[], calls: readonly OrderCall[]): boolean {
    if (!needsFourEyes(roles)) return false;
    return calls.some((call) => call.target === account || !isRoutine(addresses, call));
  }

  async function simulate(order: Order, approvals: readonly StoredApproval[], complete: boolean): Promise<void> {
    if (complete) {
      await reads.simulate({ from: order.account, to: order.account, data: encodeExecute(order, approvals) });
      return;
    }
    const [only, ...more] = order.calls;
    // Several calls build on each other; they are tried together when all have signed.
    if (only && more.length === 0) await reads.simulate({ from: order.account, to: only.target, data: only.data });
  }

  function submission(order: Order, approvals: readonly StoredApproval[]) {
    return { id: randomUUID(), target: order.account, data: encodeExecute(order, approvals) };
  }

  function write(commit: (tx: Transaction) => Promise<ActReply>): Write {
    return {
      commit: async (tx) => ({ status: 202, body: await commit(tx) }),
      committed() {
        failpoint("intent.committed");
        options.wakeSender();
      },
    };
  }

  async function audit(tx: Transaction, caller: Caller, action: string, subject: string): Promise<void> {
    const { organisationId, userId } = caller;
    await recordAudit(tx, { atMs: context.clock.wallMs(), organisationId, userId, action, subject });
  }

  async function submit(tx: Transaction, caller: Caller, sent: Submitted): Promise<void> {
    const { id, kind, subject, transaction } = sent;
    await insertTransaction(tx, {
      ...transaction,
      organisationId: caller.organisationId,
      orderId: id,
      kind,
      subject,
      createdAtMs: context.clock.wallMs(),
    });
  }

  return {
    async settled(caller, first, timeoutMs) {
      const reply = OfAct.safeParse(first.body);
      if (!reply.success) return undefined;
      const endMs = context.clock.wallMs() + timeoutMs;
      for (;;) {
        // Registered before reading, so that a commit in between is not missed.
        const leftMs = Math.max(0, endMs - context.clock.wallMs());
        const more = options.indexed.next(leftMs, context.shutdown.signal);
        const act = await readAct(store, caller.organisationId, reply.data.orderId);
        if (!act) return undefined;
        if (isSettled(act) || leftMs === 0 || context.shutdown.signal.aborted) {
          return { ...first, body: { ...reply.data, ...act } };
        }
        await more;
      }
    },

    async propose(caller, act) {
      const user = await findSigningUser(store.db, caller.userId);
      if (!user?.account) throw new AppError("access.forbidden");
      const id = randomUUID();
      const deadline = context.clock.businessSeconds() + limits.orderValiditySeconds;
      const order: Order = { account: user.account, calls: act.calls, nonce: nonceFor(id), deadline };
      const approvals = [await signWithCustodyKey(caller, order)];
      const complete = !needsSecondPerson(user.account, user.roles, act.calls);
      await simulate(order, approvals, complete);
      const transaction = complete ? submission(order, approvals) : undefined;
      const { kind, subject, summary } = act;
      return write(async (tx) => {
        const createdAtMs = context.clock.wallMs();
        const orderHash = hashOrder(order, chainId);
        const { organisationId } = caller;
        const row = { id, organisationId, kind, subject, summary, ...order, orderHash, approvals, createdAtMs };
        await insertOrder(tx, { ...row, proposedBy: caller.userId }, transaction?.id ?? null);
        if (transaction) await submit(tx, caller, { id, kind, subject, transaction });
        await act.also?.(tx, id);
        await audit(tx, caller, `${kind}.${transaction ? "submitted" : "proposed"}`, subject);
        return replyOf({ id, kind, subject, transactionId: transaction?.id ?? null });
      });
    },

    async approve(caller, orderId) {
      const row = await findOrder(store.db, caller.organisationId, orderId);
      if (!row) throw new AppError("request.not_found");
      if (row.status !== "awaiting_approval") throw new AppError("approval.wrong_state", { status: row.status });
      if (row.deadline <= context.clock.businessSeconds()) throw new AppError("approval.wrong_state", { status: "lapsed" });
      if (row.proposed_by === caller.userId) throw new AppError("access.own_act");
      if (caller.role !== "checker") throw new AppError("access.forbidden", { rolesAllowed: ["checker"] });
      const { account, calls, nonce, deadline, kind, subject } = row;
      const order: Order = { account, calls, nonce, deadline };
      const approvals = [...row.approvals, await signWithCustodyKey(caller, order)];
      await simulate(order, approvals, true);
      const transaction = submission(order, approvals);
      return write(async (tx) => {
        await submit(tx, caller, { id: orderId, kind, subject, transaction });
        const change = { status: "submitted", approvals, transactionId: transaction.id } as const;
        if (!(await closeOrder(tx, orderId, change))) throw new AppError("approval.wrong_state");
        await audit(tx, caller, `${kind}.approved`, subject);
        return replyOf({ id: orderId, kind, subject, transactionId: transaction.id });
      });
    },

    async end(caller, orderId, { status, reason }) {
      const row = await findOrder(store.db, caller.organisationId, orderId);
      if (!row) throw new AppError("request.not_found");
      if (row.status !== "awaiting_approval") throw new AppError("approval.wrong_state", { status: row.status });
      const isOwn = row.proposed_by === caller.userId;
      if (isOwn !== (status === "withdrawn")) throw new AppError(isOwn ? "access.own_act" : "access.forbidden");
      return write(async (tx) => {
        if (!(await closeOrder(tx, orderId, { status, reason }))) throw new AppError("approval.wrong_state");
        await audit(tx, caller, `${row.kind}.${status}`, row.subject);
        return { ...replyOf({ id: orderId, kind: row.kind, subject: row.subject, transactionId: null }), status };
      });
    },
  };
}

/** Every reply about an act names its order; some say more beside it. */
const OfAct = z.looseObject({ orderId: z.string() });

interface Submitted {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly transaction: { readonly id: string; readonly target: string; readonly data: string };
}

function replyOf(sent: { id: string; kind: string; subject: string; transactionId: string | null }): ActReply {
  const { id, kind, subject, transactionId } = sent;
  return {
    orderId: id,
    kind,
    subject,
    status: transactionId ? "submitted" : "awaiting_approval",
    transaction: transactionId
      ? { id: transactionId, status: "accepted", hash: null, blockNumber: null, error: null }
      : null,
  };
}
