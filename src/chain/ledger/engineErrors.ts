import { type RpcOutcome, refuse } from "./rpc.ts";

/**
 * What the engine threw as the answer that it is; undefined for a fault. The engine's panics carry no JSON-RPC code, or
 * the code -1: they are not refusals.
 */
export function asRefusal(error: unknown): RpcOutcome | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message, data } = error as Error & { readonly code?: unknown; readonly data?: unknown };
  if (typeof code !== "number" || code === -1) return undefined;
  return refuse(data === undefined || data === null ? { code, message } : { code, message, data });
}
