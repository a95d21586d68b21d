import fs from "node:fs";
import path from "node:path";
import type { Config } from "./config.ts";
import { keyFilesOf, openLaneKey, openMasterKey } from "./keyFiles.ts";
import { AppError } from "./shared/errors.ts";
import { isBoundToLedger } from "./store/ledgerIdentity.ts";
import { findOperator } from "./store/parties.ts";
import { completeName } from "./store/pgliteFolder.ts";
import type { Transaction } from "./store/store.ts";

/**
 * A first start makes store, ledger and keys anew. Where a part is missing beside others that are there it was lost, or
 * another place was named: one made in its place would fit none of them and hide the loss. Looks at the folder at once,
 * before a store is made in it, and gives back what looks into the store (`openStore`'s `accept`).
 *
 * The order in which a first start makes them tells the two apart, wherever it was cut off: the master key, the operator
 * in the store with keys sealed under it, `lane.key`, the journal, and at last the ledger that the store belongs to.
 *
 * @throws AppError `start.store_lost`, `start.master_key_missing`, `start.master_key_invalid`, `start.lane_key_missing`,
 * `start.key_does_not_open`
 */
export function refuseLostParts(config: Config): (tx: Transaction) => Promise<void> {
  const { dataDir, databaseUrl } = config;
  const files = keyFilesOf(config);
  const journal = path.join(dataDir, "ledger.journal");
  const hasLedger = config.ledger.kind === "embedded" && isFilled(journal);
  const storeDir = path.join(dataDir, "store");
  const storeLost = () => new AppError("start.store_lost", { journal, store: databaseUrl ? "the database" : storeDir });
  const masterKeyMissing = () => new AppError("start.master_key_missing", { file: files.masterKey });

  if (hasLedger && !databaseUrl && !fs.existsSync(path.join(storeDir, completeName))) throw storeLost();
  const hasLaneKey = fs.existsSync(files.laneKey);
  const mayLackMasterKey = !config.masterKeyFile && !hasLaneKey;
  const hasMasterKey = fs.existsSync(files.masterKey);
  if (!hasMasterKey && !mayLackMasterKey) throw masterKeyMissing();
  const masterKey = hasMasterKey ? openMasterKey(config) : undefined;
  // Before an operator is founded under a key that is not the folder's.
  if (masterKey && hasLaneKey) openLaneKey({ dataDir, masterKey });

  return async (tx) => {
    const isFounded = (await findOperator(tx)) !== undefined;
    if (hasLedger && !isFounded) throw storeLost();
    if (!hasMasterKey && isFounded) throw masterKeyMissing();
    if (!hasLaneKey && (await isBoundToLedger(tx)))
      throw new AppError("start.lane_key_missing", { file: files.laneKey });
  };
}

function isFilled(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
