import type { CodeRow } from "./row.ts";

/** The ledger as a service: reachable, in time, in the right state. */
export const chainCodes = {
  "chain.unavailable": {
    status: 503,
    retry: true,
    title: "The ledger cannot be reached",
    page: "The ledger did not answer. Nothing was acknowledged; try again with the same Idempotency-Key.",
  },
} as const satisfies Record<string, CodeRow>;
