import type { CodeRow } from "./row.ts";

/** The ledger as a service: reachable, in time, in the right state. */
export const chainCodes = {
  "chain.unavailable": {
    status: 503,
    retry: true,
    title: "The ledger cannot be reached",
    page: "The ledger did not answer. Nothing was acknowledged; try again with the same Idempotency-Key.",
  },
  "leader.superseded": {
    status: 503,
    retry: true,
    title: "Another gateway has taken over",
    page: "This process led a lane or the index and another one leads now. It wrote nothing; the other goes on with the work.",
  },
  "chain.index_stopped": {
    status: 503,
    retry: false,
    title: "The index has stopped",
    page: "The ledger contradicts what was final, or every endpoint gives blocks that do not verify. Nothing was written; `docs/operations.md` says how to find out which endpoint is wrong.",
  },
  "chain.other_chain": {
    status: 503,
    retry: false,
    title: "An endpoint serves another chain",
    page: "The chain id or the first block of a configured endpoint is not that of this ledger. Correct the configuration.",
  },
  "queue.full": {
    status: 429,
    retry: true,
    title: "Too many acts wait for the ledger",
    page: "Your organisation, or all together, have as many acts on the way as are kept waiting. Nothing was stored; try again after `Retry-After` seconds with the same Idempotency-Key.",
  },
  "transaction.wrong_state": {
    status: 409,
    retry: false,
    title: "The transaction's state does not allow this",
    page: "It is in a block already or has ended; the facts show its status.",
  },
  "chain.deployment_failed": {
    status: 500,
    retry: false,
    title: "The contracts could not be deployed",
    page: "The ledger refused a contract of the set. The log has the reason; nothing else was done.",
  },
  "clock.backwards": {
    status: 422,
    retry: false,
    title: "The test clock only moves forward",
    page: "The requested time lies before the present business time. Deadlines that have passed stay passed; ask for a later time.",
  },
  "ledger.disk_full": {
    status: 507,
    retry: true,
    title: "The ledger's disk is full",
    page: "The data folder has no room for another journal record. Nothing was executed; free some space and try again.",
  },
  "ledger.journal_corrupt": {
    status: 500,
    retry: false,
    title: "The ledger's journal is damaged",
    page: "A record of `ledger.journal` before the last one cannot be read, so later blocks cannot be restored. Restore the data folder from a backup.",
  },
  "ledger.journal_foreign": {
    status: 500,
    retry: false,
    title: "The journal belongs to another ledger",
    page: "The journal begins with another chain id or with no genesis record. Check the data folder, or start over with `--reset`.",
  },
  "ledger.hash_differs": {
    status: 500,
    retry: false,
    title: "Replaying the journal gave another block",
    page: "The same transactions produced a block whose hash is not the journalled one, so the ledger does not start. The journal was altered or the engine's version changed.",
  },
  "ledger.still_running": {
    status: 409,
    retry: true,
    title: "Another ledger has this journal",
    page: "The ledger of a gateway that was killed has not ended: it stands still, or its disk does not answer. Nothing was written. End the process that holds `lock.ledger` and start again.",
  },
  "ledger.start_failed": {
    status: 503,
    retry: false,
    title: "The ledger's process did not start",
    page: "The process ended before the gateway was ready. The log has its last words. What was acknowledged is kept: start again.",
  },
  "ledger.method_not_served": {
    status: 501,
    retry: false,
    title: "The ledger does not serve this method",
    page: "The endpoint serves a fixed list of `eth_*`, `net_*` and `web3_*` methods. Nothing was done.",
  },
  "ledger.transaction_refused": {
    status: 422,
    retry: false,
    title: "The ledger refused the transaction",
    page: "The transaction could never be mined as it stands: `reason` says why. Nothing was executed.",
  },
} as const satisfies Record<string, CodeRow>;
