import { randomUUID } from "node:crypto";
import * as z from "zod";
import { backupFolder } from "../backupDesk.ts";
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

/** Backs up a data folder, and a database where one is named, that no gateway works on. */
export async function backUpFolder(
  file: string,
  from: { readonly data: string; readonly databaseUrl?: string | undefined },
): Promise<number> {
  const shutdown = createShutdown();
  try {
    const { bytes, sha256 } = await backupFolder({
      file,
      dataDir: from.data,
      ...(from.databaseUrl !== undefined && { databaseUrl: from.databaseUrl }),
      context: { logger: createLogger("warn"), clock: createClock(), shutdown },
    });
    say(`${file}: ${bytes} bytes, SHA-256 ${sha256}`);
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
