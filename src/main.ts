import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { complain, explain, say } from "./cli/say.ts";
import { type Config, type Flags, parseConfig, printConfig } from "./config.ts";
import { type DemoPlay, openDemo } from "./demo/demo.ts";
import { endWithin } from "./endWithin.ts";
import { watchFolder } from "./folderWatch.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { createLogger } from "./operations/logger.ts";
import { createClock } from "./shared/clock.ts";
import { codes } from "./shared/errors/codes.ts";
import { orCause } from "./shared/orCause.ts";
import { deadlineExitCode, deadlineMs, listenForSignals, type Signals } from "./signals.ts";
import { lockFolder } from "./store/lock.ts";

/**
 * How long something may stay open after everything was closed. A store that was still being made when the start was told
 * to stop takes some seconds to end.
 */
const leftOverMs = 20_000;

/** Empties the data folder but for its lock, which this process holds. */
function removeData(dataDir: string): void {
  for (const name of fs.readdirSync(dataDir)) {
    if (!name.startsWith("lock")) fs.rmSync(path.join(dataDir, name), { recursive: true });
  }
}

interface Run {
  readonly config: Config;
  readonly gateway: Gateway;
  readonly demo: DemoPlay | undefined;
  readonly signals: Signals;
}

async function run({ config, gateway, demo, signals }: Run): Promise<number> {
  const { url, operator } = gateway;
  if (operator.fresh) showOperator(config, operator.tokens);
  const stopped = signals.received.then(() => "stopped" as const);
  const broken = gateway.broken.then((reason) => ({ reason }));
  const played = demo
    ? demo.play({ url, operatorTokens: operator.tokens, say }).then(() => "played" as const)
    : "played";
  const first = await orCause(Promise.race([played, stopped]), broken);
  if (first === "played" && config.once) return 0;
  if (first === "played") say(`\nHansa runs on ${url} (portal), ${url}/docs (API). Ctrl-C stops it.`);
  const last = first === "played" ? await Promise.race([stopped, broken]) : first;
  if (typeof last === "string") return config.once ? 1 : 0;
  complain(`Stopped: ${last.reason}. What was acknowledged is kept; start again.`);
  return 1;
}

function showOperator(config: Config, tokens: Readonly<Record<string, string>>): void {
  if (config.mode === "production") {
    say(`The operator's credentials are in ${path.join(config.dataDir, "operator.json")}: move them to their owners.`);
    return;
  }
  say("The sandbox operator's API keys, shown once and kept in the data folder:");
  for (const [role, token] of Object.entries(tokens)) say(`  ${role.padEnd(8)} ${token}`);
}

async function start(config: Config, signals: Signals): Promise<number> {
  const logger = createLogger(config.logLevel);
  const lock = await lockFolder(config.dataDir);
  const endWatch = watchFolder(lock, { logger, complain });
  const unclosed = new Set<string>();
  try {
    if (config.reset) removeData(config.dataDir);
    const nowSeconds = Math.floor(createClock().wallMs() / 1000);
    const demo = config.demo ? openDemo(config.dataDir, nowSeconds) : undefined;
    const gateway = await openGateway({
      config,
      logger,
      stop: signals.signal,
      genesisSeconds: demo?.genesisSeconds ?? nowSeconds,
      onProgress: say,
      onUnclosed: (names) => {
        for (const name of names) unclosed.add(name);
      },
    });
    try {
      return await run({ config, gateway, demo, signals });
    } finally {
      endWithin({ ms: deadlineMs, exitCode: deadlineExitCode, what: "The stop", complain });
      await gateway.close();
    }
  } finally {
    endWatch();
    // What may still be writing keeps the folder: its lock ends with the process, which `leftOverMs` bounds.
    if (unclosed.size === 0) lock.release();
    else complain(`Not closed in time: ${[...unclosed].join(", ")}.`);
  }
}

/** Node has to be told of each fault, or it would end without a word. */
async function main(flags: Flags & { readonly printConfig?: boolean }): Promise<number> {
  const parsed = parseConfig(process.env, flags);
  if (!parsed.ok) {
    process.stderr.write(
      `${codes["start.config_invalid"].title}:\n${parsed.faults.map((fault) => `  ${fault}\n`).join("")}`,
    );
    return 2;
  }
  if (flags.printConfig) {
    say(printConfig(parsed.config));
    return 0;
  }
  const signals = listenForSignals({ complain });
  try {
    return await start(parsed.config, signals);
  } catch (error) {
    // A start that was told to stop fails at whatever it was about to do.
    if (signals.signal.aborted) return parsed.config.once ? 1 : 0;
    complain(explain(error));
    return 1;
  } finally {
    signals.remove();
  }
}

const program = new Command("hansa");
program
  .command("start", { isDefault: true })
  .description("run ledger, gateway and portal on this machine")
  .option("--once", "end after the demo: 0 when every step succeeded")
  .option("--port <n>", "port of the gateway (default 8080)")
  .option("--data <folder>", "data folder (default .hansa)")
  .option("--demo", "play the demo (default in the sandbox)")
  .option("--no-demo", "play no demo")
  .option("--reset", "begin anew: removes the data folder's contents")
  .option("--print-config", "check the configuration and print it, without credentials")
  .action(async (flags: Flags & { readonly printConfig?: boolean }) => {
    const exitCode = await main(flags);
    process.exitCode = exitCode;
    // Everything is closed; whatever is still open is of no use to anybody.
    endWithin({ ms: leftOverMs, exitCode, what: "What was left open", complain });
  });
await program.parseAsync();
