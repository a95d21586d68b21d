import type { Logger } from "../../shared/context.ts";
import { invariant } from "../../shared/errors.ts";
import { failpoint } from "../../shared/failpoint.ts";
import { type Admitted, createAdmission, type Refusal, refused } from "./admission.ts";
import type { Engine } from "./engine.ts";
import { FRAME_OVERHEAD_BYTES, type JournalRecord, SETTLEMENT_BYTES_MAX } from "./frame.ts";
import { createGroups, type Submission, type Waiting } from "./group.ts";
import type { Journal } from "./journal.ts";
import type { Queue } from "./queue.ts";
import type { OpenTransaction } from "./replay.ts";

type BlockRecord = Extract<JournalRecord, { type: "block" }>;

export interface WriterOptions {
  readonly logger: Logger;
  readonly queue: Queue;
  readonly journal: Journal;
  readonly engine: Engine;
  businessSeconds(): number;
  /** Who may send, in lower case; absent: anybody. */
  readonly senders: readonly string[] | undefined;
}

/**
 * The one way in which blocks come to be. Order: sync {raw, timestamp}, execute, sync {number, hash}, visible.
 */
export interface Writer {
  /** @throws AppError `ledger.disk_full` (nothing was executed) */
  submit(raw: unknown): Promise<Submission>;
  /** Executes what the journal holds without a settlement. Called once, before anything else. */
  complete(open: readonly OpenTransaction[]): Promise<void>;
  /** Business time, but never before the parent: a wall clock that steps back must not stop the ledger. */
  nextTimestamp(): number;
}

export async function createWriter(options: WriterOptions): Promise<Writer> {
  const { queue, journal, engine } = options;
  const senders = options.senders && new Set(options.senders);
  let head = await engine.head();

  const nextTimestamp = () => Math.max(head.timestamp, options.businessSeconds());

  async function executeOne({ raw, timestamp }: OpenTransaction): Promise<BlockRecord | Refusal> {
    const execution = await engine.execute(raw, timestamp);
    if (execution.kind === "refused") {
      options.logger.info({ reason: execution.message }, "the engine refused a journalled transaction");
      return refused("engine", execution.message);
    }
    const parent = head;
    head = await engine.head();
    invariant(head.number === parent.number + 1, "a transaction makes one block");
    return { type: "block", number: head.number, hash: head.hash };
  }

  async function settle(open: readonly OpenTransaction[]): Promise<(BlockRecord | Refusal)[]> {
    const results: (BlockRecord | Refusal)[] = [];
    for (const transaction of open) results.push(await executeOne(transaction));
    failpoint("ledger.executed");
    await journal.append(results.map((result) => ("kind" in result ? { type: "void" } : result)));
    failpoint("ledger.recorded");
    return results;
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    const admission = createAdmission(engine, senders);
    const admitted: { entry: Waiting; transaction: Admitted }[] = [];
    for (const entry of group) {
      const decision = await admission.admit(entry.raw);
      if (decision.kind === "refused") entry.resolve(decision);
      else admitted.push({ entry, transaction: decision });
    }
    if (admitted.length === 0) return;
    const timestamp = nextTimestamp();
    const open = admitted.map(({ transaction }) => ({ raw: transaction.raw, timestamp }));
    await journal.append(
      open.map((transaction) => ({ type: "transaction", ...transaction })),
      FRAME_OVERHEAD_BYTES + SETTLEMENT_BYTES_MAX * open.length,
    );
    failpoint("ledger.journalled");
    const results = await settle(open).catch((cause: unknown) => {
      // The engine is ahead of the journal now, which only a new process and its replay can cure.
      throw new Error("executed blocks could not be journalled", { cause });
    });
    for (const [index, { entry, transaction }] of admitted.entries()) {
      const result = results[index];
      if (result !== undefined) entry.resolve(readResult(result, transaction));
    }
  }

  return {
    nextTimestamp,
    submit: createGroups({ queue, commit }),
    async complete(open) {
      if (open.length === 0) return;
      options.logger.info({ transactions: open.length }, "completing transactions that a crash left open");
      await settle(open);
    },
  };
}

function readResult(result: BlockRecord | Refusal, { hash }: Admitted): Submission {
  if ("kind" in result) return result;
  return { kind: "mined", hash, blockNumber: result.number, blockHash: result.hash };
}
