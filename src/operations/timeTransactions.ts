import { performance } from "node:perf_hooks";
import type { Store } from "../store/store.ts";
import type { Metrics } from "./metrics.ts";

/** The same store, whose transactions are measured from the moment that they are asked for: queueing included. */
export function timeTransactions<S extends Pick<Store, "transaction">>(
  store: S,
  onTransaction: Metrics["onTransaction"],
): S {
  return {
    ...store,
    async transaction<T>(work: Parameters<typeof store.transaction<T>>[0]): Promise<T> {
      const startedMs = performance.now();
      let outcome: "committed" | "rolled_back" = "rolled_back";
      try {
        const result = await store.transaction(work);
        outcome = "committed";
        return result;
      } finally {
        onTransaction({ seconds: (performance.now() - startedMs) / 1000, outcome });
      }
    },
  };
}
