/** Hardhat's EVM with blocks of as many transactions as a test likes: an implementation of hashes and roots that is not ours. */
import { fileURLToPath } from "node:url";
import { Wallet } from "ethers";
import type { VerifiableBlock, VerifiableReceipt } from "../../../src/chain/verify/wire.ts";

const chainId = 61_338;

export interface MinedBlock {
  readonly block: VerifiableBlock & { readonly transactions: readonly string[] };
  readonly receipts: readonly VerifiableReceipt[];
}

export interface ManualLedger {
  request(method: string, params?: readonly unknown[]): Promise<unknown>;
  /** One block with this many transactions of all kinds that there are. */
  mine(transactions: number): Promise<MinedBlock>;
  read(number: number): Promise<MinedBlock>;
  close(): Promise<void>;
}

/** Init code that deploys these bytes of runtime code. */
function deploying(runtime: string): string {
  const length = (runtime.length / 2).toString(16).padStart(2, "0");
  return `0x60${length}80600a5f395ff3fe${runtime}`;
}

// Each begins by copying the call's data to memory; topics are caller, origin, number and time.
const copyData = "365f5f37";
const log0 = "365fa0";
const log2 = "3343365fa2";
const all = `${log0}33365fa1${log2}423343365fa332423343365fa4`;
const codes = [deploying(copyData + log2), deploying(copyData + all), deploying("5f5ffd")] as const;

export async function openManualLedger(hardfork = "prague"): Promise<ManualLedger> {
  process.env["HARDHAT_DISABLE_TELEMETRY"] = "true";
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  const runtime = await createHardhatRuntimeEnvironment(
    {
      paths: { artifacts: "./node_modules/.ledger/artifacts", cache: "./node_modules/.ledger/cache" },
      networks: {
        manual: {
          type: "edr-simulated",
          chainType: "l1",
          ...{ chainId, networkId: chainId, hardfork },
          accounts: [],
          allowBlocksWithSameTimestamp: true,
          blockGasLimit: 400_000_000,
          initialBaseFeePerGas: 0,
          initialDate: new Date(1_700_000_000_000),
          loggingEnabled: false,
          mining: { auto: false, interval: 0, mempool: { order: "fifo" } },
          throwOnTransactionFailures: false,
        },
      },
    },
    {},
    fileURLToPath(new URL("../../../", import.meta.url)),
  );
  const { provider } = await runtime.network.create({ network: "manual" });
  const request = (method: string, params: readonly unknown[] = []) =>
    provider.request({ method, params: [...params] });
  const wallet = new Wallet(`0x${"42".repeat(32)}`);
  const authority = new Wallet(`0x${"43".repeat(32)}`);
  let nonce = 0;

  async function send(values: { to: string | null; data: string; type: number }): Promise<void> {
    const price =
      values.type === 2 || values.type === 4 ? { maxFeePerGas: 0, maxPriorityFeePerGas: 0 } : { gasPrice: 0 };
    const authorization = () => authority.authorizeSync({ address: wallet.address, nonce: 0, chainId });
    const list = values.type === 4 ? { authorizationList: [authorization()] } : {};
    const raw = await wallet.signTransaction({
      ...values,
      ...price,
      ...list,
      chainId,
      nonce: nonce++,
      gasLimit: 300_000,
    });
    await request("eth_sendRawTransaction", [raw]);
  }

  async function read(number: number): Promise<MinedBlock> {
    const block = (await request("eth_getBlockByNumber", [`0x${number.toString(16)}`, false])) as MinedBlock["block"];
    const receipts = await Promise.all(block.transactions.map((hash) => request("eth_getTransactionReceipt", [hash])));
    return { block, receipts: receipts as VerifiableReceipt[] };
  }

  async function mineNow(): Promise<MinedBlock> {
    await request("evm_mine");
    return read(Number(await request("eth_blockNumber")));
  }

  const contracts: string[] = [];
  for (const data of codes) await send({ to: null, data, type: 0 });
  for (const receipt of (await mineNow()).receipts) {
    contracts.push(String((receipt as unknown as { contractAddress: unknown }).contractAddress));
  }
  const targets = [...contracts, wallet.address];

  return {
    ...{ request, read },
    async mine(transactions) {
      for (let index = 0; index < transactions; index += 1) {
        const types = hardfork === "prague" ? [0, 1, 2, 4] : [0, 1, 2];
        const data = `0x${index
          .toString(16)
          .padStart(8, "0")
          .repeat(index % 40)}`;
        // Some create a contract, which only types 0 to 2 can.
        if (index % 17 === 16) await send({ to: null, data: codes[0], type: index % 3 });
        else await send({ to: targets[index % 4] ?? null, data, type: types[(index >> 2) % types.length] ?? 0 });
      }
      return mineNow();
    },
    close: () => provider.close(),
  };
}
