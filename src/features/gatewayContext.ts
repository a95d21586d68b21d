import type { Addresses } from "../chain/contractSet.ts";
import type { LedgerReads } from "../chain/ledgerReads.ts";
import type { Context } from "../shared/context.ts";
import type { Signal } from "../shared/signal.ts";
import type { Store } from "../store/store.ts";
import type { Acts } from "./acts.ts";

/** What every feature's factory takes. */
export interface GatewayContext {
  readonly context: Context;
  readonly store: Store;
  readonly reads: LedgerReads;
  readonly addresses: Addresses;
  readonly chainId: number;
  /** Wraps document keys and takes part in sealing custody keys; kept outside the store. */
  readonly masterKey: Uint8Array;
  /** Fires after each commit of the indexer. */
  readonly indexed: Signal;
  readonly acts: Acts;
  readonly mode: "sandbox" | "production";
}
