import { AppError } from "../shared/errors.ts";
import type { Db, Store } from "./store.ts";

export interface LedgerIdentity {
  readonly chainId: number;
  readonly genesisHash: string;
  /** Hash over the code of all contracts. */
  readonly contractSet: string;
  readonly addresses: Readonly<Record<string, string>>;
}

/** Whether a ledger was ever bound to the store: from then on its contracts stand at addresses that the store knows. */
export async function isBoundToLedger(db: Db): Promise<boolean> {
  return (await db.selectFrom("ledger").select("id").executeTakeFirst()) !== undefined;
}

/**
 * Remembers which ledger and contracts the store belongs to, and refuses any other.
 * @throws AppError `start.other_ledger`, `start.other_contracts`
 */
export async function bindLedger(store: Store, ledger: LedgerIdentity): Promise<void> {
  const known = await store.db.selectFrom("ledger").selectAll().executeTakeFirst();
  if (!known) {
    await store.transaction(async (tx) => {
      await tx
        .insertInto("ledger")
        .values({
          id: 1,
          chain_id: ledger.chainId,
          genesis_hash: ledger.genesisHash,
          contract_set: ledger.contractSet,
          addresses: JSON.stringify(ledger.addresses),
        })
        .execute();
    });
    return;
  }
  if (known.chain_id !== ledger.chainId || known.genesis_hash !== ledger.genesisHash) {
    throw new AppError("start.other_ledger");
  }
  // The same code at other addresses is another set too: its contracts know nothing of this store's deals.
  const isSamePlace = Object.entries(ledger.addresses).every(([name, address]) => known.addresses[name] === address);
  if (known.contract_set !== ledger.contractSet || !isSamePlace) throw new AppError("start.other_contracts");
}
