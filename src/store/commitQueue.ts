import { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { lockAudit } from "./audit.ts";
import {
  createGroupCommit,
  type GroupMember,
  type Outcome,
  type QueuedCommit,
  type RecordResults,
} from "./groupCommit.ts";
import type { Store } from "./store.ts";

interface Waiting<C, R> extends GroupMember<C> {
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that come while another one commits wait for each other and share the next transaction; one that is refused
 * takes nothing of the others with it, and all are acknowledged after their common commit. Under load a forced write to
 * the disk then serves up to fifty acts; a write alone waits for nobody. `onCommitted` hears of each common commit how
 * many writes shared it, refused ones included.
 */
export function createCommitQueue<C extends QueuedCommit<R>, R>(
  store: Store,
  record: RecordResults<C, R>,
  onCommitted: (writes: number) => void = () => {},
) {
  type Group = readonly Waiting<C, R>[];
  const waiting: Waiting<C, R>[] = [];
  const together = createGroupCommit<C, R>(record);
  let isBusy = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) await commitNext();
    isBusy = false;
  }

  /** Whoever arrives before the transaction has begun still takes part in it. */
  async function commitNext(): Promise<void> {
    let group: Group = [];
    try {
      const outcomes = await store.transaction(async (tx) => {
        group = waiting.splice(0, limits.actsPerCommit);
        return await together.all(tx, group);
      });
      settleCommitted(group, outcomes);
    } catch (error) {
      // Where the transaction could not even begin, nobody was taken yet.
      if (group.length === 0) group = waiting.splice(0, limits.actsPerCommit);
      await commitAfter(error, group);
    }
  }

  /** What becomes of a group whose transaction was undone. */
  async function commitAfter(error: unknown, group: Group): Promise<void> {
    if (group.length > 1 && isTooLong(error)) await commitOneByOne(group);
    else if (group.length > 1 && !isOfStore(error)) await commitSingly(group);
    else for (const { reject } of group) reject(error);
  }

  /** One of them was refused and undid the others, which had no savepoints. */
  async function commitSingly(group: Group): Promise<void> {
    try {
      const outcomes = await store.transaction(async (tx) => {
        await lockAudit(tx);
        return await together.each(tx, group);
      });
      settleCommitted(group, outcomes);
    } catch (error) {
      if (isTooLong(error)) await commitOneByOne(group);
      else for (const { reject } of group) reject(error);
    }
  }

  /** Together they took too long and were undone; each alone has the whole time. */
  async function commitOneByOne(group: Group): Promise<void> {
    for (const one of group) {
      try {
        settleCommitted([one], await store.transaction((tx) => together.all(tx, [one])));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  function settleCommitted(group: Group, outcomes: readonly Outcome<R>[]): void {
    onCommitted(group.length);
    settle(group, outcomes);
  }

  return {
    /** Resolves when the commit is on disk. @throws whatever the commit throws, or the store's own fault */
    commit(commit: C): Promise<R> {
      const inContext = AsyncLocalStorage.snapshot();
      return new Promise<R>((resolve, reject) => {
        waiting.push({ commit, inContext, resolve, reject });
        if (isBusy) return;
        isBusy = true;
        // At the end of this turn, so that commits handed over together begin together.
        queueMicrotask(() => void drain());
      });
    },
  };
}

function settle<C, R>(group: readonly Waiting<C, R>[], outcomes: readonly Outcome<R>[]): void {
  for (const [index, { resolve, reject }] of group.entries()) {
    const outcome = outcomes[index];
    if (outcome?.ok) resolve(outcome.result);
    else reject(outcome?.error);
  }
}

function isOfStore(error: unknown): boolean {
  return error instanceof AppError && error.code.startsWith("store.");
}

function isTooLong(error: unknown): boolean {
  return error instanceof AppError && error.code === "store.transaction_timeout";
}
