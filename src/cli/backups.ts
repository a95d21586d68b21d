import { randomUUID } from "node:crypto";
import path from "node:path";
import * as z from "zod";
import { backupFolder } from "../backupDesk.ts";
import { parseConfig } from "../config.ts";
import { createLogger } from "../operations/logger.ts";
import { restore } from "../restore.ts";
import { createClock } from "../shared/clock.ts";
import { createShutdown } from "../shared/shutdown.ts";
import { type AskOptions, ask } from "./ask.ts";
import { complain, explain, say } from "./say.ts";

const Backup = z.looseObject({ file: z.string(), bytes: z.int(), sha256: z.string() });

/** Asks the running gateway to back itself up: only its own process may read what it writes. */
export async function takeBackup(options: AskOptions): Promise<number> {
  const body = await ask(options, { method: "POST", path: "/v1/backups", idempotencyKey: randomUUID() });
  if (body === undefined) return 2;
  const { file, bytes, sha256 } = Backup.parse(body);
  say(`${file}: ${bytes} bytes, SHA-256 ${sha256}`);
  return 0;
}

/**
 * Backs up a data folder that no gateway works on, with the database that its store is in: the same settings as those of
 * the gateway name them, so that it is never another store that is backed up.
 */
export async function backUpFolder(
  file: string,
  from: { readonly data?: string | undefined; readonly databaseUrl?: string | undefined },
): Promise<number> {
  const { data, databaseUrl } = from;
  const environment = { ...process.env, ...(databaseUrl !== undefined && { HANSA_DATABASE_URL: databaseUrl }) };
  const parsed = parseConfig(environment, { data, demo: false });
  if (!parsed.ok) {
    for (const fault of parsed.faults) complain(fault);
    return 2;
  }
  const { config } = parsed;
  const shutdown = createShutdown();
  try {
    const { bytes, sha256, rows, lastBlock } = await backupFolder({
      file,
      dataDir: config.dataDir,
      ...(config.databaseUrl !== undefined && { databaseUrl: config.databaseUrl }),
      isLedgerOutside: config.ledger.kind === "external",
      durability: config.durability,
      context: { logger: createLogger("warn"), clock: createClock(), shutdown },
    });
    say(`${file}: ${bytes} bytes, SHA-256 ${sha256}`);
    const place = config.databaseUrl === undefined ? path.join(config.dataDir, "store") : "the database on a server";
    say(`${rows} rows of ${place}, ledger up to block ${lastBlock ?? "(outside)"}`);
    return 0;
  } catch (error) {
    complain(explain(error));
    return 1;
  } finally {
    await shutdown.close();
  }
}

/** Makes a data folder, and a database where one is named, out of a backup. */
export async function runRestore(
  file: string,
  to: { readonly data: string; readonly databaseUrl?: string | undefined },
): Promise<number> {
  try {
    const { createdAt, rows, lastBlock } = await restore({
      file,
      dataDir: to.data,
      ...(to.databaseUrl !== undefined && { databaseUrl: to.databaseUrl }),
      context: { logger: createLogger("warn") },
    });
    say(`Restored what stood at ${createdAt}: ${rows} rows, ledger up to block ${lastBlock ?? "(outside)"}.`);
    say("Put the master key in its place and start.");
    return 0;
  } catch (error) {
    complain(explain(error));
    return 1;
  }
}
