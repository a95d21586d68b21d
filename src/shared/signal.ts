import { assertOutsideTransaction } from "./transactionScope.ts";

/** Wakes waiters when something was committed. A wake-up is only a hint: the waiter looks at the store again. */
export interface Signal {
  fire(): void;
  /** Resolves at the next `fire`, after `timeoutMs`, or when `abort` fires. */
  next(timeoutMs: number, abort?: AbortSignal): Promise<void>;
}

export function createSignal(): Signal {
  let waiters = new Set<() => void>();
  return {
    fire() {
      const woken = waiters;
      waiters = new Set();
      for (const wake of woken) wake();
    },
    next(timeoutMs, abort) {
      assertOutsideTransaction("waiting for a signal");
      return new Promise((resolve) => {
        const done = () => {
          waiters.delete(done);
          clearTimeout(timer);
          abort?.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        waiters.add(done);
        if (abort?.aborted) done();
        else abort?.addEventListener("abort", done, { once: true });
      });
    },
  };
}
