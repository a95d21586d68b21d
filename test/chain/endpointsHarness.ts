import { createEndpointPool, type EndpointPool, type EndpointPoolOptions } from "../../src/chain/endpoints.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import type { Context } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { type FakeNode, startFakeNode } from "./fakeNode.ts";

type State = ReturnType<EndpointPool["state"]>["endpoints"][number];

/** Three nodes of one chain, and pools over them on a clock that tests move. */
export interface PoolHarness {
  readonly nodes: readonly FakeNode[];
  readonly clock: ReturnType<typeof createFixedClock>;
  readonly logged: { readonly facts: object; readonly message: string }[];
  node(index: number): FakeNode;
  open(options?: Partial<EndpointPoolOptions>): EndpointPool;
  endpoint(pool: EndpointPool, index: number): State;
  /** How many calls of this method each node got. */
  asked(method: string): readonly number[];
  close(): Promise<void>;
}

const genesis = `0x${"9e".repeat(32)}`;

export async function startPoolHarness(): Promise<PoolHarness> {
  const clock = createFixedClock(1_000_000);
  const logged: PoolHarness["logged"] = [];
  const nodes = await Promise.all([10, 10, 10].map((head) => startFakeNode({ head, genesis })));
  const pools: EndpointPool[] = [];
  const log = (facts: object, message: string): void => void logged.push({ facts, message });
  const logger = { debug: log, info: log, warn: log, error: log };
  const context: Context = { logger, clock, shutdown: createShutdown() };
  return {
    ...{ nodes, clock, logged },
    node: (index) => present(nodes[index]),
    open(options = {}) {
      const pool = createEndpointPool({
        context,
        urls: nodes.map(({ url }) => url),
        expect: { chainId: 5, genesisHash: genesis },
        client: { timeoutMs: 1_000 },
        probeTimeoutMs: 200,
        ...options,
      });
      pools.push(pool);
      return pool;
    },
    endpoint: (pool, index) => present(pool.state().endpoints[index]),
    asked: (method) => nodes.map((one) => one.asked.filter((name) => name === method).length),
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await Promise.all(nodes.map((one) => one.close()));
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is no such node");
  return value;
}

export function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
