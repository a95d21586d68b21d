import { sql } from "kysely";
import { AppError } from "../shared/errors.ts";
import type { Db } from "./store.ts";

/**
 * *strict* refuses to run where a commit is not known to reach the disk; *relaxed* takes what there is, so that a power
 * cut may lose what was acknowledged. A file system that keeps everything in memory, or a test, is a reason for it.
 */
export type Durability = "strict" | "relaxed";

/** Settings of a server under which it acknowledges commits that a power cut undoes. */
const forgetful: Readonly<Record<string, string>> = { fsync: "off", synchronous_commit: "off" };

/**
 * Asks a PostgreSQL server whether its commits are forced to the disk. The embedded engine proves it by a commit.
 * @throws AppError `store.not_durable` with the server's `setting`
 */
export async function assertServerDurable(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name = any(${Object.keys(forgetful)}::text[])`.execute(db);
  const found = rows.find(({ name, setting }) => forgetful[name] === setting);
  if (found) throw new AppError("store.not_durable", { setting: found.name, value: found.setting });
}

/** What `openPostgresEngine` asks for at login. */
const asked: Readonly<Record<string, string>> = { default_transaction_read_only: "on", TimeZone: "UTC" };

/**
 * A pooler between, or options in the server's address, may have taken the place of the gateway's own.
 * @throws AppError `store.options_dropped` with the `setting`
 */
export async function assertServerOptions(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name = any(${Object.keys(asked)}::text[])`.execute(db);
  const other = rows.find(({ name, setting }) => asked[name] !== setting);
  if (other) throw new AppError("store.options_dropped", { setting: other.name, value: other.setting });
}
