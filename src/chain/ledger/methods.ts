import { codes } from "../../shared/errors/codes.ts";
import { AppError, type Facts } from "../../shared/errors.ts";
import type { Ledger } from "./ledger.ts";
import { type RpcOutcome, type RpcRequest, refuse, rpcCodes } from "./rpc.ts";

/** Read by the engine as they stand. */
const READS: ReadonlySet<string> = new Set([
  "eth_chainId",
  "eth_blockNumber",
  "eth_getBlockByNumber",
  "eth_getBlockByHash",
  "eth_getTransactionByHash",
  "eth_getTransactionReceipt",
  "eth_getTransactionCount",
  "eth_getCode",
  "eth_getBalance",
  "eth_getStorageAt",
  "eth_feeHistory",
  "eth_getLogs",
  "net_version",
  "web3_clientVersion",
]);

/**
 * A simulation of what would happen now happens in the pending block: its number and its business time,
 * as execution now would have them. On an idle ledger the latest block may be weeks old.
 */
const SIMULATIONS: ReadonlySet<string> = new Set(["eth_call", "eth_estimateGas"]);
const NOW: ReadonlySet<unknown> = new Set([undefined, null, "latest", "pending"]);

/** Every method that the endpoint serves. Nothing else reaches the engine. */
export const servedMethods: readonly string[] = [...READS, ...SIMULATIONS, "eth_gasPrice", "eth_sendRawTransaction"];

/** Answers one request. Enqueues before it first waits, so requests of one batch keep their order. */
export async function answer(ledger: Ledger, { method, params }: RpcRequest): Promise<RpcOutcome> {
  try {
    if (READS.has(method)) return await ledger.read(method, params);
    if (SIMULATIONS.has(method)) return await ledger.read(method, inPendingBlock(params));
    if (method === "eth_sendRawTransaction") return await send(ledger, params);
    // Transactions are free here; the engine would suggest 1 gwei, which nobody could pay.
    if (method === "eth_gasPrice") return { ok: true, result: "0x0" };
  } catch (error) {
    if (error instanceof AppError) return refuseWith(error);
    throw error;
  }
  return refuse({
    code: rpcCodes.methodNotFound,
    message: "the method does not exist or is not served",
    data: { code: "ledger.method_not_served" },
  });
}

/**
 * The engine executes one thing at a time, so a simulation that burns gas holds everybody up: about 45 ms for each
 * million. The costliest act of the contracts takes less than a third of this.
 */
const simulationGasMax = 5_000_000;

function inPendingBlock(params: readonly unknown[]): readonly unknown[] {
  const [transaction, block, ...overrides] = params;
  return [withGasCap(transaction), NOW.has(block) ? "pending" : block, ...overrides];
}

function withGasCap(transaction: unknown): unknown {
  if (typeof transaction !== "object" || transaction === null) return transaction;
  // Not a number where none is asked for.
  const asked = Number((transaction as { readonly gas?: unknown }).gas);
  const gas = Number.isSafeInteger(asked) && asked >= 0 ? Math.min(asked, simulationGasMax) : simulationGasMax;
  return { ...transaction, gas: `0x${gas.toString(16)}` };
}

async function send(ledger: Ledger, params: readonly unknown[]): Promise<RpcOutcome> {
  if (params.length !== 1) {
    return refuse({ code: rpcCodes.invalidParams, message: "eth_sendRawTransaction takes one parameter" });
  }
  const submission = await ledger.submit(params[0]);
  if (submission.kind === "mined") return { ok: true, result: submission.hash };
  const { reason, message } = submission;
  return refuse({ code: rpcCodes.refused, message, data: { code: "ledger.transaction_refused", reason } });
}

function refuseWith({ code, facts }: { code: keyof typeof codes; facts: Facts }): RpcOutcome {
  return refuse({ code: rpcCodes.refused, message: codes[code].title, data: { code, ...facts } });
}
