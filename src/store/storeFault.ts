import pg from "pg";
import type { Code } from "../shared/errors/codes.ts";
import { AppError } from "../shared/errors.ts";

const codeBySqlState: Readonly<Record<string, Code>> = {
  // disk_full
  "53100": "store.disk_full",
  // data_corrupted, index_corrupted: a page without its checksum, an index that does not fit its table
  XX001: "store.files_damaged",
  XX002: "store.files_damaged",
  // query_canceled: the server's statement_timeout
  "57014": "store.transaction_timeout",
  // idle_in_transaction_session_timeout
  "25P03": "store.transaction_timeout",
  // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
  "57P01": "store.unavailable",
  "57P02": "store.unavailable",
  "57P03": "store.unavailable",
  "53300": "store.unavailable",
};

/**
 * What went wrong, as the rest of the gateway knows it. An error of the SQL itself (a violated constraint, a mistake)
 * stays as it is: whoever wrote the SQL knows what it means. `isConnectionLost` says that the connection broke or was
 * never made; then any error is about that.
 */
export function toStoreFault(error: unknown, isConnectionLost: boolean): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof pg.DatabaseError && error.code !== undefined ? codeBySqlState[error.code] : undefined;
  if (code !== undefined) return new AppError(code, {}, { cause: error });
  return isConnectionLost ? new AppError("store.unavailable", {}, { cause: error }) : error;
}

export interface Violation {
  readonly kind: "unique" | "foreign_key" | "check" | "not_null" | "exclusion";
  readonly constraint: string | undefined;
  readonly table: string | undefined;
}

const violationBySqlState: Readonly<Record<string, Violation["kind"]>> = {
  "23505": "unique",
  "23503": "foreign_key",
  "23514": "check",
  "23502": "not_null",
  "23P01": "exclusion",
};

/** The constraint that an insert or update ran into, or undefined when the error is something else. */
export function violationOf(error: unknown): Violation | undefined {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return undefined;
  const kind = violationBySqlState[error.code];
  return kind === undefined ? undefined : { kind, constraint: error.constraint, table: error.table };
}
