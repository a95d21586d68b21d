/**
 * The right to write under a name (`indexer`, `lane:0x…`), as of one epoch. Of two holders the one with the lower epoch
 * has been replaced without knowing it: each of its writes fails with `leader.superseded`.
 */
export interface Lease {
  readonly name: string;
  readonly epoch: number;
}

/** Who leads. On a server an advisory lock decides, in an embedded store there is only one process. */
export interface Leadership {
  /** Takes the lead and a new epoch, or undefined while another process has it. */
  acquire(name: string): Promise<Lease | undefined>;
  /** Gives the lead back. Harmless when it was lost already. */
  release(lease: Lease): Promise<void>;
  /** Whether the lock behind the lease is known to be gone (its connection ended). The epoch decides all the same. */
  isLost(lease: Lease): boolean;
}
