import type { EndpointPool } from "./chain/endpoints.ts";
import { createRpc } from "./chain/rpc.ts";
import type { FeePolicy } from "./chain/sending/fees.ts";
import { createLane, type Lane } from "./chain/sending/lane.ts";
import { laneKey, laneName } from "./chain/sending/laneKeys.ts";
import type { Config, FeeConfig } from "./config.ts";
import type { Leadership } from "./domain/leadership.ts";
import type { SenderStore } from "./domain/transaction.ts";
import type { Context } from "./shared/context.ts";

/** A ledger that mines at once has no pool that could overflow; Besu keeps 200 of one sender. */
const inFlight = { embedded: 1_000, external: 150 };
const sendMax = { embedded: 500, external: 100 };
/** Of the fee market: a replacement every half minute, ten at most, each 15 % above the one before. */
const market = { baseFeeMultiple: 2, bumpPercent: 15, bumpAfterMs: 30_000, attemptsMax: 10 };

interface LaneParts {
  readonly context: Context;
  readonly config: Config;
  readonly pool: EndpointPool;
  /** Each endpoint by itself: all are asked before an act is given up. */
  readonly urls: readonly string[];
  readonly chainId: number;
  /** From which the key of every lane derives. */
  readonly baseKey: string;
  readonly store: SenderStore;
  readonly leadership: Leadership;
  readonly onBroadcast: () => void;
}

/** The configured lanes, and those of an earlier configuration, which bring to an end what they have begun. */
export async function openLanes(parts: LaneParts): Promise<readonly Lane[]> {
  const { config, baseKey, context, pool, store } = parts;
  const endpoints = parts.urls.map((url) => createRpc({ url }));
  context.shutdown.add("endpoints one by one", async () => {
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  });
  const known = await store.knownLanes();
  const count = Math.max(config.lanes, ...known.map(({ number }) => number + 1));
  return Array.from({ length: count }, (_, number) =>
    createLane({
      context,
      rpc: pool,
      endpoints: () => endpoints,
      chainId: parts.chainId,
      key: laneKey(baseKey, number),
      lane: laneName(baseKey, number),
      laneCount: config.lanes,
      store,
      leadership: parts.leadership,
      fees: feePolicyOf(config.fees),
      inFlightMax: inFlight[config.ledger.kind],
      sendMax: sendMax[config.ledger.kind],
      finality: config.ledger.kind === "external" ? config.ledger.finality : { kind: "instant" },
      onBroadcast: parts.onBroadcast,
    }),
  );
}

function feePolicyOf(fees: FeeConfig): FeePolicy {
  if (fees.policy === "zero") return { kind: "zero" };
  if (fees.policy === "fixed") return { kind: "fixed", gasPrice: fees.gasPrice.toString() };
  const prices = { maxPriorityFeePerGas: fees.priorityFee.toString(), maxFeePerGasCap: fees.feeCap.toString() };
  return { kind: "eip1559", ...prices, ...market };
}
