import { breakerStates, type EndpointState, type LaneState } from "./ports.ts";
import type { Sample, Scraped } from "./scraped.ts";

/** What a lane did beside sending once, and what it found. */
const actions = {
  rebroadcast: "rebroadcastTotal",
  bump: "bumpTotal",
  cancel: "cancelTotal",
  replaced: "replacedTotal",
  dead: "deadTotal",
  superseded: "supersededTotal",
} as const satisfies Record<string, keyof LaneState>;

/** The lanes of this gateway. */
export function defineLaneMetrics(scraped: Scraped, lanes: () => readonly LaneState[]): void {
  const gauge = (name: string, help: string, read: (lane: LaneState) => Sample["value"]) =>
    scraped.gauge({
      name,
      help,
      labelNames: ["lane"],
      read: () => lanes().map((lane) => ({ labels: { lane: lane.number }, value: read(lane) })),
    });
  /** What only the process knows that sends for the lane. */
  const ofLeader = (read: (lane: LaneState) => Sample["value"]) => (lane: LaneState) =>
    lane.isLeader ? read(lane) : undefined;
  gauge("hansa_lane_leader", "1 while this process sends for the lane.", ({ isLeader }) => Number(isLeader));
  gauge("hansa_lane_quarantined", "1 while the lane sends nothing until a person has looked.", ({ quarantined }) =>
    Number(quarantined),
  );
  gauge(
    "hansa_lane_next_nonce",
    "Nonce that the lane gives out next.",
    ofLeader(({ nextNonce }) => nextNonce),
  );
  gauge(
    "hansa_lane_open",
    "Transactions of the lane that are signed and not in a block.",
    ofLeader(({ openCount }) => openCount),
  );
  gauge(
    "hansa_lane_nonce_gap",
    "Nonces given out that are neither on the ledger nor open. Must be 0.",
    ofLeader(nonceGap),
  );
  gauge(
    "hansa_lane_head_age_seconds",
    "Time since the lane's lowest nonce outside a block was signed; 0 without one.",
    ofLeader(({ headOfLaneAgeMs }) => headOfLaneAgeMs / 1000),
  );
  defineLaneCounters(scraped, lanes);
}

function defineLaneCounters(scraped: Scraped, lanes: () => readonly LaneState[]): void {
  scraped.counter({
    name: "hansa_lane_broadcasts_total",
    help: "Transactions that a node took from the lane for the first time.",
    labelNames: ["lane"],
    read: () => lanes().map(({ number, broadcastTotal }) => ({ labels: { lane: number }, value: broadcastTotal })),
  });
  scraped.counter({
    name: "hansa_lane_actions_total",
    help: "What a lane did beside sending once (rebroadcast, bump, cancel) and found (replaced, dead, superseded).",
    labelNames: ["lane", "action"],
    read: () =>
      lanes().flatMap((lane) =>
        Object.entries(actions).map(([action, field]) => ({
          labels: { lane: lane.number, action },
          value: lane[field],
        })),
      ),
  });
  scraped.counter({
    name: "hansa_lane_refusals_total",
    help: "Transactions that a node refused, by class of refusal.",
    labelNames: ["lane", "class"],
    read: () =>
      lanes().flatMap(({ number, refusedTotal }) =>
        Object.entries(refusedTotal).map(([name, value]) => ({ labels: { lane: number, class: name }, value })),
      ),
  });
}

function nonceGap({ nextNonce, countOnLedger, openCount }: LaneState): number | undefined {
  if (typeof nextNonce !== "number" || typeof countOnLedger !== "number") return undefined;
  return nextNonce - countOnLedger - openCount;
}

/** Whether calls to an endpoint are let through, and whether it is believed. */
export function defineEndpointMetrics(scraped: Scraped, endpoints: () => readonly EndpointState[]): void {
  scraped.gauge({
    name: "hansa_rpc_breaker",
    help: "State of the circuit breaker of a ledger endpoint: 1 at the state that it is in.",
    labelNames: ["endpoint", "state"],
    read: () =>
      endpoints().flatMap(({ name, breaker }) =>
        breakerStates.map((state) => ({ labels: { endpoint: name, state }, value: Number(state === breaker) })),
      ),
  });
  scraped.gauge({
    name: "hansa_rpc_endpoint_distrusted",
    help: "1 while an endpoint is not believed: it gave what does not verify, or serves another chain.",
    labelNames: ["endpoint"],
    read: () =>
      endpoints().map(({ name, setAside, otherChain }) => ({
        labels: { endpoint: name },
        value: Number(setAside || otherChain),
      })),
  });
}
