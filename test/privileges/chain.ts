import { keccak256, toUtf8Bytes } from "ethers";
import { startEngine } from "../../src/chain/ledger/engine.ts";
import { type Rpc, RpcError } from "../../src/chain/rpc.ts";
import { type ContractError, readError } from "./contracts.ts";

export interface Call {
  readonly from: string;
  readonly to: string;
  readonly data: string;
}

export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

export type Outcome =
  | { readonly kind: "done"; readonly logs: readonly Log[] }
  | { readonly kind: "refused"; readonly error: ContractError };

/** The ledger's own engine without its filter: a test may send from any address and go back in time. */
export interface Chain {
  readonly rpc: Rpc;
  /** Seconds; every transaction is mined at this time until it is moved. */
  now(): number;
  moveTo(time: number): void;
  /** From here on transactions from this address need no signature. */
  impersonate(address: string): Promise<void>;
  /** Mines the transaction, whether it is refused or not. */
  attempt(call: Call): Promise<Outcome>;
  /** Creates a contract. */
  create(from: string, initCode: string): Promise<string>;
  read(to: string, data: string): Promise<string>;
  /** Goes back to this state each time that it is called. */
  mark(): Promise<() => Promise<void>>;
  /** Equal exactly when code and storage of all these addresses are equal. */
  fingerprint(addresses: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

interface Receipt {
  readonly status: string;
  readonly logs: readonly Log[];
  readonly contractAddress: string | null;
}

const GAS = "0xf42400";

function revertData(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  return typeof data === "object" && data !== null && "data" in data ? revertData(data.data) : undefined;
}

export async function startChain(genesisSeconds: number): Promise<Chain> {
  const engine = await startEngine(genesisSeconds);
  let now = genesisSeconds;

  const rpc: Rpc = {
    async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
      const outcome = await engine.request(method, params);
      if (!outcome.ok) throw new RpcError(outcome.error.code, outcome.error.message, revertData(outcome.error.data));
      return outcome.result as T;
    },
    batch: (calls) => Promise.all(calls.map(({ method, params }) => rpc.call(method, params))),
  };

  async function simulate(call: Call): Promise<ContractError | undefined> {
    try {
      await rpc.call("eth_call", [{ ...call, gas: GAS, gasPrice: "0x0" }, "pending"]);
      return undefined;
    } catch (error) {
      if (error instanceof RpcError) return readError(error.data);
      throw error;
    }
  }

  async function mine(transaction: Readonly<Record<string, string>>): Promise<Receipt> {
    const hash = await rpc.call("eth_sendTransaction", [{ ...transaction, gas: GAS, gasPrice: "0x0" }]);
    return rpc.call<Receipt>("eth_getTransactionReceipt", [hash]);
  }

  return {
    rpc,
    now: () => now,
    moveTo(time) {
      now = time;
    },
    async impersonate(address) {
      await rpc.call("hardhat_impersonateAccount", [address]);
    },
    async attempt(call) {
      await rpc.call("evm_setNextBlockTimestamp", [now]);
      const error = await simulate(call);
      const { status, logs } = await mine({ ...call });
      if ((status === "0x1") !== (error === undefined)) throw new Error("a transaction ends as its simulation did");
      return error === undefined ? { kind: "done", logs } : { kind: "refused", error };
    },
    async create(from, initCode) {
      await rpc.call("evm_setNextBlockTimestamp", [now]);
      const { status, contractAddress } = await mine({ from, data: initCode });
      if (status !== "0x1" || contractAddress === null) throw new Error("the contract was not created");
      return contractAddress;
    },
    async read(to, data) {
      await rpc.call("evm_setNextBlockTimestamp", [now]);
      return rpc.call<string>("eth_call", [{ to, data }, "pending"]);
    },
    async mark() {
      const then = now;
      let snapshot = await rpc.call("evm_snapshot");
      return async () => {
        await rpc.call("evm_revert", [snapshot]);
        snapshot = await rpc.call("evm_snapshot");
        now = then;
      };
    },
    async fingerprint(addresses) {
      const proofs = await Promise.all(
        addresses.map((address) =>
          rpc.call<{ storageHash: string; codeHash: string }>("eth_getProof", [address, [], "latest"]),
        ),
      );
      return keccak256(toUtf8Bytes(proofs.map(({ storageHash, codeHash }) => storageHash + codeHash).join()));
    },
    close: () => engine.close(),
  };
}
