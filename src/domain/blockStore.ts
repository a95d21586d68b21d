import type { Lease } from "./leadership.ts";
import type { DecodedBlock } from "./ledgerEvent.ts";

/**
 * When a block is final. *instant*: as soon as it is visible. *tagged*: when the node's `finalized` tag has reached it.
 * *depth*: when so many blocks stand on it.
 */
export type Finality =
  | { readonly kind: "instant" }
  | { readonly kind: "tagged" }
  | { readonly kind: "depth"; readonly depth: number };

export interface BlockPlace {
  readonly number: number;
  readonly hash: string;
}

/** Addresses, beside the contracts of the system, that emit events of ours: accounts and deposit tokens. */
export interface KnownContracts {
  readonly accounts: readonly string[];
  readonly tokens: readonly string[];
}

export interface Retracted {
  readonly blocks: number;
  /** Entries appended to the sequences of all organisations together. */
  readonly events: number;
}

/**
 * Where the indexer keeps its truth. Each write is one commit that first checks the lease.
 * @throws AppError `leader.superseded` when the lease is not the last one, `start.reindex_unfinished` while a rebuild of
 * the views is under way; nothing is written then.
 */
export interface BlockStore {
  /** The last block committed, or undefined before the first. */
  checkpoint(): Promise<BlockPlace | undefined>;
  /** The last block that is final. */
  finalized(): Promise<BlockPlace | undefined>;
  /** Blocks that are stored, from one number to another, ascending. */
  blocks(from: number, to: number): Promise<readonly BlockPlace[]>;
  /** As of the checkpoint. */
  knownContracts(): Promise<KnownContracts>;
  /** Which of these transactions are attempts of our lanes. */
  ownAttempts(hashes: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Blocks, events, sequences, views and the state of our transactions in one transaction. Blocks up to `finalized` are
   * final, stored ones too; without blocks only that is noted. What is final stays final.
   */
  commitBlocks(lease: Lease, blocks: readonly DecodedBlock[], finalized: number): Promise<void>;
  /**
   * Takes back every stored block above a number: retractions are appended to the sequences in reverse order, views are
   * undone, our transactions are on their way again, and the blocks are kept for audit.
   */
  retractBlocks(lease: Lease, retraction: { readonly above: number; readonly atMs: number }): Promise<Retracted>;
}

/** How far a rebuild of the views has come: `position` is the last block applied, -1 before the first. */
export interface RebuildState {
  readonly position: number;
  /** Where the sequences do not have what the blocks say, in words; the first hundred. */
  readonly differences: readonly string[];
}

/** Where a rebuild of the views works. It leaves blocks, sequences, transactions and all originals alone. */
export interface RebuildStore {
  /** The rebuild under way, or undefined. */
  state(): Promise<RebuildState | undefined>;
  /** Empties the views and marks the rebuild as under way; goes on with one that is. */
  begin(lease: Lease): Promise<RebuildState>;
  /** Applies the next blocks, which must be those that are stored, and compares their events with the sequences. */
  apply(lease: Lease, blocks: readonly DecodedBlock[]): Promise<void>;
  /** Takes back stored blocks that the ledger does not have any more, as `BlockStore.retractBlocks` does. */
  retract(lease: Lease, retraction: { readonly above: number; readonly atMs: number }): Promise<Retracted>;
  /** Ends the rebuild when every stored block is applied. What was different. */
  finish(lease: Lease): Promise<readonly string[]>;
}

/** Compares the sequences with blocks that are read once more, from the first to the last one stored. Writes nothing. */
export interface SequenceCheck {
  apply(blocks: readonly DecodedBlock[]): Promise<void>;
  /** Everything that is different, and whatever is wrong with the sequences themselves; the first hundred. */
  finish(): Promise<readonly string[]>;
}
