import type { Context } from "../../shared/context.ts";
import { AppError, invariant } from "../../shared/errors.ts";
import { CHAIN_ID, type Engine, startEngine } from "./engine.ts";
import type { Submission } from "./group.ts";
import { createJournal, type Journal } from "./journal.ts";
import type { JournalFile } from "./journalFile.ts";
import { createQueue } from "./queue.ts";
import { type Replayed, type ReplayProgress, replay } from "./replay.ts";
import { type RpcOutcome, refuse, rpcCodes } from "./rpc.ts";
import { createWriter } from "./writer.ts";

/** The journalled chain of this process: what the HTTP endpoint and the parent's channel call. */
export interface Ledger {
  /**
   * Asks the engine. Waits for blocks that are being written, so nothing is seen before it is on the disk.
   * The pending block carries the present business time.
   */
  read(method: string, params: readonly unknown[]): Promise<RpcOutcome>;
  /** Mines a signed transaction in a block of its own; resolves when its hash is on the disk. */
  submit(raw: unknown): Promise<Submission>;
  /** Seconds to add to wall time. */
  offsetSeconds(): number;
  /** What the next block would carry, in seconds, unless its parent is later. */
  businessSeconds(): number;
  /**
   * Moves business time forward and journals the new offset.
   * @throws AppError `clock.backwards`, `ledger.disk_full`
   */
  moveClockTo(businessSeconds: number): Promise<{ offsetSeconds: number }>;
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly context: Context;
  readonly file: JournalFile;
  /** Time of the genesis block, and business time at first start. Ignored when the journal has a genesis. */
  readonly genesisSeconds: number;
  /** Who may send transactions; absent: anybody. */
  readonly senders?: readonly string[] | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Called once when the journal can no longer be trusted to follow the engine: the process has to end. */
  readonly onBroken?: (cause: unknown) => void;
}

/**
 * Opens the journal, replays it, completes what a crash left open, and serves.
 * @throws AppError `ledger.journal_corrupt`, `ledger.journal_foreign`, `ledger.hash_differs`, `ledger.disk_full`
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { context, onProgress = () => {}, onBroken = () => {} } = options;
  const { clock, logger } = context;
  const journal = await createJournal(options.file);
  const wallSeconds = () => Math.floor(clock.wallMs() / 1000);
  const replayed = (await replay(journal, onProgress)) ?? (await begin(journal, options.genesisSeconds, wallSeconds()));
  if (journal.cutBytes() > 0) logger.info({ bytes: journal.cutBytes() }, "an unfinished append was cut off");

  const { engine } = replayed;
  let { offsetSeconds } = replayed;
  const queue = createQueue(onBroken);
  const businessSeconds = () => wallSeconds() + offsetSeconds;
  const writer = await createWriter({ logger, queue, journal, engine, businessSeconds, senders: options.senders });
  await queue.run(() => writer.complete(replayed.open));

  return {
    read: (method, params) =>
      queue.run(async () => {
        await engine.prepare(writer.nextTimestamp());
        return engine.request(method, params).catch((error: unknown) => {
          logger.error({ method, cause: String(error) }, "the engine failed a read");
          return refuse({ code: rpcCodes.internal, message: "internal error" });
        });
      }),
    submit: (raw) => writer.submit(raw),
    offsetSeconds: () => offsetSeconds,
    businessSeconds,
    async moveClockTo(requestedSeconds) {
      invariant(Number.isSafeInteger(requestedSeconds), "business time is whole seconds");
      return await queue.run(async () => {
        const moved = requestedSeconds - wallSeconds();
        if (moved < offsetSeconds) {
          throw new AppError("clock.backwards", { requestedSeconds, businessSeconds: businessSeconds() });
        }
        if (moved > offsetSeconds) await journal.append([{ type: "clock", offsetSeconds: moved }]);
        offsetSeconds = moved;
        return { offsetSeconds };
      });
    },
    close: () =>
      queue.run(async () => {
        await engine.close();
        await journal.close();
      }),
  };
}

/** First start: genesis and clock in one frame, so that there is never one without the other. */
async function begin(journal: Journal, genesisSeconds: number, wallSeconds: number): Promise<Replayed> {
  const engine: Engine = await startEngine(genesisSeconds);
  const { hash } = await engine.head();
  const offsetSeconds = genesisSeconds - wallSeconds;
  await journal.append([
    { type: "genesis", chainId: CHAIN_ID, genesisSeconds, engine: engine.version, hash },
    { type: "clock", offsetSeconds },
  ]);
  return { engine, genesisSeconds, offsetSeconds, blocks: 0, open: [] };
}
