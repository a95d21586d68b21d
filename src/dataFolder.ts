import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "./shared/errors.ts";
import { isBoundToLedger } from "./store/ledgerIdentity.ts";
import { unfinishedRestore } from "./store/lock.ts";
import { completeName } from "./store/pgliteFolder.ts";
import type { Transaction } from "./store/store.ts";

/** Parts of a data folder that a tool may need, by the name under which people know them. */
const fileOf = {
  store: path.join("store", completeName),
  "ledger.journal": "ledger.journal",
} as const;
type DataPart = keyof typeof fileOf;

/** Which parts lie in the folder: no store where a server has it, no journal where the ledger is outside. */
export function partsInFolder(has: { readonly databaseUrl: string | undefined; readonly isLedgerOutside: boolean }) {
  const parts: DataPart[] = has.databaseUrl === undefined ? ["store"] : [];
  if (!has.isLedgerOutside) parts.push("ledger.journal");
  return parts;
}

/**
 * For tools that work on what is there: opening makes whatever is missing, and a folder whose name was mistyped would look
 * like one in which all is well. Looks only, so it is called before the folder is locked, which writes.
 *
 * @throws AppError `start.data_missing`; `backup.unfinished` after an interrupted restore
 */
export async function refuseMissingData(dataDir: string, needed: readonly DataPart[]): Promise<void> {
  const folder = path.resolve(dataDir);
  if (!(await look(folder))?.isDirectory()) throw new AppError("start.data_missing", { folder, missing: "the folder" });
  if (await look(path.join(folder, unfinishedRestore))) throw new AppError("backup.unfinished", { folder });
  for (const part of needed) {
    const found = await look(path.join(folder, fileOf[part]));
    if (!found || (found.isFile() && found.size === 0)) {
      throw new AppError("start.data_missing", { folder, missing: part });
    }
  }
}

/**
 * The same of the store itself (`openStore`'s `accept`): a database that was just created, or in which no first start was
 * finished, is left without tables. @throws AppError `start.data_missing`
 */
export async function refuseEmptyStore(tx: Transaction): Promise<void> {
  if (!(await isBoundToLedger(tx)))
    throw new AppError("start.data_missing", { missing: "a ledger's data in the store" });
}

async function look(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new AppError("store.folder_unusable", { folder: path.dirname(file) }, { cause: error });
  }
}
