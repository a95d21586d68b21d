import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { askedBlock } from "./askedBlock.ts";
import { type BreakerOptions, type BreakerState, createBreaker } from "./breaker.ts";
import { createEndpointIdentity, type ExpectedChain } from "./endpointIdentity.ts";
import { createRpc, type Rpc, type RpcCall, type RpcClient, RpcError, type RpcOptions } from "./rpc.ts";
import { unavailabilityOf, unavailable } from "./rpcTransport.ts";

export interface EndpointSettings {
  readonly expect?: ExpectedChain | undefined;
  readonly client?: Omit<RpcOptions, "url" | "name"> | undefined;
  readonly breaker?: Omit<BreakerOptions, "clock"> | undefined;
  /** For questions that many others wait for: the head, the chain. */
  readonly probeTimeoutMs?: number | undefined;
  /** How long an endpoint of another chain is left alone before it is asked again. */
  readonly recheckMs?: number | undefined;
}

/** As the metrics show it. */
export interface EndpointState {
  /** Place in the configuration and host; never the address, which may hold a key. */
  readonly name: string;
  readonly breaker: BreakerState;
  /** It gave what does not verify and is asked only when no other is left. */
  readonly setAside: boolean;
  readonly otherChain: boolean;
  /** Last head seen on it. */
  readonly head: number | null;
  /** Round trips in all. */
  readonly calls: number;
  /** In all, by class: a `reason` of `chain.unavailable`, or `refused`, `other_chain`, `lied`. */
  readonly errors: Readonly<Record<string, number>>;
}

/** One endpoint: asks only what it can know, only of the right chain, only while it answers. */
export interface Endpoint extends Rpc {
  readonly name: string;
  readHead(): Promise<number>;
  /** It gave something that does not verify. */
  setAside(untilMs: number): void;
  isSetAside(): boolean;
  state(): EndpointState;
  close(): Promise<void>;
}

interface EndpointClients {
  readonly client: RpcClient;
  /** Gives up sooner. */
  readonly prober: RpcClient;
}

const blockNumberForm = /^0x[0-9a-f]{1,13}$/;

export function createEndpoint(
  { context, url, index }: { context: Context; url: string; index: number },
  settings: EndpointSettings,
): Endpoint {
  const { clock } = context;
  const name = `${index}:${new URL(url).host}`;
  const counts = { calls: 0, errors: {} as Record<string, number> };
  const { client, prober } = createClients({ url, name }, settings, () => {
    counts.calls += 1;
  });
  const { recheckMs = 60_000, expect = {} } = settings;
  const identity = createEndpointIdentity({ context, name, rpc: prober, expect, recheckMs });
  const breaker = createBreaker({ ...settings.breaker, clock });
  let head: number | undefined;
  let asideUntilMs = 0;

  async function askHead(): Promise<number> {
    const answer = await prober.call<unknown>("eth_blockNumber");
    if (typeof answer !== "string" || !blockNumberForm.test(answer)) throw unavailable("not_json_rpc");
    head = Number(answer);
    return head;
  }

  async function guarded<T>(asked: readonly RpcCall[], send: () => Promise<T>): Promise<T> {
    if (!breaker.enter()) throw unavailable("breaker_open");
    try {
      await identity.ensure();
      const block = askedBlock(asked);
      // Nothing is asked for a block above a head that this endpoint has shown.
      if (block !== undefined && block > (head ?? -1) && block > (await askHead())) throw unavailable("behind");
      const result = await send();
      breaker.succeeded();
      return result;
    } catch (error) {
      learn(error);
      throw error;
    }
  }

  /** Only silence counts against an endpoint. An answer that nobody likes is an answer. */
  function learn(error: unknown): void {
    const kind = kindOf(error);
    if (kind === undefined) {
      breaker.left();
      return;
    }
    counts.errors[kind] = (counts.errors[kind] ?? 0) + 1;
    if (kind === "behind" || unavailabilityOf(error) === undefined) {
      breaker.succeeded();
      return;
    }
    const before = breaker.state();
    breaker.failed();
    if (breaker.state() !== "open" || before === "open") return;
    identity.forget();
    head = undefined;
    context.logger.warn({ endpoint: name, reason: kind }, "an endpoint does not answer and is left alone for a while");
  }

  const isSetAside = (): boolean => clock.wallMs() < asideUntilMs;
  return {
    name,
    async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
      const result = await guarded([{ method, params }], () => client.call<T>(method, params));
      if (method === "eth_blockNumber") head = Number(result);
      return result;
    },
    batch: (asked) => guarded(asked, () => client.batch(asked)),
    readHead: () => guarded([], askHead),
    setAside(untilMs) {
      counts.errors["lied"] = (counts.errors["lied"] ?? 0) + 1;
      asideUntilMs = untilMs;
    },
    isSetAside,
    state: () => ({
      ...{ name, breaker: breaker.state(), setAside: isSetAside(), otherChain: identity.isOther() },
      ...{ head: head ?? null, calls: counts.calls, errors: { ...counts.errors } },
    }),
    async close() {
      await Promise.all([client.close(), prober.close()]);
    },
  };
}

function createClients(
  address: { readonly url: string; readonly name: string },
  { client = {}, probeTimeoutMs = 5_000 }: EndpointSettings,
  count: () => void,
): EndpointClients {
  const options: RpcOptions = {
    ...client,
    ...address,
    onCall(observation) {
      count();
      client.onCall?.(observation);
    },
  };
  return { client: createRpc(options), prober: createRpc({ ...options, timeoutMs: probeTimeoutMs, connections: 2 }) };
}

/** Class of an error that an endpoint answers for. */
function kindOf(error: unknown): string | undefined {
  if (error instanceof RpcError) return "refused";
  if (error instanceof AppError && error.code === "chain.other_chain") return "other_chain";
  return unavailabilityOf(error);
}
