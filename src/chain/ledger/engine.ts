import { fileURLToPath } from "node:url";
import type { EthereumProvider } from "hardhat/types/providers";
import * as z from "zod";
import { invariant } from "../../shared/errors.ts";
import { asRefusal } from "./engineErrors.ts";
import type { RpcOutcome } from "./rpc.ts";

/**
 * What makes the genesis block. Every value below goes into block hashes: changing one makes the journals
 * of all existing data folders unreadable (`ledger.hash_differs`).
 */
export const CHAIN_ID = 61337;
export const BLOCK_GAS_LIMIT = 60_000_000;
/**
 * One block carries one transaction, and the base fee rises only above half of the block's limit. So a cap
 * of one half keeps the base fee at zero for ever without a word per block.
 */
export const TRANSACTION_GAS_CAP = BLOCK_GAS_LIMIT / 2;

export interface Head {
  readonly number: number;
  readonly hash: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

export type Execution = { readonly kind: "mined" } | { readonly kind: "refused"; readonly message: string };

/** The EVM, in this process and without any account of its own. Callers take turns: it has no queue. */
export interface Engine {
  /** Such as `hardhat 3.17.0, edr 0.20.0`. */
  readonly version: string;
  request(method: string, params: readonly unknown[]): Promise<RpcOutcome>;
  /** Lets the pending block carry this time, so that simulations see it. Seconds, not before the head's. */
  prepare(timestamp: number): Promise<void>;
  /** Mines one block with this one transaction at this time, or refuses the transaction and mines nothing. */
  execute(raw: string, timestamp: number): Promise<Execution>;
  head(): Promise<Head>;
  /** The block of this number, for finding the first that differs. */
  blockHash(number: number): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Starts a fresh engine whose genesis block carries `genesisSeconds`. */
export async function startEngine(genesisSeconds: number): Promise<Engine> {
  const { provider, version } = await createNetwork(genesisSeconds);
  let prepared: number | undefined;

  async function request(method: string, params: readonly unknown[]): Promise<RpcOutcome> {
    try {
      return { ok: true, result: await provider.request({ method, params: [...params] }) };
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal === undefined) throw error;
      return refusal;
    }
  }

  async function must(method: string, params: readonly unknown[]): Promise<unknown> {
    const outcome = await request(method, params);
    invariant(outcome.ok, `the engine refuses ${method}`);
    return outcome.result;
  }

  async function prepare(timestamp: number): Promise<void> {
    if (prepared === timestamp) return;
    await must("evm_setNextBlockTimestamp", [timestamp]);
    prepared = timestamp;
  }

  return {
    version,
    request,
    prepare,
    async execute(raw, timestamp) {
      await prepare(timestamp);
      const sent = await request("eth_sendRawTransaction", [raw]);
      if (!sent.ok) return { kind: "refused", message: sent.error.message };
      prepared = undefined;
      return { kind: "mined" };
    },
    async head() {
      return readHead(await must("eth_getBlockByNumber", ["latest", false]));
    },
    async blockHash(number) {
      const block = await must("eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
      return block === null ? undefined : readHead(block).hash;
    },
    close: () => provider.close(),
  };
}

/**
 * The network is made in code, not from hardhat.config.ts: nothing is compiled, no plugin is loaded and
 * no artifact is read. `accounts: []` leaves no well-known key, no balance and nothing unlocked.
 */
async function createNetwork(genesisSeconds: number): Promise<{ provider: EthereumProvider; version: string }> {
  // A ledger reports to nobody. Hardhat reads this when it opens the network.
  process.env["HARDHAT_DISABLE_TELEMETRY"] = "true";
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  const projectRoot = fileURLToPath(new URL("../../../", import.meta.url));
  const runtime = await createHardhatRuntimeEnvironment(
    {
      // A folder that does not exist: stack traces need artifacts, replies of a ledger do not.
      paths: { artifacts: "./node_modules/.ledger/artifacts", cache: "./node_modules/.ledger/cache" },
      networks: {
        ledger: {
          type: "edr-simulated",
          chainType: "l1",
          chainId: CHAIN_ID,
          networkId: CHAIN_ID,
          hardfork: "cancun",
          accounts: [],
          allowBlocksWithSameTimestamp: true,
          allowUnlimitedContractSize: false,
          blockGasLimit: BLOCK_GAS_LIMIT,
          transactionGasCap: TRANSACTION_GAS_CAP,
          initialBaseFeePerGas: 0,
          initialDate: new Date(genesisSeconds * 1000),
          loggingEnabled: false,
          mining: { auto: true, interval: 0, mempool: { order: "fifo" } },
          // A reverting call is an error with its data; a reverting transaction is mined with status 0.
          throwOnCallFailures: true,
          throwOnTransactionFailures: false,
        },
      },
    },
    {},
    projectRoot,
  );
  const { provider } = await runtime.network.create({ network: "ledger" });
  const { hardhat, edr } = runtime.versions;
  return { provider, version: `hardhat ${hardhat}, edr ${edr}` };
}

/** A mined block has all three. */
const headForm = z.object({ number: z.string(), hash: z.string(), timestamp: z.string() });

function readHead(block: unknown): Head {
  const { number, hash, timestamp } = headForm.parse(block);
  return { number: Number(number), hash, timestamp: Number(timestamp) };
}
