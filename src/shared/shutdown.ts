import { setTimeout as delay } from "node:timers/promises";

/** Things to close, in reverse order of opening. Closing twice is harmless. */
export interface Shutdown {
  /** Aborts when closing begins, before anything is closed: whoever waits ends its wait. */
  readonly signal: AbortSignal;
  /** What is added while everything closes is closed at once: a start under way opens nothing for good. */
  add(name: string, close: () => Promise<void> | void): void;
  /**
   * Closes everything. One that fails, or is not done in time, does not keep the others from closing. Resolves with
   * the names of those.
   */
  close(): Promise<readonly string[]>;
}

/** How long one thing may take to close before the next one is closed. */
const closeMsDefault = 15_000;

export function createShutdown({ closeMs = closeMsDefault }: { readonly closeMs?: number } = {}): Shutdown {
  const controller = new AbortController();
  const closers: { name: string; close: () => Promise<void> | void }[] = [];
  const failed: string[] = [];
  let closing: Promise<void> | undefined;

  async function closeOne({ name, close }: (typeof closers)[number]): Promise<void> {
    try {
      if (!(await inTime(close(), closeMs))) failed.push(name);
    } catch {
      failed.push(name);
    }
  }

  async function closeAll(): Promise<void> {
    controller.abort();
    for (let last = closers.pop(); last; last = closers.pop()) await closeOne(last);
  }

  return {
    signal: controller.signal,
    add(name, close) {
      closers.push({ name, close });
      // Behind what closes now; the loop takes it, or has ended already.
      if (closing) closing = closing.then(closeAll);
    },
    async close() {
      closing ??= closeAll();
      let seen: Promise<void>;
      do {
        seen = closing;
        await seen;
        // More may have been added while that was awaited.
      } while (seen !== closing);
      return failed;
    },
  };
}

/** Waits for work to end, but not for longer than this. False when it was not done; what it throws is thrown. */
export async function inTime(work: Promise<void> | void, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(limitMs, false, { signal: timer.signal }).catch(() => false);
  const done = Promise.resolve(work).then(() => true);
  try {
    return await Promise.race([done, late]);
  } finally {
    timer.abort();
  }
}
