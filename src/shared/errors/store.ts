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
    page: "At start a commit was made and no write was forced to the disk, or the server's `setting` says that it acknowledges before that; a power cut could lose what was acknowledged. The gateway refuses to run. Use a local disk for the data folder, switch the server's `fsync` and `synchronous_commit` on, or accept the loss with HANSA_DURABILITY=relaxed.",
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
    page: "The files of the embedded store belong to the PostgreSQL version in `found`; this release reads `expected`. Make a backup with the release that wrote them and restore it with this one: a backup holds rows, not files.",
  },
  "store.options_dropped": {
    status: 500,
    retry: false,
    title: "The database server does not take the gateway's settings",
    page: "Connections come with another `setting` than the gateway asks for at login, without which a read could write or a time be misread. A pooler drops start-up options, or the address in HANSA_DATABASE_URL has options of its own: remove them, or let the pooler pass them on.",
  },
  "store.files_damaged": {
    status: 500,
    retry: false,
    title: "The store's files are damaged",
    page: "The embedded database cannot start from its files, or a page of them does not carry its checksum; the log has the engine's words. Nothing was repaired or removed. Keep a copy of the folder, check the disk, and restore a backup into a new folder.",
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
  "backup.under_way": {
    status: 409,
    retry: true,
    title: "A backup is being made",
    page: "One backup is made at a time. Wait until the one under way is complete.",
  },
  "backup.exists": {
    status: 409,
    retry: false,
    title: "The backup file exists",
    page: "A backup never overwrites a file. Choose another name.",
  },
  "backup.place_unusable": {
    status: 422,
    retry: false,
    title: "A backup cannot be written there",
    page: "The folder in `folder`, where the file is to be made, does not exist or this user may not write in it; `reason` says which. Nothing was written. Make the folder, or name another file.",
  },
  "backup.unreadable": {
    status: 422,
    retry: false,
    title: "The backup file cannot be read",
    page: "There is no such file, it is a folder, or this user may not read it; `reason` says which. Nothing was restored.",
  },
  "backup.not_a_backup": {
    status: 422,
    retry: false,
    title: "The file is no backup",
    page: "It does not begin as a backup of this gateway begins. Nothing was restored.",
  },
  "backup.truncated": {
    status: 422,
    retry: false,
    title: "The backup file is cut off",
    page: "The file ends before its manifest, as a copy does that was interrupted. Nothing was restored; use another copy.",
  },
  "backup.altered": {
    status: 422,
    retry: false,
    title: "The backup file was altered",
    page: "The part in `part` is not what its manifest says: bytes were changed, by a damaged disk or by somebody. Nothing was restored; use another copy.",
  },
  "backup.newer_format": {
    status: 422,
    retry: false,
    title: "The backup was made by a newer release",
    page: "Its format is not known to this release. Nothing was restored; use the release that made it, or a newer one.",
  },
  "backup.target_not_empty": {
    status: 409,
    retry: false,
    title: "There is something in the place to restore to",
    page: "A backup is restored into a folder that does not exist or is empty (the master key may lie in it), and into a database without tables. Nothing was changed; name another place.",
  },
  "backup.unfinished": {
    status: 409,
    retry: false,
    title: "A restore did not finish in this folder",
    page: "It was interrupted, so the folder is not complete. Run the restore again with the same folder: it clears what it left. A PostgreSQL database with tables in it was restored completely before; drop and create it first.",
  },
} as const satisfies Record<string, CodeRow>;
