import type { Refusal } from "./admission.ts";
import type { Queue } from "./queue.ts";

/** Transactions that wait at the same time share the two syncs: bounded, because reads wait meanwhile. */
const GROUP_TRANSACTIONS = 256;
const GROUP_CHARACTERS = 4 * 1_048_576;

export type Submission =
  | { readonly kind: "mined"; readonly hash: string; readonly blockNumber: number; readonly blockHash: string }
  | Refusal;

/** A transaction whose sender waits for one of the two. */
export interface Waiting {
  readonly raw: unknown;
  resolve(submission: Submission): void;
  reject(error: unknown): void;
}

export interface GroupOptions {
  readonly queue: Queue;
  /** Settles every one of the group, or throws; then the others are told by the caller. */
  commit(group: readonly Waiting[]): Promise<void>;
}

/** Collects what comes while the queue is busy, and commits it as one group in the order in which it came. */
export function createGroups({ queue, commit }: GroupOptions): (raw: unknown) => Promise<Submission> {
  const waiting: Waiting[] = [];

  async function drain(): Promise<void> {
    const group = takeGroup(waiting);
    if (waiting.length > 0) schedule();
    try {
      await commit(group);
    } catch (error) {
      for (const entry of group) entry.reject(error);
      throw error;
    }
  }

  function schedule(): void {
    let hasRun = false;
    const work = () => {
      hasRun = true;
      return drain();
    };
    queue.run(work).catch((error: unknown) => {
      // `drain` has told its own. After a fault of the ledger it does not run at all, and these would wait for ever.
      if (!hasRun) for (const entry of waiting.splice(0)) entry.reject(error);
    });
  }

  return (raw) =>
    new Promise((resolve, reject) => {
      waiting.push({ raw, resolve, reject });
      if (waiting.length === 1) schedule();
    });
}

function takeGroup(waiting: Waiting[]): Waiting[] {
  let characters = 0;
  let count = 0;
  for (const { raw } of waiting) {
    characters += typeof raw === "string" ? raw.length : 0;
    if (count === GROUP_TRANSACTIONS || (count > 0 && characters > GROUP_CHARACTERS)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
