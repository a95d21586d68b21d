import type { DecodedBlock } from "./ledgerEvent.ts";

/** Where the indexer keeps its truth. */
export interface BlockStore {
  /** The last block committed, or undefined before the first. */
  checkpoint(): Promise<{ number: number; hash: string } | undefined>;
  /** Blocks, events, sequences, views and checkpoint in one transaction. */
  commitBlocks(blocks: readonly DecodedBlock[]): Promise<void>;
}
