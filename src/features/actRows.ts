import type { Context } from "../shared/context.ts";
import { failpoint } from "../shared/failpoint.ts";
import type { Signal } from "../shared/signal.ts";
import { currentTraceParent } from "../shared/tracing.ts";
import type { AuditEntry } from "../store/audit.ts";
import type { NewTransaction } from "../store/orders.ts";
import type { Store } from "../store/store.ts";
import type { ActReply } from "./actReply.ts";
import type { Allowed } from "./consents.ts";
import type { Caller, Write } from "./endpoint.ts";
import type { OrderDesk } from "./orderDesk.ts";

/** What acts and consents are made of: rows of the store, and what is replied. */
export interface ActsOptions {
  readonly context: Context;
  readonly store: Store;
  readonly desk: OrderDesk;
  readonly chainId: number;
  readonly indexed: Signal;
  /** Wakes the sender. */
  readonly wakeSender: () => void;
  /** What consents allow. */
  readonly allowed: Allowed;
}

export function writeOf({ wakeSender }: ActsOptions, write: Pick<Write, "commit" | "act">): Write {
  return {
    ...write,
    committed() {
      failpoint("intent.committed");
      wakeSender();
    },
  };
}

export function auditOf(
  { context }: ActsOptions,
  { organisationId, userId }: Caller,
  { action, subject }: { action: string; subject: string },
): AuditEntry {
  return { atMs: context.clock.wallMs(), organisationId, userId, action, subject };
}

/** The intent of a complete order; an order that awaits approval has none. */
export function intentOf({ context }: ActsOptions, { organisationId }: Caller, sent: Sent): NewTransaction | undefined {
  const { id: orderId, kind, subject, deals, transaction } = sent;
  if (!transaction) return undefined;
  const createdAtMs = context.clock.wallMs();
  const traceParent = currentTraceParent() ?? null;
  return { ...transaction, organisationId, orderId, kind, subject, deals, traceParent, createdAtMs };
}

export interface Sent {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly deals: readonly string[];
  readonly transaction: { readonly id: string; readonly target: string; readonly data: string } | undefined;
}

export function replyOf({ id, kind, subject, transaction }: Sent): ActReply {
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
