import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import { createTransport, type TransportOptions, unavailabilityOf, unavailable } from "./rpcTransport.ts";

/** An answer of the node that is an error: its code, and the revert data where there is any. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data: string | undefined) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface Rpc {
  /** @throws RpcError when the node answers an error, AppError `chain.unavailable` when it does not answer. */
  call<T = unknown>(method: string, params?: readonly unknown[]): Promise<T>;
  /** One round trip (several beyond `batchMax`, one after the other); each entry is its own result or error. */
  batch(calls: readonly RpcCall[]): Promise<readonly (unknown | RpcError)[]>;
}

/** What became of one round trip. */
export interface RpcObservation {
  /** Of a batch: the method of all its calls, or `mixed`. */
  readonly method: string;
  /** How many calls it carried. */
  readonly calls: number;
  readonly endpoint: string;
  readonly seconds: number;
  /** `ok`; `refused` when a single call was answered with an error; otherwise why there was no answer. */
  readonly outcome: string;
}

export interface RpcOptions extends TransportOptions {
  /** Names the endpoint in observations; without it, host and port. Never the address: it may hold a key. */
  readonly name?: string;
  /** Calls to a round trip. */
  readonly batchMax?: number;
  readonly onCall?: (observation: RpcObservation) => void;
}

export interface RpcClient extends Rpc {
  /** Ends its connections; calls under way end as unavailable. */
  close(): Promise<void>;
}

interface WireReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown } | null;
}

/** A JSON-RPC client over HTTP. Never used inside a database transaction. */
export function createRpc(options: RpcOptions): RpcClient {
  const { batchMax = 500, name = new URL(options.url).host, onCall } = options;
  const transport = createTransport(options);
  let nextId = 1;

  async function observed<T>(calls: readonly RpcCall[], work: () => Promise<T>): Promise<T> {
    assertOutsideTransaction("a call to the ledger");
    const startedMs = performance.now();
    let outcome = "ok";
    try {
      return await work();
    } catch (error) {
      outcome = error instanceof RpcError ? "refused" : (unavailabilityOf(error) ?? "fault");
      throw error;
    } finally {
      const seconds = (performance.now() - startedMs) / 1_000;
      onCall?.({ method: methodOf(calls), calls: calls.length, endpoint: name, seconds, outcome });
    }
  }

  async function post(calls: readonly RpcCall[]): Promise<readonly unknown[]> {
    const first = nextId;
    nextId += calls.length;
    const replies = await transport.post(calls.map((call, index) => ({ jsonrpc: "2.0", id: first + index, ...call })));
    // One error for the whole batch, such as "too many": nothing is known of any call.
    if (!Array.isArray(replies)) throw unavailable("not_json_rpc", errorOf(replies));
    const byId = new Map(replies.map((reply: unknown) => [idOf(reply), reply]));
    // A reply twice, or to a call that was not made: which one is true is not known.
    if (replies.length !== calls.length || byId.size !== calls.length) throw unavailable("not_json_rpc");
    return calls.map((_, index) => settle(byId.get(first + index), first + index));
  }

  return {
    call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
      return observed([{ method, params }], async () => {
        const id = nextId++;
        const result = settle(await transport.post({ jsonrpc: "2.0", id, method, params }), id);
        if (result instanceof RpcError) throw result;
        return result as T;
      });
    },
    async batch(calls) {
      const results: unknown[] = [];
      for (let from = 0; from < calls.length; from += batchMax) {
        const part = calls.slice(from, from + batchMax);
        results.push(...(await observed(part, () => post(part))));
      }
      return results;
    },
    close: () => transport.close(),
  };
}

function methodOf(calls: readonly RpcCall[]): string {
  const first = calls[0]?.method ?? "";
  return calls.every(({ method }) => method === first) ? first : "mixed";
}

function idOf(reply: unknown): unknown {
  return typeof reply === "object" && reply !== null && "id" in reply ? reply.id : undefined;
}

/** The result or the error that this reply gives to the call with this id. An error without words is one too. */
function settle(reply: unknown, id: number): unknown | RpcError {
  if (idOf(reply) !== id) throw unavailable("not_json_rpc");
  const error = errorOf(reply);
  if (error) return error;
  const { result } = reply as WireReply;
  if (result === undefined) throw unavailable("not_json_rpc");
  return result;
}

function errorOf(reply: unknown): RpcError | undefined {
  const error = typeof reply === "object" && reply !== null ? (reply as WireReply).error : undefined;
  if (error === undefined || error === null) return undefined;
  const code = typeof error.code === "number" ? error.code : internalError;
  return new RpcError(code, typeof error.message === "string" ? error.message : "", revertData(error.data));
}

const internalError = -32_603;

/** Nodes put revert data either into `data` or into `data.data`. */
function revertData(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  if (data && typeof data === "object" && "data" in data) return revertData(data.data);
  return undefined;
}

/** Hex quantity of JSON-RPC. */
export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
