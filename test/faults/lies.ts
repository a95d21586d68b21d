/** False answers in the right form, as a node with a damaged index, a lagging replica or a liar would give them. */
import { type Dice, pick } from "./dice.ts";

export interface WireCall {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: readonly unknown[];
}

type Json = Record<string, unknown>;
interface Log extends Json {
  data: string;
  logIndex: string;
}
interface Receipt extends Json {
  status: string;
  blockHash: string;
  logs: Log[];
}

/** Changes a copy of a result and gives it back, or undefined where there is nothing to lie about. */
type Lie = (context: LieContext) => unknown;

export interface LieContext {
  readonly call: WireCall;
  readonly result: unknown;
  readonly dice: Dice;
  /** Receipts that went by before. */
  readonly receipts: readonly unknown[];
}

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null;
const isReceipt = (value: unknown): value is Receipt => isRecord(value) && "cumulativeGasUsed" in value;
const isLog = (value: unknown): value is Log => isRecord(value) && "logIndex" in value;

/** Applies a change to one of the receipts in a result: that of a transaction, or those of a block. */
function onReceipt(change: (receipt: Receipt, context: LieContext) => Receipt | undefined): Lie {
  return (context) => {
    const result = structuredClone(context.result);
    if (isReceipt(result)) return change(result, context);
    if (!Array.isArray(result) || !result.every(isReceipt)) return undefined;
    const changed = result.flatMap((receipt, index) => {
      const lie = change(structuredClone(receipt), context);
      return lie === undefined ? [] : [{ index, lie }];
    });
    const victim = pick(context.dice, "receipt", changed);
    return victim && result.with(victim.index, victim.lie);
  };
}

/** Applies a change to one list of logs: of a receipt, or of `eth_getLogs`. */
function onLogs(change: (logs: Log[], dice: Dice) => Log[] | undefined): Lie {
  const inReceipt = onReceipt((receipt, { dice }) => {
    const logs = change(receipt.logs, dice);
    return logs && { ...receipt, logs };
  });
  return (context) => {
    const { result } = context;
    if (!Array.isArray(result) || !result.every(isLog)) return inReceipt(context);
    return change(structuredClone(result), context.dice);
  };
}

function onLog(change: (log: Log) => Log): Lie {
  return onLogs((logs, dice) => {
    const index = Math.floor(dice("log") * logs.length);
    const log = logs[index];
    return log && logs.with(index, change(log));
  });
}

/** The last digit of a hex text, changed. */
function bend(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}`;
}

const lagging: Readonly<Record<string, (result: unknown) => unknown>> = {
  eth_blockNumber: fewer,
  eth_getTransactionCount: fewer,
  eth_getBlockByNumber: () => null,
  eth_getTransactionReceipt: () => null,
  eth_getTransactionByHash: () => null,
  eth_getLogs: () => [],
};

function fewer(result: unknown): unknown {
  const number = Number(result);
  return number > 0 ? `0x${(number - 1).toString(16)}` : undefined;
}

const headerFields = ["timestamp", "receiptsRoot", "logsBloom", "stateRoot", "gasUsed", "parentHash", "hash"] as const;

export const lies = {
  truncatedLogs: onLogs((logs) => (logs.length === 0 ? undefined : logs.slice(0, -1))),
  wrongLogIndex: onLog((log) => ({ ...log, logIndex: `0x${(Number(log.logIndex) + 1).toString(16)}` })),
  wrongLogData: onLog((log) => ({ ...log, data: log.data === "0x" ? "0x00" : bend(log.data) })),
  wrongStatus: onReceipt((receipt) => ({ ...receipt, status: receipt.status === "0x1" ? "0x0" : "0x1" })),
  /** The receipt of a transaction in another block, in place of the one asked for. */
  otherReceipt: onReceipt((receipt, { receipts, dice }) => {
    const others = receipts.filter(isReceipt).filter(({ blockHash }) => blockHash !== receipt.blockHash);
    return pick(dice, "other", others);
  }),
  wrongHeader: ({ result, dice }) => {
    if (!isRecord(result) || !("receiptsRoot" in result)) return undefined;
    const field = pick(dice, "field", headerFields) ?? "timestamp";
    return { ...result, [field]: bend(String(result[field])) };
  },
  /** What a replica says that has not seen the last block: a lower number, and nothing of it. */
  staleHead: ({ call, result }) => (result === null ? undefined : lagging[call.method]?.(result)),
} as const satisfies Record<string, Lie>;

export type LieName = keyof typeof lies;
export const lieNames = Object.keys(lies) as LieName[];
