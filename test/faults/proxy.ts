/**
 * A JSON-RPC endpoint that fails on purpose, in front of a real one.
 *
 * Suites run through it: `FAULT_SEED=… npx mocha …` repeats a run. A request meets each fault with its probability, or
 * those that a script names.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { type Dice, rollFor, seedOfRun } from "./dice.ts";
import { type LieName, lieNames, lies, type WireCall } from "./lies.ts";

/** What happens to a whole request; the first one chosen happens. */
const requestFaults = [
  /** The connection ends before the request is forwarded. */
  "requestLost",
  /** The upstream did what was asked, the connection ends without a reply. */
  "replyLost",
  /** It accepts and never answers. */
  "halfOpen",
  /** 429 without, or with Retry-After; not forwarded. */
  "limited",
  "limitedRetryAfter",
  /** The right reply behind more white space than anybody should read. */
  "hugeReply",
  /** A page in place of a reply. */
  "noJson",
] as const;

/** What happens to the replies of a request. */
const replyFaults = ["reorder", "duplicate", "missingEntry", "wrongId", "emptyError"] as const;

type RequestFault = (typeof requestFaults)[number];
type ReplyFault = (typeof replyFaults)[number];
/** `delay` holds a reply back; `fork` asks the other upstream. */
export type FaultName = RequestFault | ReplyFault | LieName | "delay" | "fork";
export const faultNames: readonly FaultName[] = [...requestFaults, "delay", "fork", ...replyFaults, ...lieNames];

export type Faults = Partial<Record<FaultName, number>>;

export interface FaultedRequest {
  /** Counts from 0 over all requests. */
  readonly sequence: number;
  readonly methods: readonly string[];
  /** Those that had an effect. */
  readonly faults: readonly FaultName[];
}

/** Names the faults of a request, or leaves them to chance. */
export type Script = (request: { sequence: number; methods: readonly string[] }) => readonly FaultName[] | undefined;

export interface FaultProxyOptions {
  readonly upstream: string;
  /** Served where `fork` strikes. */
  readonly fork?: string;
  readonly seed?: number;
  readonly faults?: Faults;
  readonly scripted?: Script;
  readonly delayMsMax?: number;
  readonly hugeBytes?: number;
  /** Value of the header Retry-After. */
  readonly retryAfter?: string;
}

export interface FaultProxy {
  readonly url: string;
  readonly seed: number;
  log(): readonly FaultedRequest[];
  /** How often each fault had an effect. */
  counts(): Faults;
  setFaults(faults: Faults): void;
  setScript(script: Script | undefined): void;
  close(): Promise<void>;
}

interface Reply extends Record<string, unknown> {
  readonly id: unknown;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { upstream, fork, seed = seedOfRun(), delayMsMax = 20, hugeBytes = 80 * 1_048_576, retryAfter = "0" } = options;
  let { faults = {}, scripted } = options;
  const log: FaultedRequest[] = [];
  const asked = new Map<string, number>();
  const receipts: unknown[] = [];
  const sockets = new Set<Socket>();
  let sequence = 0;

  function choose(methods: readonly string[], dice: Dice): readonly FaultName[] {
    const named = scripted?.({ sequence, methods });
    return named ?? faultNames.filter((name) => dice(name) < (faults[name] ?? 0));
  }

  function diceFor(methods: readonly string[]): Dice {
    const key = methods.join(",");
    const before = asked.get(key) ?? 0;
    asked.set(key, before + 1);
    return rollFor(seed, `${key}#${before}`);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const parsed = JSON.parse(body) as WireCall | WireCall[];
    const calls = Array.isArray(parsed) ? parsed : [parsed];
    const methods = calls.map(({ method }) => method);
    const dice = diceFor(methods);
    const chosen = choose(methods, dice);
    const done: FaultName[] = [];
    log.push({ sequence: sequence++, methods, faults: done });
    const use = (name: FaultName): boolean => {
      const strikes = chosen.includes(name);
      if (strikes) done.push(name);
      return strikes;
    };

    if (use("delay")) await new Promise((resolve) => setTimeout(resolve, Math.ceil(dice("ms") * delayMsMax)));
    if (use("requestLost")) return void response.destroy();
    if (use("halfOpen")) return;
    if (use("limited")) return answer(response, { status: 429, text: "slow down" });
    if (use("limitedRetryAfter")) return answer(response, { status: 429, text: "slow down", retryAfter });
    if (use("noJson")) return answer(response, { status: 502, text: "<html>bad gateway</html>" });

    const target = fork !== undefined && use("fork") ? fork : upstream;
    const replies = await forward(target, body);
    if (use("replyLost")) return void response.destroy();
    const bent = Array.isArray(replies) ? replies : [replies];
    const context = { calls, dice, receipts, note: (name: FaultName) => done.push(name) };
    const told = bendReplies(bent as Reply[], chosen, context);
    remember(bent as Reply[], receipts);
    const text = JSON.stringify(Array.isArray(parsed) ? told : told[0]);
    if (use("hugeReply")) return pour(response, text, hugeBytes);
    answer(response, { status: 200, text });
  }

