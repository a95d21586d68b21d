/** An accepted intent that waits for its lane. */
export interface AcceptedIntent {
  readonly id: string;
  readonly target: string;
  readonly data: string;
}

/** An intent with the exact bytes that will be, or were, broadcast. */
export interface SignedTransaction {
  readonly id: string;
  readonly nonce: number;
  readonly raw: string;
  readonly hash: string;
}

/** Where the sender keeps its truth. Each method is one commit. */
export interface SenderStore {
  /** Makes the lane known; its next nonce is never lower than what the ledger has counted. */
  openLane(lane: string, countOnLedger: number): Promise<{ nextNonce: number }>;
  /** Oldest accepted intents, in order. */
  accepted(limit: number): Promise<readonly AcceptedIntent[]>;
  /** Stores nonces, bytes and hashes, and moves the lane on; fails when another sender moved it. */
  saveSigned(lane: string, firstNonce: number, signed: readonly SignedTransaction[]): Promise<void>;
  /** The ledger has the bytes. */
  markBroadcast(ids: readonly string[]): Promise<void>;
  /** Signed or broadcast, and not yet seen in a block: oldest nonce first. */
  unmined(lane: string): Promise<readonly SignedTransaction[]>;
}
