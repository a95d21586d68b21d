import type { Rpc } from "./chain/rpc.ts";
import { AppError } from "./shared/errors.ts";
import { createBlockStore } from "./store/blocks.ts";
import type { Store } from "./store/store.ts";

/**
 * The embedded ledger keeps every block before anybody sees it, so a store that knows more blocks than the journal has
 * was not beside that journal. Asked before anything is written to either.
 *
 * @throws AppError `start.journal_short`
 */
export async function refuseShortJournal(store: Store, rpc: Rpc): Promise<void> {
  const known = (await createBlockStore(store).checkpoint())?.number ?? -1;
  const last = Number(await rpc.call<string>("eth_blockNumber"));
  if (last < known) throw new AppError("start.journal_short", { known, last });
}
