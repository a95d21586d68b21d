/** A history of the embedded ledger over a file that remembers: what was sent, what was acknowledged, and when. */
import { type TransactionRequest, Wallet } from "ethers";
import { CHAIN_ID } from "../../src/chain/ledger/engine.ts";
import { type Ledger, openLedger } from "../../src/chain/ledger/ledger.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { type CutFile, createCutFile } from "./cutFile.ts";
import type { Draw } from "./draw.ts";
import { type Passage, watchFailpoints } from "./watchFailpoints.ts";

const genesisSeconds = 1_046_000_000;
const wallSeconds = 1_790_000_000;
const places = ["ledger.journalled", "ledger.executed", "ledger.recorded"] as const;

/** A block that somebody was told of. */
export interface Acknowledged {
  /** Operations of the file when the reply came. */
  readonly instant: number;
  readonly number: number;
  readonly blockHash: string;
}

export interface LedgerHistory {
  readonly file: CutFile;
  /** Hashes of all blocks, genesis first. */
  readonly chain: readonly string[];
  readonly acknowledged: readonly Acknowledged[];
  readonly clockMoves: readonly { readonly instant: number; readonly offsetSeconds: number }[];
  /** When the real code passed the ledger's failpoints. */
  readonly passages: readonly Passage<(typeof places)[number]>[];
  /** Wall time at the end, milliseconds. */
  readonly wallMs: number;
}

/** Opens the ledger on a file, at a fixed wall time. @throws AppError as `openLedger` */
export async function openOn(file: CutFile, wallMs: number) {
  const clock = createFixedClock(wallMs);
  const context = { logger: silentLogger, clock, shutdown: createShutdown() };
  const ledger = await openLedger({ context, file, genesisSeconds });
  return { ledger, clock };
}

export async function chainOf(ledger: Ledger): Promise<readonly string[]> {
  const head = Number(await read(ledger, "eth_blockNumber", []));
  const numbers = Array.from({ length: head + 1 }, (_, number) => `0x${number.toString(16)}`);
  const blocks = await Promise.all(numbers.map((number) => read(ledger, "eth_getBlockByNumber", [number, false])));
  return blocks.map((block) => (block as { hash: string }).hash);
}

export async function read(ledger: Ledger, method: string, params: readonly unknown[]): Promise<unknown> {
  const outcome = await ledger.read(method, params);
  if (!outcome.ok) throw new Error(`${method}: ${outcome.error.message}`);
  return outcome.result;
}

/** Several lives, each ended in order, with lone transactions, groups, moves of the clock and refusals. */
export async function playLedger(draw: Draw): Promise<LedgerHistory> {
  const file = createCutFile();
  const acknowledged: Acknowledged[] = [];
  const clockMoves: { instant: number; offsetSeconds: number }[] = [];
  const senders = [0, 1, 2].map(() => createSender(draw));
  const watch = watchFailpoints(places, () => file.instant());
  let wallMs = wallSeconds * 1000;
  let chain: readonly string[] = [];

  async function submit(ledger: Ledger, raw: string): Promise<void> {
    const submission = await ledger.submit(raw);
    if (submission.kind !== "mined") return;
    acknowledged.push({ instant: file.instant(), number: submission.blockNumber, blockHash: submission.blockHash });
  }

  async function step(ledger: Ledger): Promise<void> {
    if (draw.chance(1, 10)) {
      const moved = await ledger.moveClockTo(ledger.businessSeconds() + 1 + draw(90_000));
      clockMoves.push({ instant: file.instant(), ...moved });
      return;
    }
    const count = draw.chance(2, 3) ? 1 : 2 + draw(12);
    const raws = await Promise.all(Array.from({ length: count }, () => draw.pick(senders).next()));
    if (draw.chance(1, 8)) raws.push(raws[0] ?? "", "0x1234");
    await Promise.all(raws.map((raw) => submit(ledger, raw)));
  }

  try {
    for (let life = 0; life < 2; life += 1) {
      const { ledger, clock } = await openOn(file, wallMs);
      for (let steps = 6 + draw(8); steps > 0; steps -= 1) {
        await step(ledger);
        clock.advanceMs(draw(3_000));
      }
      wallMs = clock.wallMs() + 5_000;
      chain = await chainOf(ledger);
      await ledger.close();
    }
  } finally {
    watch.end();
  }
  return { file, chain, acknowledged, clockMoves, passages: watch.passages, wallMs };
}

/** Signs with the next nonce; now and then a transaction that reverts, and often one of several sectors. */
function createSender(draw: Draw) {
  const key = Array.from({ length: 64 }, () => draw(16).toString(16)).join("");
  const wallet = new Wallet(`0x${key}`);
  let nonce = 0;
  return {
    next(): Promise<string> {
      const data = `0x${draw(256)
        .toString(16)
        .padStart(2, "0")
        .repeat(draw.chance(1, 2) ? draw(40) : draw(2_500))}`;
      // Creating a contract of the invalid opcode reverts and is mined all the same.
      const call: TransactionRequest = draw.chance(1, 10) ? { data: "0xfe" } : { to: wallet.address, data };
      return wallet.signTransaction({
        ...call,
        chainId: CHAIN_ID,
        type: 0,
        gasPrice: 0,
        gasLimit: 1_000_000,
        nonce: nonce++,
      });
    },
  };
}
