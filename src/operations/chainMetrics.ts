import type { BlockCheck } from "../chain/verify/fault.ts";
import type { IndexerState } from "./ports.ts";
import type { Sample, Scraped } from "./scraped.ts";

/** Zeros from the start: `increase` does not see a series that begins with its first event. */
const checks: readonly BlockCheck[] = [
  ...(["malformed", "number", "header_hash", "parent", "receipt_missing", "receipt_surplus", "receipt_order"] as const),
  ...(["receipt_of_other_block", "log_of_other_block", "log_of_other_transaction", "log_removed"] as const),
  ...(["log_index", "gas_used", "bloom", "receipts_root"] as const),
];

/** The ledger as the indexer sees it. */
export function defineIndexerMetrics(scraped: Scraped, indexer: () => IndexerState): void {
  const gauge = (name: string, help: string, read: (state: IndexerState) => Sample["value"]) =>
    scraped.gauge({ name, help, read: () => [{ value: read(indexer()) }] });
  gauge("hansa_chain_head", "Highest block that the ledger's endpoints show.", ({ head }) => head);
  gauge("hansa_indexed_block", "Last block whose events are in the store.", ({ indexed }) => indexed);
  gauge("hansa_finalized_block", "Last block that cannot be taken back.", ({ finalized }) => finalized);
  gauge("hansa_lag_blocks", "Blocks of the ledger that are not in the store yet.", ({ lagBlocks }) => lagBlocks);
  gauge("hansa_lag_seconds", "Age of the oldest block that is not in the store yet.", ({ lagSeconds }) => lagSeconds);
  gauge("hansa_indexer_quarantined", "1 while the indexer refuses what the ledger shows.", ({ quarantined }) =>
    Number(quarantined !== undefined),
  );
  gauge("hansa_indexer_leader", "1 while this process writes the index.", ({ isLeader }) => Number(isLeader));
  scraped.counter({
    name: "hansa_reorgs_total",
    help: "Reorganisations of the ledger that were followed, by the number of blocks taken back (at most).",
    labelNames: ["depth"],
    read: () => Object.entries(indexer().reorgsTotal).map(([depth, value]) => ({ labels: { depth }, value })),
  });
  scraped.counter({
    name: "hansa_retractions_total",
    help: "Events that were taken back in the sequences of organisations.",
    read: () => [{ value: indexer().retractionsTotal }],
  });
  scraped.counter({
    name: "hansa_verify_failures_total",
    help: "Blocks whose contents did not fit their header, by check.",
    labelNames: ["check"],
    read: () => {
      const found = indexer().verifyFailuresTotal;
      const names = new Set<string>([...checks, ...Object.keys(found)]);
      return [...names].map((check) => ({ labels: { check }, value: found[check] ?? 0 }));
    },
  });
}
