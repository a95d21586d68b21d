import type { Context } from "../shared/context.ts";
import { AppError, invariant } from "../shared/errors.ts";
import { createEndpoint, type Endpoint, type EndpointSettings, type EndpointState } from "./endpoint.ts";
import type { Rpc } from "./rpc.ts";
import { unavailabilityOf, unavailable } from "./rpcTransport.ts";

/** What an endpoint can be caught at: a fault of `verifyBlock`, or anything else that names its check. */
export interface CaughtFault {
  readonly check: string;
}

/** Thrown by the work of `sticky`: this endpoint gave something that does not verify, so another one is asked. */
export class EndpointFault extends Error {
  override readonly name = "EndpointFault";
  readonly fault: CaughtFault;

  constructor(fault: CaughtFault) {
    super(`an endpoint gave something that does not verify: ${fault.check}`);
    this.fault = fault;
  }
}

export interface EndpointPoolOptions extends EndpointSettings {
  readonly context: Context;
  /** In order of preference. */
  readonly urls: readonly string[];
  /** How many endpoints must have reached a block before it counts as the head; without it, more than half of those that answer. */
  readonly quorum?: number | undefined;
  /** How long an endpoint that lied is asked only when no other is left. */
  readonly asideMs?: number | undefined;
}

export interface Head {
  /** Highest block that enough endpoints have reached. */
  readonly number: number;
  /** The head of each endpoint that answered. */
  readonly endpoints: Readonly<Record<string, number>>;
}

/**
 * Several endpoints of one chain as one. `call` and `batch` go to one endpoint and stay with it until it does not answer;
 * then the next one gets the same calls, also `eth_sendRawTransaction`: the same bytes are the same transaction. An error
 * that a node answers with is an answer and goes to the caller.
 *
 * @throws AppError `chain.unavailable` when none answers (fact `reason`), `chain.other_chain` when all serve another.
 */
export interface EndpointPool extends Rpc {
  head(): Promise<Head>;
  /**
   * Does the work with one endpoint for all its calls, so that what it reads fits together. When the endpoint does not
   * answer, is behind, or the work throws an `EndpointFault`, the work is done anew with the next one.
   * @throws EndpointFault when every endpoint was asked and each gave something that does not verify.
   */
  sticky<T>(work: (rpc: Rpc, endpoint: string) => Promise<T>): Promise<T>;
  /** For faults that are found later than in `sticky`: sets the endpoint aside for a time. */
  report(endpoint: string, fault: CaughtFault): void;
  state(): EndpointPoolState;
  close(): Promise<void>;
}

export interface EndpointPoolState {
  readonly endpoints: readonly EndpointState[];
  /** Of the last `head()`. */
  readonly head: number | null;
  /** Changes from one endpoint to another in all. */
  readonly failovers: number;
}

export function createEndpointPool(options: EndpointPoolOptions): EndpointPool {
  const { context, urls, asideMs = 600_000, quorum } = options;
  invariant(urls.length > 0, "a pool has an endpoint");
  const endpoints = urls.map((url, index) => createEndpoint({ context, url, index }, options));
  /** Place of the one that answered last. */
  let current = 0;
  let lastHead: number | null = null;
  let failovers = 0;

  function report(name: string, { check }: CaughtFault): void {
    const endpoint = endpoints.find((one) => one.name === name);
    invariant(endpoint, "a report names an endpoint of the pool");
    endpoint.setAside(context.clock.wallMs() + asideMs);
    context.logger.error({ endpoint: name, check }, "an endpoint gave something that does not verify");
  }

  function stayWith(endpoint: Endpoint): void {
    const place = endpoints.indexOf(endpoint);
    if (place !== current) failovers += 1;
    current = place;
  }

  async function withFailover<T>(work: (endpoint: Endpoint) => Promise<T>): Promise<T> {
    const failures: unknown[] = [];
    for (const endpoint of inOrder(endpoints, current)) {
      try {
        const result = await work(endpoint);
        stayWith(endpoint);
        return result;
      } catch (error) {
        if (!isOfEndpoint(error)) throw error;
        if (error instanceof EndpointFault) report(endpoint.name, error.fault);
        failures.push(error);
      }
    }
    throw conclusionOf(failures);
  }

  return {
    call: (method, params) => withFailover((endpoint) => endpoint.call(method, params)),
    batch: (calls) => withFailover((endpoint) => endpoint.batch(calls)),
    sticky: (work) => withFailover((endpoint) => work(endpoint, endpoint.name)),
    report,
    async head() {
      const trusted = endpoints.filter((endpoint) => !endpoint.isSetAside());
      const found = await readHeads(trusted);
      // One that lied has no say as long as another one answers.
      if (found.heads.size === 0)
        await readHeads(
          endpoints.filter((one) => !trusted.includes(one)),
          found,
        );
      lastHead = quorumHead(found, quorum);
      return { number: lastHead, endpoints: Object.fromEntries(found.heads) };
    },
    state: () => ({ endpoints: endpoints.map((endpoint) => endpoint.state()), head: lastHead, failovers }),
    async close() {
      await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    },
  };
}

/** From this place on and around; those that were set aside last. */
function inOrder(endpoints: readonly Endpoint[], first: number): readonly Endpoint[] {
  const around = [...endpoints.slice(first), ...endpoints.slice(0, first)];
  return [...around.filter((one) => !one.isSetAside()), ...around.filter((one) => one.isSetAside())];
}

interface Heads {
  readonly heads: Map<string, number>;
  readonly failures: unknown[];
}

async function readHeads(
  asked: readonly Endpoint[],
  found: Heads = { heads: new Map(), failures: [] },
): Promise<Heads> {
  const results = await Promise.allSettled(asked.map((endpoint) => endpoint.readHead()));
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") found.heads.set(asked[index]?.name ?? "", result.value);
    else if (isOfEndpoint(result.reason)) found.failures.push(result.reason);
    else throw result.reason;
  }
  return found;
}

/** The highest number that enough endpoints have reached. */
function quorumHead({ heads, failures }: Heads, quorum: number | undefined): number {
  const descending = [...heads.values()].sort((a, b) => b - a);
  const number = descending[(quorum ?? Math.floor(descending.length / 2) + 1) - 1];
  if (number === undefined) throw conclusionOf(failures);
  return number;
}

function isOtherChain(error: unknown): boolean {
  return error instanceof AppError && error.code === "chain.other_chain";
}

/** Whether another endpoint may do better. */
function isOfEndpoint(error: unknown): boolean {
  return unavailabilityOf(error) !== undefined || isOtherChain(error) || error instanceof EndpointFault;
}

/** What all failures together mean: the worst only when no endpoint is left that may come back and be right. */
function conclusionOf(failures: readonly unknown[]): unknown {
  const silent = failures.findLast((failure) => unavailabilityOf(failure) !== undefined);
  if (silent !== undefined) return silent;
  return failures.find((failure) => failure instanceof EndpointFault) ?? failures[0] ?? unavailable("unreachable");
}
