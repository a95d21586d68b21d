/** JSON-RPC 2.0 as the ledger's endpoint speaks it: shapes and error codes. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  /** For a revert (code 3) its bytes as hex. For the endpoint's own refusals `{code, …facts}` of the error table. */
  readonly data?: unknown;
}

export type RpcOutcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: RpcError };

export type RpcReply = { readonly jsonrpc: "2.0"; readonly id: RpcId } & (
  | { readonly result: unknown }
  | { readonly error: RpcError }
);

export type RpcId = string | number | null;

export interface RpcRequest {
  readonly id: RpcId;
  readonly method: string;
  readonly params: readonly unknown[];
}

export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  refused: -32000,
} as const;

export function refuse(error: RpcError): RpcOutcome {
  return { ok: false, error };
}

/**
 * Reads one request object. A request without an id (a notification) is refused: nobody would learn what
 * became of it.
 */
export function readRequest(value: unknown): RpcRequest | { readonly id: RpcId; readonly error: RpcError } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { id: null, error: { code: rpcCodes.invalidRequest, message: "a request must be an object" } };
  }
  const { jsonrpc, id, method, params = [] } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" && typeof id !== "number" && id !== null) {
    return { id: null, error: { code: rpcCodes.invalidRequest, message: "id must be a string, a number or null" } };
  }
  if (jsonrpc !== "2.0" || typeof method !== "string") {
    return { id, error: { code: rpcCodes.invalidRequest, message: 'a request needs jsonrpc "2.0" and a method' } };
  }
  if (!Array.isArray(params)) {
    return { id, error: { code: rpcCodes.invalidParams, message: "params must be an array" } };
  }
  return { id, method, params };
}

export function reply(id: RpcId, outcome: RpcOutcome): RpcReply {
  return outcome.ok
    ? { jsonrpc: "2.0", id, result: outcome.result ?? null }
    : { jsonrpc: "2.0", id, error: outcome.error };
}
