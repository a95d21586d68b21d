import { setTimeout as delay } from "node:timers/promises";

/** How much later than its first victims a broken part may be heard of. */
const causeMs = 1_000;

/**
 * The outcome of `work`, or of `cause` when that comes first. What depends on a part usually fails a moment before the
 * part itself is known to have ended, so a failure of `work` waits that moment for its cause and gives way to it.
 */
export async function orCause<T, C>(work: Promise<T>, cause: Promise<C>): Promise<T | C> {
  try {
    return await Promise.race([work, cause]);
  } catch (error) {
    const none = Symbol("none");
    const found = await Promise.race([cause, delay(causeMs, none, { ref: false })]);
    if (found === none) throw error;
    return found as C;
  }
}
