import { assertOutsideTransaction } from "../shared/transactionScope.ts";
import { decodeOutputs } from "./abiValues.ts";
import { contractError } from "./contractErrors.ts";
import { encodeCall, type InterfaceName, interfaces } from "./contractSet.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** Block tag that sees business time: what a transaction sent now would see. */
const now = "pending";

export interface LedgerReads {
  /** Result of a view function as plain JSON (enums by name, large integers as decimal strings). */
  read<T>(contract: InterfaceName, address: string, call: { fn: string; args?: readonly unknown[] }): Promise<T>;
  /** Executes without effect. @throws AppError with the contract's own refusal. */
  simulate(call: { from: string; to: string; data: string }): Promise<string>;
}

/** So many calls go out in one JSON-RPC batch: more would hold up everybody else's at the node. */
const batchMax = 50;

interface Asked {
  readonly call: EthCall;
  readonly resolve: (data: string) => void;
  readonly reject: (error: unknown) => void;
}

interface EthCall {
  readonly from?: string;
  readonly to: string;
  readonly data: string;
}

/**
 * Calls that are asked for in the same turn of the event loop go out together, in one round trip: those of a batch of
 * acts, and those of requests that came at the same time. One alone waits for nobody.
 */
export function createLedgerReads({ rpc }: { rpc: Rpc }): LedgerReads {
  let asked: Asked[] = [];

  function ask(call: EthCall): Promise<string> {
    assertOutsideTransaction("a call to the ledger");
    return new Promise((resolve, reject) => {
      asked.push({ call, resolve, reject });
      if (asked.length === batchMax) send();
      else if (asked.length === 1) setImmediate(send);
    });
  }

  function send(): void {
    const sent = asked;
    asked = [];
    if (sent.length > 0) void answer(sent);
  }

  async function answer(sent: readonly Asked[]): Promise<void> {
    try {
      const results = await rpc.batch(sent.map(({ call }) => ({ method: "eth_call", params: [call, now] })));
      for (const [index, { resolve, reject }] of sent.entries()) {
        const result = results[index];
        if (result instanceof RpcError) reject(contractError(result.data));
        else resolve(result as string);
      }
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }

  return {
    simulate: ask,
    async read<T>(name: InterfaceName, address: string, { fn, args = [] }: { fn: string; args?: readonly unknown[] }) {
      const data = await ask({ to: address, data: encodeCall(name, fn, args) });
      return decodeOutputs(interfaces[name].abi, interfaces[name].contract, { name: fn, data }) as T;
    },
  };
}
