import type { Leadership, Lease } from "../../domain/leadership.ts";
import type { Logger } from "../../shared/context.ts";

/** Whether this process writes the index. Of several gateways on one store one does, and the others follow. */
export interface Lead {
  /** The lease, taken when it is free; undefined while another process leads. */
  hold(): Promise<Lease | undefined>;
  isHeld(): boolean;
  /** Another process leads now. */
  lose(): void;
  /** Gives the lead back. */
  release(): Promise<void>;
}

/** The name under which the index is led. */
export const indexLead = "indexer";

export function createLead(leadership: Leadership, logger: Logger): Lead {
  let lease: Lease | undefined;
  return {
    async hold() {
      if (lease && leadership.isLost(lease)) lease = undefined;
      if (lease) return lease;
      lease = await leadership.acquire(indexLead);
      if (lease) logger.info({ epoch: lease.epoch }, "this gateway leads the index");
      return lease;
    },
    isHeld: () => lease !== undefined && !leadership.isLost(lease),
    lose() {
      logger.warn({ epoch: lease?.epoch ?? null }, "another gateway leads the index now");
      lease = undefined;
    },
    async release() {
      if (lease) await leadership.release(lease);
      lease = undefined;
    },
  };
}
