import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import pino from "pino";
import { type Config, type Flags, parseConfig } from "./config.ts";
import { type DemoPlay, openDemo } from "./demo/demo.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { createClock } from "./shared/clock.ts";
import { codes } from "./shared/errors/codes.ts";
import { AppError } from "./shared/errors.ts";
import { orCause } from "./shared/orCause.ts";
import { lockFolder } from "./store/lock.ts";

/** For people: progress and the demo on standard output, faults on standard error. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A fault in a sentence, with what to do. */
function explain(error: unknown): string {
  if (!(error instanceof AppError)) return `Unexpected fault: ${error instanceof Error ? error.stack : String(error)}`;
  const { title, page } = codes[error.code];
  const facts = Object.entries(error.facts).map(([name, value]) => `${name}: ${String(value)}`);
  return `${title} (${error.code}). ${page}${facts.length > 0 ? ` [${facts.join(", ")}]` : ""}`;
}

/** Empties the data folder but for its lock, which this process holds. */
function removeData(dataDir: string): void {
  for (const name of fs.readdirSync(dataDir)) {
    if (!name.startsWith("lock")) fs.rmSync(path.join(dataDir, name), { recursive: true });
  }
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

async function run(config: Config, gateway: Gateway, demo: DemoPlay | undefined): Promise<number> {
  const { url, operator } = gateway;
  if (operator.fresh) showOperator(config, operator.tokens);
  const stopped = nextSignal().then(() => "stopped" as const);
  const broken = gateway.broken.then((reason) => ({ reason }));
  const played = demo
    ? demo.play({ url, operatorTokens: operator.tokens, say }).then(() => "played" as const)
    : "played";
  const first = await orCause(Promise.race([played, stopped]), broken);
  if (first === "played" && config.once) return 0;
  if (first === "played") say(`\nHansa runs on ${url} (portal), ${url}/docs (API). Ctrl-C stops it.`);
  const last = first === "played" ? await Promise.race([stopped, broken]) : first;
  if (typeof last === "string") return config.once ? 1 : 0;
  process.stderr.write(`Stopped: ${last.reason}. What was acknowledged is kept; start again.\n`);
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

async function start(config: Config): Promise<number> {
  const lock = await lockFolder(config.dataDir);
  try {
    if (config.reset) removeData(config.dataDir);
    const nowSeconds = Math.floor(createClock().wallMs() / 1000);
    const demo = config.demo ? openDemo(config.dataDir, nowSeconds) : undefined;
    const gateway = await openGateway({
      config,
      logger: pino({ level: config.logLevel }, pino.destination({ fd: 2, sync: true })),
      genesisSeconds: demo?.genesisSeconds ?? nowSeconds,
      onProgress: say,
    });
    try {
      return await run(config, gateway, demo);
    } finally {
      await gateway.close();
    }
  } finally {
    lock.release();
  }
}

/** Node has to be told of each fault, or it would end without a word. */
async function main(flags: Flags): Promise<number> {
  const parsed = parseConfig(process.env, flags);
  if (!parsed.ok) {
    process.stderr.write(
      `${codes["start.config_invalid"].title}:\n${parsed.faults.map((fault) => `  ${fault}\n`).join("")}`,
    );
    return 2;
  }
  try {
    return await start(parsed.config);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 1;
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
  .action(async (flags: Flags) => {
    process.exitCode = await main(flags);
  });
await program.parseAsync();
