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

export function createLedgerReads({ rpc }: { rpc: Rpc }): LedgerReads {
  async function simulate(call: { from?: string; to: string; data: string }): Promise<string> {
    try {
      return await rpc.call<string>("eth_call", [call, now]);
    } catch (error) {
      if (error instanceof RpcError) throw contractError(error.data);
      throw error;
    }
  }

  return {
    simulate,
    async read<T>(name: InterfaceName, address: string, { fn, args = [] }: { fn: string; args?: readonly unknown[] }) {
      const data = await simulate({ to: address, data: encodeCall(name, fn, args) });
      return decodeOutputs(interfaces[name].abi, interfaces[name].contract, { name: fn, data }) as T;
    },
  };
}