  const server = createServer((request, response) => {
    // The upstream is gone, or the client hung up: the connection ends.
    serve(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("a listening server has a port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    seed,
    log: () => log,
    counts: () => countFaults(log),
    setFaults(next) {
      faults = next;
    },
    setScript(next) {
      scripted = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function forward(url: string, body: string): Promise<unknown> {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return response.json();
}

interface BendContext {
  readonly calls: readonly WireCall[];
  readonly dice: Dice;
  readonly receipts: readonly unknown[];
  note(name: FaultName): void;
}

function bendReplies(replies: readonly Reply[], chosen: readonly FaultName[], context: BendContext): readonly Reply[] {
  const { calls, dice, note } = context;
  let told = [...replies];
  for (const name of lieNames.filter((one) => chosen.includes(one))) {
    const options = told.flatMap((reply, index) => {
      const call = calls.find(({ id }) => id === reply.id);
      if (!call || !("result" in reply)) return [];
      const result = lies[name]({ call, result: reply["result"], dice, receipts: context.receipts });
      return result === undefined ? [] : [{ index, reply: { ...reply, result } }];
    });
    const lie = options[Math.floor(dice(`${name} victim`) * options.length)];
    if (!lie) continue;
    told = told.with(lie.index, lie.reply);
    note(name);
  }
  for (const name of replyFaults.filter((one) => chosen.includes(one))) {
    const next = rearrange(told, name, dice);
    if (!next) continue;
    told = [...next];
    note(name);
  }
  return told;
}

/** A single reply is not part of a batch: only its id and its error can be wrong. */
function rearrange(replies: readonly Reply[], name: ReplyFault, dice: Dice): readonly Reply[] | undefined {
  const victim = Math.floor(dice(`${name} victim`) * replies.length);
  const reply = replies[victim];
  if (!reply) return undefined;
  if (name === "wrongId") return replies.with(victim, { ...reply, id: 1_000_000_007 });
  if (name === "emptyError") {
    return replies.with(victim, { jsonrpc: "2.0", id: reply.id, error: { code: -32_000, message: "" } });
  }
  if (replies.length < 2) return undefined;
  if (name === "reorder") return replies.toReversed();
  if (name === "duplicate") return [...replies, reply];
  return replies.toSpliced(victim, 1);
}

const rememberedMax = 200;

function remember(replies: readonly Reply[], receipts: unknown[]): void {
  for (const { result } of replies) {
    if (typeof result === "object" && result !== null && "cumulativeGasUsed" in result) receipts.push(result);
  }
  receipts.splice(0, receipts.length - rememberedMax);
}

function answer(response: ServerResponse, reply: { status: number; text: string; retryAfter?: string }): void {
  const headers = { "content-type": "application/json", ...(reply.retryAfter && { "retry-after": reply.retryAfter }) };
  response.writeHead(reply.status, headers).end(reply.text);
}

/** White space before a JSON text is part of it: a client without a limit would read it all and be content. */
async function pour(response: ServerResponse, text: string, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(65_536, " ");
  function* padded(): Generator<string | Buffer> {
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
    yield text;
  }
  response.writeHead(200, { "content-type": "application/json" });
  await pipeline(padded(), response);
}

function countFaults(log: readonly FaultedRequest[]): Faults {
  const counts: Faults = {};
  for (const { faults } of log) for (const name of faults) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
