import type { CodeRow } from "./row.ts";

/** The store as a service, and the folder it lives in. */
export const storeCodes = {
  "store.transaction_timeout": {
    status: 503,
    retry: true,
    title: "The store took too long",
    page: "The database transaction was longer than its limit and was undone. Nothing was acknowledged; send the same request again with the same Idempotency-Key.",
  },
  "store.disk_full": {
    status: 507,
    retry: true,
    title: "The disk is full",
    page: "The store has no room for this act. Nothing of it was kept and everything acknowledged before is safe. Make room, then send the same request again with the same Idempotency-Key.",
  },
  "store.unavailable": {
    status: 503,
    retry: true,
    title: "The store cannot be reached",
    page: "The database did not answer, or its connection broke. Send the same request again with the same Idempotency-Key; it takes effect once.",
  },
  "store.not_durable": {
    status: 500,
    retry: false,
    title: "The store does not reach the disk",
    page: "At start a commit was made and no write was forced to the disk, so a power cut could lose what was acknowledged. The gateway refuses to run. Use a local disk for the data folder.",
  },
  "store.folder_locked": {
    status: 409,
    retry: true,
    title: "The data folder is in use",
    page: "Another process works on this data folder; `pid` names it when it is known. Stop it, or choose another folder with --data. Nothing needs to be deleted: the lock ends with its process, however that ends.",
  },
  "store.folder_unusable": {
    status: 500,
    retry: false,
    title: "The data folder cannot be used",
    page: "The folder cannot be created, written or locked. Check that it is on a local disk and belongs to the user that runs the gateway.",
  },
  "store.engine_mismatch": {
    status: 500,
    retry: false,
    title: "The store was written by another database version",
    page: "The files of the embedded store belong to the PostgreSQL version in `found`; this release reads `expected`. Use the release that wrote them to export, then import with this one.",
  },
  "store.migration_changed": {
    status: 500,
    retry: false,
    title: "An applied migration was altered",
    page: "The migration in `migration` was applied to this database with another content or in another order than this release has. Migrations are never edited once applied: restore the released one and add a new one.",
  },
  "store.newer_than_code": {
    status: 500,
    retry: false,
    title: "The database is newer than this release",
    page: "The database has the migration in `migration`, which this release does not know. Run the newer release, or restore a backup made before it.",
  },
} as const satisfies Record<string, CodeRow>;
