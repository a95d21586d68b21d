import { AppError } from "../../shared/errors.ts";

/** Runs jobs one after the other, in the order in which they came. */
export interface Queue {
  /**
   * An AppError is an answer, and the next job runs. Any other fault means that engine and journal may no
   * longer agree: it is reported once, and every later job is refused.
   * @throws AppError `chain.unavailable` after such a fault
   */
  run<T>(job: () => Promise<T>): Promise<T>;
}

export function createQueue(onBroken: (cause: unknown) => void): Queue {
  let last: Promise<unknown> = Promise.resolve();
  let isBroken = false;

  async function guard<T>(job: () => Promise<T>): Promise<T> {
    if (isBroken) throw new AppError("chain.unavailable");
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof AppError)) {
        isBroken = true;
        onBroken(error);
      }
      throw error;
    }
  }

  return {
    run(job) {
      const result = last.then(() => guard(job));
      last = result.catch(() => undefined);
      return result;
    },
  };
}
