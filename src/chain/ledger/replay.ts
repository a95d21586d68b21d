import { AppError } from "../../shared/errors.ts";
import { CHAIN_ID, type Engine, startEngine } from "./engine.ts";
import type { JournalRecord } from "./frame.ts";
import type { Journal } from "./journal.ts";

/** How often replay compares hashes. A hash covers its parent's, so one comparison proves all before it. */
const BLOCKS_PER_CHECK = 256;

export interface ReplayProgress {
  readonly blocks: number;
  readonly readBytes: number;
  readonly sizeBytes: number;
}

/** A journalled transaction. Its time stands in the journal and never changes. */
export interface OpenTransaction {
  readonly raw: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

export interface Replayed {
  readonly engine: Engine;
  readonly genesisSeconds: number;
  readonly offsetSeconds: number;
  readonly blocks: number;
  /** Journalled but not settled when the process died, oldest first. They are to be executed now. */
  readonly open: readonly OpenTransaction[];
}

type Genesis = Extract<JournalRecord, { type: "genesis" }>;

/**
 * Feeds a fresh engine from the journal and compares every block with it.
 * @returns `undefined` for an empty journal.
 * @throws AppError `ledger.journal_corrupt`, `ledger.journal_foreign`, `ledger.hash_differs`
 */
export async function replay(
  journal: Journal,
  onProgress: (progress: ReplayProgress) => void,
): Promise<Replayed | undefined> {
  const frames = journal.read();
  const first = await frames.next();
  if (first.done) return undefined;
  const [genesis, clock, ...others] = first.value.records;
  if (genesis?.type !== "genesis" || clock?.type !== "clock" || others.length > 0 || genesis.chainId !== CHAIN_ID) {
    throw new AppError("ledger.journal_foreign", { chainId: CHAIN_ID });
  }
  const engine = await startEngine(genesis.genesisSeconds);
  const state = createReplay(engine, genesis);
  state.setOffset(clock.offsetSeconds);
  await state.compare();
  for await (const { records, endBytes } of frames) {
    for (const record of records) await state.apply(record);
    if (state.blocksToCompare() < BLOCKS_PER_CHECK) continue;
    await state.compare();
    onProgress({ blocks: state.blocks(), readBytes: endBytes, sizeBytes: journal.sizeBytes });
  }
  await state.compare();
  onProgress({ blocks: state.blocks(), readBytes: journal.sizeBytes, sizeBytes: journal.sizeBytes });
  return { engine, genesisSeconds: genesis.genesisSeconds, ...state.result() };
}

function createReplay(engine: Engine, genesis: Genesis) {
  const open: OpenTransaction[] = [];
  /** Journalled hashes that are not compared yet; the last one belongs to block `blocks`. */
  let hashes: string[] = [genesis.hash];
  let blocks = 0;
  let offsetSeconds = 0;

  async function block(number: number, hash: string): Promise<void> {
    const transaction = open.shift();
    if (transaction === undefined || number !== blocks + 1) throw outOfOrder(number);
    const execution = await engine.execute(transaction.raw, transaction.timestamp);
    if (execution.kind === "refused") throw new AppError("ledger.hash_differs", { number, journalled: hash });
    blocks = number;
    hashes.push(hash);
  }

  return {
    blocks: () => blocks,
    blocksToCompare: () => hashes.length,
    setOffset(seconds: number) {
      offsetSeconds = seconds;
    },
    async apply(record: JournalRecord): Promise<void> {
      if (record.type === "transaction") open.push(record);
      else if (record.type === "block") await block(record.number, record.hash);
      else if (record.type === "clock") offsetSeconds = record.offsetSeconds;
      else if (record.type === "genesis" || open.shift() === undefined) throw outOfOrder(blocks + 1);
    },
    async compare(): Promise<void> {
      const last = hashes.at(-1);
      if (last !== undefined && (await engine.head()).hash !== last) {
        throw await firstDifference(engine, hashes, blocks - hashes.length + 1);
      }
      hashes = [];
    },
    result: () => ({ offsetSeconds, blocks, open }),
  };
}

/** Every frame is whole, and yet the records contradict each other: written by two processes, or altered. */
function outOfOrder(number: number): AppError {
  return new AppError("ledger.journal_corrupt", { number });
}

/** One of the hashes differs: at the latest the last. */
async function firstDifference(engine: Engine, hashes: readonly string[], firstNumber: number): Promise<AppError> {
  const replayed = await Promise.all(hashes.map((_, index) => engine.blockHash(firstNumber + index)));
  const index = hashes.findIndex((journalled, at) => journalled !== replayed[at]);
  const facts = { journalled: String(hashes[index]), replayed: String(replayed[index]) };
  return new AppError("ledger.hash_differs", { number: firstNumber + index, ...facts });
}
