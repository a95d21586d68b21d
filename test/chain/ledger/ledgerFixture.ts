import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCreateAddress, type TransactionRequest, Wallet } from "ethers";
import { CHAIN_ID } from "../../../src/chain/ledger/engine.ts";
import { type Ledger, type LedgerOptions, openLedger } from "../../../src/chain/ledger/ledger.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../../src/shared/context.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";
import { createMemoryFile, type MemoryFile } from "./memoryFile.ts";

export const GENESIS_SECONDS = 1_046_000_000;
export const WALL_SECONDS = 1_790_000_000;

/** A fresh account without a balance. */
export function createSigner() {
  const wallet = new Wallet(Wallet.createRandom().privateKey);
  let nonce = 0;
  return {
    address: wallet.address,
    /** The contract that a creation signed next would make. */
    nextContract: () => getCreateAddress({ from: wallet.address, nonce }),
    /** Signs with exactly these values and does not count. */
    signAs: (values: TransactionRequest) =>
      wallet.signTransaction({ chainId: CHAIN_ID, type: 0, gasPrice: 0, gasLimit: 1_000_000, ...values }),
    sign(values: TransactionRequest = {}): Promise<string> {
      return this.signAs({ to: wallet.address, nonce: nonce++, ...values });
    },
  };
}

/** Init code that deploys these few bytes of runtime code. */
function deploying(runtime: string): string {
  const length = (runtime.length / 2).toString(16).padStart(2, "0");
  // PUSH1 length DUP1 PUSH1 offset PUSH0 CODECOPY PUSH0 RETURN, then the runtime code.
  return `0x60${length}80600a5f395ff3fe${runtime}`;
}

/** Raw EVM code, so that these tests need no compiler. */
export const contracts = {
  /** Returns (TIMESTAMP, NUMBER). */
  clock: deploying("425f524360205260405ff3"),
  /** Reverts with the four bytes 0xdeadbeef, as a custom error without arguments does. */
  reverting: deploying("63deadbeef60e01b5f5260045ffd"),
  /** Uses all gas that it is given, by the invalid opcode. */
  burner: deploying("fe"),
  /** Adds one to slot 0. */
  counter: deploying("5f5460010180" + "5f55" + "5f5260205ff3"),
} as const;

export interface TestLedger {
  readonly ledger: Ledger;
  readonly file: MemoryFile;
  readonly clock: ReturnType<typeof createFixedClock>;
}

/** A ledger in this process over a journal in memory, with wall time standing still. */
export async function openTestLedger(
  options: Partial<LedgerOptions> & { file?: MemoryFile } = {},
): Promise<TestLedger> {
  const file = options.file ?? createMemoryFile();
  const clock = createFixedClock(WALL_SECONDS * 1000);
  const context: Context = { logger: silentLogger, clock, shutdown: createShutdown() };
  const ledger = await openLedger({ context, genesisSeconds: GENESIS_SECONDS, ...options, file });
  return { ledger, file, clock };
}

/** The result of a read that must succeed. */
export async function ask(ledger: Ledger, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const outcome = await ledger.read(method, params);
  if (!outcome.ok) throw new Error(`${method}: ${outcome.error.message}`);
  return outcome.result;
}

export async function mine(
  ledger: Ledger,
  raw: string,
): Promise<{ hash: string; blockNumber: number; blockHash: string }> {
  const submission = await ledger.submit(raw);
  if (submission.kind === "refused") throw new Error(submission.message);
  return submission;
}

export interface RpcBody {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export async function call(url: string, method: string, params: readonly unknown[] = []): Promise<RpcBody> {
  const response = await post(url, { jsonrpc: "2.0", id: 1, method, params });
  return (await response.json()) as RpcBody;
}

/** Runs the test with a data folder of its own and removes it afterwards. */
export async function withDataDir(test: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "hansa-ledger-"));
  try {
    await test(dataDir);
  } finally {
    await rm(dataDir, { recursive: true });
  }
}
