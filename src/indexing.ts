import type { Addresses } from "./chain/contractSet.ts";
import { createAddressBook } from "./chain/decode.ts";
import type { EndpointPool } from "./chain/endpoints.ts";
import { createIndexer, type Indexer } from "./chain/indexing/indexer.ts";
import type { Config } from "./config.ts";
import type { Leadership } from "./domain/leadership.ts";
import type { Metrics } from "./operations/metrics.ts";
import { createTransactionWatch } from "./operations/transactionWatch.ts";
import type { Context } from "./shared/context.ts";
import { createBlockStore } from "./store/blocks.ts";
import type { Store } from "./store/store.ts";
import { readTransactionTimes } from "./store/transactionTimes.ts";

interface IndexerParts {
  readonly config: Config;
  readonly context: Context;
  readonly store: Store;
  readonly metrics: Pick<Metrics, "onStage">;
  readonly pool: EndpointPool;
  readonly addresses: Addresses;
  readonly leadership: Leadership;
  readonly onAdvanced: () => void;
  readonly onCommitted: () => void;
}

/** The indexer, with the measuring of what it has committed. */
export async function openIndexer(parts: IndexerParts): Promise<Indexer> {
  const { config, context, store, metrics } = parts;
  const { clock } = context;
  const blockStore = createBlockStore(store);
  const watch = createTransactionWatch({
    find: (hashes) => readTransactionTimes(store.db, hashes),
    onStage: metrics.onStage,
    wallMs: () => clock.wallMs(),
  });
  return createIndexer({
    context,
    source: parts.pool,
    book: createAddressBook(parts.addresses, await blockStore.knownContracts()),
    store: blockStore,
    leadership: parts.leadership,
    finality: config.ledger.kind === "external" ? config.ledger.finality : { kind: "instant" },
    verify: { mode: config.verify, headerKind: config.headerKind },
    isWhole: config.ledger.kind === "embedded",
    onAdvanced: parts.onAdvanced,
    onCommitted(blocks) {
      const offsetMs = (clock.businessSeconds() - Math.floor(clock.wallMs() / 1000)) * 1000;
      watch.indexed(
        blocks.map(({ block, transactions }) => ({
          number: block.number,
          minedAtMs: block.timestamp * 1000 - offsetMs,
          hashes: transactions.map(({ hash }) => hash),
        })),
      );
      parts.onCommitted();
    },
  });
}
