import { setTimeout as delay } from "node:timers/promises";
import type { Addresses } from "./chain/contractSet.ts";
import { addressesOfKey, contractSetHash, deploySystem, type FoundingOperator } from "./chain/deploy.ts";
import { quantity, type Rpc } from "./chain/rpc.ts";
import type { FeeConfig } from "./config.ts";
import type { Leadership } from "./domain/leadership.ts";
import { refuseShortJournal } from "./journalEnd.ts";
import { bindLedger } from "./store/ledgerIdentity.ts";
import type { Store } from "./store/store.ts";

export interface Contracts {
  readonly chainId: number;
  readonly genesisHash: string;
  readonly addresses: Addresses;
}

interface Deployment {
  readonly rpc: Rpc;
  readonly store: Store;
  readonly leadership: Leadership;
  readonly laneKey: string;
  /** The ledger is the embedded one, which has every block that there is. */
  readonly isWhole: boolean;
  readonly fees: FeeConfig;
  readonly founding: FoundingOperator;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** How often a gateway that waits for another one's deployment looks again. */
const waitMs = 250;

/**
 * The contracts on the ledger, deployed where they are not yet. Of several gateways that start together on one store one
 * deploys, the others wait.
 * @throws AppError `start.other_ledger`, `start.journal_short`, `start.other_contracts`, `chain.deployment_failed`, `chain.unavailable`
 */
export async function openContracts(deployment: Deployment): Promise<Contracts> {
  const { rpc, store, leadership, laneKey, founding, signal, onProgress } = deployment;
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const addresses = addressesOfKey(laneKey);
  const { hash: genesisHash } = await rpc.call<{ hash: string }>("eth_getBlockByNumber", [quantity(0), false]);
  const lease = await acquire(leadership, signal);
  try {
    // Before anything is deployed, so that a ledger of other contracts is refused as it was found.
    await bindLedger(store, { chainId, genesisHash, contractSet: contractSetHash(), addresses });
    if (deployment.isWhole) await refuseShortJournal(store, rpc);
    await deploySystem({
      rpc,
      chainId,
      deployerKey: laneKey,
      operator: founding,
      gasPrice: await priceOf(deployment.fees, rpc),
      onProgress: (name) => onProgress(`Deploying ${name}`),
    });
  } finally {
    await leadership.release(lease);
  }
  return { chainId, genesisHash, addresses };
}

async function acquire(leadership: Leadership, signal: AbortSignal) {
  for (;;) {
    signal.throwIfAborted();
    const lease = await leadership.acquire("deployment");
    if (lease) return lease;
    await delay(waitMs);
  }
}

async function priceOf(fees: FeeConfig, rpc: Rpc): Promise<bigint> {
  if (fees.policy === "zero") return 0n;
  if (fees.policy === "fixed") return fees.gasPrice;
  const market = BigInt(await rpc.call<string>("eth_gasPrice")) * 2n;
  return market < fees.feeCap ? market : fees.feeCap;
}
