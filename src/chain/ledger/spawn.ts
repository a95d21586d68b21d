import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Context } from "../../shared/context.ts";
import { type Code, codes } from "../../shared/errors/codes.ts";
import { AppError, type Facts, invariant } from "../../shared/errors.ts";
import type { Failpoint } from "../../shared/failpoint.ts";
import { type ToChild, type ToParent, toParentSchema } from "./messages.ts";
import type { ReplayProgress } from "./replay.ts";

/** After this the child is killed. Its journal is safe at every instant; only the next start is slower. */
const STOP_MS = 5_000;
const LAST_WORDS_CHARACTERS = 8_000;

export interface LedgerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when `stop` asked for it. */
  readonly wasAsked: boolean;
}

/** The embedded ledger in a process of its own. */
export interface LedgerProcess {
  /** JSON-RPC over HTTP on 127.0.0.1. */
  readonly url: string;
  readonly pid: number;
  /** Seconds from wall time to business time; follows `moveClockTo`. */
  offsetSeconds(): number;
  /**
   * Moves business time forward and journals that.
   * @throws AppError `clock.backwards`, `ledger.disk_full`, `chain.unavailable` (the process has ended)
   */
  moveClockTo(businessSeconds: number): Promise<{ readonly offsetSeconds: number }>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly exited: Promise<LedgerExit>;
  /** Ends it after the replies under way. Calling it twice is harmless. */
  stop(): Promise<void>;
}

export interface LedgerProcessOptions {
  readonly context: Context;
  /** Holds `ledger.journal`. The caller owns the folder; the child locks the journal (`journalLock.ts`). */
  readonly dataDir: string;
  /** Time of the genesis block and business time at the first start; later starts follow the journal. */
  readonly genesisSeconds: number;
  /** Addresses that may send transactions; absent: anybody. */
  readonly senders?: readonly string[];
  /** 0 or absent takes any free port. */
  readonly port?: number;
  /** Kills the child at this place, at its n-th passage as `name:n`. Tests only. */
  readonly failpoint?: Failpoint | `${Failpoint}:${number}`;
  /** Whom it kills there: the child itself, or this process. */
  readonly failpointKills?: "ledger" | "gateway" | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/**
 * Forks the ledger and resolves when it serves. It is also closed by `context.shutdown`, even while it starts.
 * @throws AppError of `openLedger`, or `ledger.start_failed` when it ended without a word
 */
export async function startLedger(options: LedgerProcessOptions): Promise<LedgerProcess> {
  const { context } = options;
  const child = forkChild(options);
  const channel = createChannel(child, options);
  let wasAsked = false;

  const exited = new Promise<LedgerExit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, wasAsked }));
    // Without a pid there never was a process, and no exit will be told.
    child.once("error", () => child.pid === undefined && resolve({ code: null, signal: null, wasAsked }));
  });

  async function stop(): Promise<void> {
    wasAsked = true;
    channel.send({ type: "stop" });
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(kill);
  }

  context.shutdown.add("ledger", stop);
  const { url, offsetSeconds: startOffset } = await channel.ready;
  let offsetSeconds = startOffset;
  invariant(child.pid !== undefined, "a running child has a pid");

  return {
    url,
    pid: child.pid,
    offsetSeconds: () => offsetSeconds,
    async moveClockTo(businessSeconds) {
      const moved = await channel.moveClockTo(businessSeconds);
      offsetSeconds = moved.offsetSeconds;
      return moved;
    },
    exited,
    stop,
  };
}

function forkChild(options: LedgerProcessOptions): ChildProcess {
  const { dataDir, genesisSeconds, port = 0, senders } = options;
  const args = ["--data", dataDir, "--genesis", String(genesisSeconds), "--port", String(port)];
  if (senders) args.push("--senders", senders.join(","));
  return fork(fileURLToPath(new URL("./process.ts", import.meta.url)), args, {
    // Resolved from here, so that it is found from any working directory.
    execArgv: ["--import", import.meta.resolve("tsx")],
    env: childEnvironment(options),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/** The ledger needs none of the gateway's settings and none of its secrets. */
function childEnvironment({ failpoint, failpointKills = "ledger" }: LedgerProcessOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HANSA_"));
  const armed = failpoint && { HANSA_FAILPOINT: failpoint, HANSA_FAILPOINT_KILLS: failpointKills };
  return { ...Object.fromEntries(inherited), ...armed };
}

interface Channel {
  readonly ready: Promise<{ readonly url: string; readonly offsetSeconds: number }>;
  moveClockTo(businessSeconds: number): Promise<{ readonly offsetSeconds: number }>;
  send(message: ToChild): void;
}

function createChannel(child: ChildProcess, { context, onProgress = () => {} }: LedgerProcessOptions): Channel {
  const { logger } = context;
  const ready = Promise.withResolvers<{ url: string; offsetSeconds: number }>();
  const moves = new Map<number, PromiseWithResolvers<{ offsetSeconds: number }>>();
  let nextId = 1;
  let lastWords = "";

  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_CHARACTERS);
  });

  function receive(message: ToParent): void {
    if (message.type === "progress") onProgress(message.progress);
    else if (message.type === "ready") ready.resolve(message);
    else if (message.type === "failed") ready.reject(asAppError(message));
    else if (message.type === "moved") moves.get(message.id)?.resolve({ offsetSeconds: message.offsetSeconds });
    else if (message.type === "refused") moves.get(message.id)?.reject(asAppError(message));
    else logger[message.level](message.facts, message.message);
  }

  child.on("message", (value) => receive(toParentSchema.parse(value)));
  // "close" comes after the last message and the last of stderr; "error" when there never was a process.
  child.on("error", (cause) => ready.reject(new AppError("ledger.start_failed", {}, { cause })));
  child.once("close", (exitCode, signal) => {
    if (exitCode !== 0) logger.error({ exitCode, signal, lastWords }, "the ledger's process ended");
    ready.reject(new AppError("ledger.start_failed", { exitCode, signal }));
    for (const move of moves.values()) move.reject(new AppError("chain.unavailable"));
  });

  return {
    ready: ready.promise,
    async moveClockTo(businessSeconds) {
      if (!child.connected) throw new AppError("chain.unavailable");
      const id = nextId++;
      const move = Promise.withResolvers<{ offsetSeconds: number }>();
      moves.set(id, move);
      child.send({ type: "moveClock", id, businessSeconds } satisfies ToChild, (error) => {
        if (error !== null) move.reject(new AppError("chain.unavailable", {}, { cause: error }));
      });
      try {
        return await move.promise;
      } finally {
        moves.delete(id);
      }
    },
    send(message) {
      // It may end between the two; `exited` tells.
      if (child.connected) child.send(message, () => {});
    },
  };
}

function asAppError({ code, facts }: { code: string; facts: Facts }): AppError {
  return new AppError(code in codes ? (code as Code) : "internal.unexpected", facts);
}
