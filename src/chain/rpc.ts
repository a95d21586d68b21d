import { AppError } from "../shared/errors.ts";
import { assertOutsideTransaction } from "../shared/transactionScope.ts";

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
  /** One round trip; each entry is its own result or error. */
  batch(calls: readonly RpcCall[]): Promise<readonly (unknown | RpcError)[]>;
}

interface WireReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { code: number; message: string; data?: unknown };
}

/** A JSON-RPC client over HTTP. Never used inside a database transaction. */
export function createRpc({ url, timeoutMs = 30_000 }: { url: string; timeoutMs?: number }): Rpc {
  let nextId = 1;

  async function post(payload: unknown): Promise<unknown> {
    assertOutsideTransaction("a call to the ledger");
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(payload),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return await response.json();
    } catch (cause) {
      throw new AppError("chain.unavailable", {}, { cause });
    }
  }

  function settle(reply: WireReply | undefined): unknown | RpcError {
    if (!reply) throw new AppError("chain.unavailable");
    if (reply.error) return new RpcError(reply.error.code, reply.error.message, revertData(reply.error.data));
    return reply.result;
  }

  return {
    async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
      const reply = await post({ jsonrpc: "2.0", id: nextId++, method, params });
      const result = settle(reply as WireReply);
      if (result instanceof RpcError) throw result;
      return result as T;
    },
    async batch(calls) {
      if (calls.length === 0) return [];
      const first = nextId;
      nextId += calls.length;
      const replies = await post(calls.map((call, index) => ({ jsonrpc: "2.0", id: first + index, ...call })));
      if (!Array.isArray(replies)) throw new AppError("chain.unavailable");
      const byId = new Map((replies as WireReply[]).map((reply) => [reply.id, reply]));
      return calls.map((_, index) => settle(byId.get(first + index)));
    },
  };
}

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
