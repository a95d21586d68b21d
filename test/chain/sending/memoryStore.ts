/** The sender's store and leadership as a model: the same promises as the real ones, in a few maps. */
import type { Leadership, Lease } from "../../../src/domain/leadership.ts";
import type {
  Attempt,
  Broadcast,
  ClaimedIntent,
  NoopMeaning,
  OpenTransaction,
  SenderStore,
  TransactionStatus,
} from "../../../src/domain/transaction.ts";
import { AppError, invariant } from "../../../src/shared/errors.ts";

export interface MemoryTransaction {
  readonly id: string;
  readonly target: string;
  readonly data: string;
  status: TransactionStatus;
  nonce: number | null;
  cancelRequested: boolean;
  noopMeans: NoopMeaning | null;
  readonly attempts: Attempt[];
}

export interface MemoryStore {
  readonly store: SenderStore;
  readonly transactions: ReadonlyMap<string, MemoryTransaction>;
  nextNonce(): number;
  accept(id: string, data?: string): void;
  cancel(id: string): void;
  /** The indexer has read these blocks: hashes of transactions on the ledger now. */
  index(onLedger: ReadonlySet<string>): void;
  /** A process's own way to the lead. */
  joinLeadership(): Leadership;
  /** The leader's lock is gone; it learns of that only when it writes. */
  loseLock(): void;
}

const target = `0x${"77".repeat(20)}`;
/** States from which nothing leads back, whatever the ledger does. */
const ended: readonly TransactionStatus[] = ["replaced"];

export function createMemoryStore(): MemoryStore {
  const transactions = new Map<string, MemoryTransaction>();
  let nextNonce: number | undefined;
  let epoch = 0;
  let holder: symbol | undefined;

  /** One commit: whole, and only with the last epoch. */
  async function commit<T>(lease: Lease, work: () => T): Promise<T> {
    await Promise.resolve();
    if (lease.epoch !== epoch) throw new AppError("leader.superseded", { name: lease.name });
    return work();
  }

  function find(id: string): MemoryTransaction {
    const found = transactions.get(id);
    invariant(found, `transaction ${id} is there`);
    return found;
  }

  const withStatus = (...statuses: readonly TransactionStatus[]) =>
    [...transactions.values()].filter(({ status }) => statuses.includes(status));

  function takeNext(limit: number): readonly ClaimedIntent[] {
    for (const waiting of withStatus("accepted", "assigned")) {
      if (waiting.cancelRequested) waiting.status = "cancelled";
    }
    const taken = withStatus("accepted", "assigned").slice(0, limit);
    for (const transaction of taken) transaction.status = "assigned";
    return taken.map(({ id, data }) => ({ id, target, data, traceParent: null }));
  }

  function sign(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) {
      const transaction = find(attempt.transactionId);
      invariant(transaction.status === "assigned", `transaction ${transaction.id} was signed twice`);
      invariant(attempt.nonce === nextNonce, "nonces are contiguous");
      transaction.status = "signed";
      transaction.nonce = attempt.nonce;
      transaction.attempts.push(attempt);
      nextNonce += 1;
    }
  }

  function mark(sent: readonly Broadcast[]): void {
    for (const transaction of transactions.values()) {
      for (const [index, attempt] of transaction.attempts.entries()) {
        const broadcast = sent.find(({ hash }) => hash === attempt.hash);
        if (!broadcast) continue;
        transaction.attempts[index] = { ...attempt, broadcastAtMs: attempt.broadcastAtMs ?? broadcast.atMs };
        if (transaction.status === "signed") transaction.status = "broadcast";
      }
    }
  }

  const store: SenderStore = {
    openLane: (lease, lane, countOnLedger) =>
      commit(lease, () => {
        nextNonce ??= countOnLedger;
        invariant(nextNonce >= countOnLedger, `lane ${lane.address} is behind the ledger`);
        return { nextNonce };
      }),
    claim: (lease, { limit }) => commit(lease, () => takeNext(limit)),
    saveSigned: (lease, lane, ...[firstNonce, attempts, also]) =>
      commit(lease, () => {
        invariant(nextNonce === firstNonce, `lane ${lane.address} was moved by another sender`);
        if (attempts.some(({ transactionId }) => find(transactionId).cancelRequested)) return undefined;
        sign(attempts);
        mark(also?.broadcast ?? []);
        return also?.take ? takeNext(also.take.limit) : [];
      }),
    saveAttempt: (lease, attempt, noopMeans) =>
      commit(lease, () => {
        const transaction = find(attempt.transactionId);
        invariant(transaction.nonce === attempt.nonce, "an attempt is for the nonce of its transaction");
        if (!transaction.attempts.some(({ hash }) => hash === attempt.hash)) transaction.attempts.push(attempt);
        transaction.noopMeans = noopMeans ?? transaction.noopMeans;
      }),
    markBroadcast: (lease, sent) => commit(lease, () => mark(sent)),
    open: () =>
      Promise.resolve(
        withStatus("signed", "broadcast")
          .map(openOf)
          .sort((a, b) => a.nonce - b.nonce),
      ),
    markReplaced: (lease, ids) =>
      commit(lease, () => {
        for (const id of ids) find(id).status = "replaced";
      }),
    knownLanes: () => Promise.resolve([]),
  };

  return {
    store,
    transactions,
    nextNonce: () => nextNonce ?? 0,
    accept(id, data = "0x") {
      const rest = { nonce: null, cancelRequested: false, noopMeans: null, attempts: [] };
      transactions.set(id, { id, target, data, status: "accepted", ...rest });
    },
    cancel(id) {
      find(id).cancelRequested = true;
    },
    index(onLedger) {
      for (const transaction of transactions.values()) {
        if (transaction.nonce === null || ended.includes(transaction.status)) continue;
        const mined = transaction.attempts.find(({ hash }) => onLedger.has(hash));
        if (mined) transaction.status = mined.kind === "act" ? "mined" : (transaction.noopMeans ?? "cancelled");
        else if (!["signed", "broadcast"].includes(transaction.status)) transaction.status = "broadcast";
      }
    },
    joinLeadership() {
      const me = Symbol("process");
      return {
        acquire(name) {
          if (holder !== undefined) return Promise.resolve(undefined);
          holder = me;
          epoch += 1;
          return Promise.resolve({ name, epoch });
        },
        release() {
          if (holder === me) holder = undefined;
          return Promise.resolve();
        },
        isLost: () => false,
      };
    },
    loseLock() {
      holder = undefined;
    },
  };
}

function openOf(transaction: MemoryTransaction): OpenTransaction {
  const { id, nonce, status, data, cancelRequested, noopMeans, attempts } = transaction;
  invariant(nonce !== null && (status === "signed" || status === "broadcast"), "an open transaction has a nonce");
  return { id, nonce, status, target: transaction.target, data, cancelRequested, noopMeans, attempts: [...attempts] };
}
