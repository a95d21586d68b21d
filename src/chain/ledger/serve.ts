import { parseArgs } from "node:util";
import { createClock } from "../../shared/clock.ts";
import type { Context, Logger } from "../../shared/context.ts";
import { AppError, invariant } from "../../shared/errors.ts";
import { createShutdown } from "../../shared/shutdown.ts";
import { type Endpoint, openEndpoint } from "./endpoint.ts";
import { openJournalFile } from "./journalFile.ts";
import { lockJournal } from "./journalLock.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { type ToParent, toChildSchema } from "./messages.ts";

const EXIT_BROKEN = 70;
const EXIT_NOT_STARTED = 65;

/** The child's side of spawn.ts: opens ledger and endpoint, reports, and obeys the channel. */
export async function serveLedger(args: readonly string[]): Promise<void> {
  const { dataDir, genesisSeconds, port, senders } = readArgs(args);
  const logger = createChannelLogger();
  const context: Context = { logger, clock: createClock(), shutdown: createShutdown() };
  // A request to stop that comes during a long replay ends the process at once: nothing is being written.
  let stop: () => Promise<void> = async () => process.exit(0);
  let ledger: Ledger | undefined;

  process.on("SIGTERM", () => void stop());
  process.on("message", (value) => {
    const message = toChildSchema.parse(value);
    if (message.type === "stop") void stop();
    else if (ledger !== undefined) void moveClock(ledger, message);
  });

  try {
    // Until this process ends, whatever ends it.
    await lockJournal(dataDir);
    const opened = await openLedger({
      context,
      file: await openJournalFile(dataDir),
      genesisSeconds,
      senders,
      onProgress: (progress) => tell({ type: "progress", progress }),
      onBroken(cause) {
        process.stderr.write(`${describe(cause)}\n`);
        process.exit(EXIT_BROKEN);
      },
    });
    ledger = opened;
    const endpoint = await openEndpoint({ ledger: opened, logger, port });
    stop = createStop(endpoint, opened);
    tell({ type: "ready", url: endpoint.url, offsetSeconds: opened.offsetSeconds() });
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    const { code, facts } = error instanceof AppError ? error : new AppError("ledger.start_failed");
    process.send?.({ type: "failed", code, facts } satisfies ToParent, () => process.exit(EXIT_NOT_STARTED));
  }
}

function createStop(endpoint: Endpoint, ledger: Ledger): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= endpoint
      .close()
      .then(() => ledger.close())
      .finally(() => process.exit(0));
    return stopping;
  };
}

async function moveClock(ledger: Ledger, { id, businessSeconds }: { id: number; businessSeconds: number }) {
  try {
    const { offsetSeconds } = await ledger.moveClockTo(businessSeconds);
    tell({ type: "moved", id, offsetSeconds });
  } catch (error) {
    const { code, facts } = error instanceof AppError ? error : new AppError("chain.unavailable");
    tell({ type: "refused", id, code, facts });
  }
}

interface Arguments {
  readonly dataDir: string;
  readonly genesisSeconds: number;
  readonly port: number;
  readonly senders: readonly string[] | undefined;
}

function readArgs(args: readonly string[]): Arguments {
  const string = { type: "string" } as const;
  const options = { data: string, genesis: string, port: string, senders: string };
  const { values } = parseArgs({ args: [...args], options });
  const genesisSeconds = Number(values.genesis);
  const port = Number(values.port ?? 0);
  invariant(values.data !== undefined && Number.isSafeInteger(genesisSeconds), "data and genesis are given");
  return { dataDir: values.data, genesisSeconds, port, senders: values.senders?.toLowerCase().split(",") };
}

/** The parent has the log; the child's lines travel there. */
function createChannelLogger(): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (facts: object, message: string) =>
    tell({ type: "log", level, facts: { ...facts }, message });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function tell(message: ToParent): void {
  // Without a channel the process is about to end; there is nobody left to tell.
  if (process.connected) process.send?.(message);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const facts = error instanceof AppError ? ` ${error.code} ${JSON.stringify(error.facts)}` : "";
  return `${error.stack}${facts}${error.cause === undefined ? "" : `\ncaused by ${describe(error.cause)}`}`;
}
