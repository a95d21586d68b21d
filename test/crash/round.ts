/**
 * One round: a copy of the prepared folder, clients and stream consumers that never stop asking, and one life after the
 * other, each ended by a kill. The last life ends in order, and everything is checked.
 */
import fs from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { createDraw } from "../images/draw.ts";
import { type Prepared, partyNames } from "./cast.ts";
import { createDesk, createNetwork, type Network } from "./desk.ts";
import { type Ending, type Life, startLife } from "./life.ts";
import { type Listener, listen } from "./listener.ts";
import { createModel } from "./model.ts";
import { plays } from "./plays.ts";
import { type Crash, type Kill, settingsOf } from "./schedule.ts";
import { createStage } from "./stage.ts";
import { checkFolder, checkSystem, type RoundRecord } from "./verdict.ts";

export interface RoundOptions {
  readonly seed: number;
  readonly kills: readonly (Crash | Kill)[];
  readonly prepared: Prepared;
  /** Made for the round and removed after it, unless it failed. */
  readonly dataDir: string;
  readonly clients?: number;
}

/** What happened. */
export interface RoundReport {
  /** Milliseconds from each kill's start to the end of all its processes. */
  readonly killMs: readonly number[];
  readonly lanes: readonly number[];
  /** Requests that were answered, and how often one had to be sent again. */
  readonly answered: number;
  readonly resent: number;
  readonly acts: number;
  readonly events: number;
  readonly resumed: number;
  readonly blocks: number;
}

/** An armed place that is not passed within this time counts as not covered. */
const fireMs = 90_000;
const finishMs = 120_000;

export async function playRound(options: RoundOptions): Promise<RoundReport> {
  const { seed, kills, prepared, dataDir, clients = 8 } = options;
  const draw = createDraw(seed).fork("round");
  prepared.copyTo(dataDir);
  const network = createNetwork();
  const desk = createDesk(network);
  const { cast } = prepared;
  const model = createModel(cast);
  const listeners = new Map(partyNames.map((name) => [name, listen(network, cast[name].tokens.maker ?? "")] as const));
  const traffic = startTraffic({
    clients,
    seed,
    makeStage: (prefix, own) => createStage({ desk, cast, model, draw: own, prefix }),
  });
  const killMs: number[] = [];
  const lanes: number[] = [];
  try {
    for (const kill of kills) {
      lanes.push(1 + draw(4));
      killMs.push(await liveAndDie({ dataDir, network, traffic, kill, lanes: lanes.at(-1) ?? 1 }));
    }
    lanes.push(1 + draw(4));
    const record: RoundRecord = { desk, model, cast, listeners };
    await liveToTheEnd({ dataDir, network, traffic, record, lanes: lanes.at(-1) ?? 1 });
    const { blocks, acts } = await checkFolder(dataDir, record);
    fs.rmSync(dataDir, { recursive: true, force: true });
    const heard = [...listeners.values()];
    return {
      ...{ killMs, lanes, blocks, acts, resent: desk.resent() },
      answered: [...desk.entries.values()].reduce((sum, { answers }) => sum + answers.length, 0),
      events: heard.reduce((sum, listener) => sum + listener.heard.length, 0),
      resumed: heard.reduce((sum, listener) => sum + listener.resumed(), 0),
    };
  } catch (error) {
    network.giveUp(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    await stopListeners(listeners);
    await traffic.ended.catch(() => undefined);
  }
}

interface Traffic {
  /** Clients finish the deal that they are at, and begin no other. */
  finish(): void;
  /** @throws what a client met that it should never meet */
  readonly ended: Promise<void>;
}

type MakeStage = (prefix: string, draw: ReturnType<typeof createDraw>) => ReturnType<typeof createStage>;

function startTraffic({ clients, seed, makeStage }: { clients: number; seed: number; makeStage: MakeStage }): Traffic {
  let isOver = false;

  async function client(number: number): Promise<void> {
    const draw = createDraw(seed).fork(`client ${number}`);
    const stage = makeStage(`r${seed}.c${number}`, draw);
    while (!isOver) await draw.pick(plays)(stage);
  }

  const ended = Promise.all(Array.from({ length: clients }, (_, number) => client(number))).then(() => undefined);
  ended.catch(() => undefined);
  return {
    finish() {
      isOver = true;
    },
    ended,
  };
}

interface Living {
  readonly dataDir: string;
  readonly network: Network;
  readonly traffic: Traffic;
  readonly lanes: number;
}

function begin({ dataDir, network, lanes }: Living, settings: Readonly<Record<string, string>>): Life {
  const life = startLife({ dataDir, once: false, demo: false, settings: { HANSA_LANES: String(lanes), ...settings } });
  // It may die before it serves.
  life.seen(/Hansa runs on (\S+)/).then(
    ([, url]) => network.set(url),
    () => undefined,
  );
  return life;
}

async function liveAndDie(living: Living & { readonly kill: Crash | Kill }): Promise<number> {
  const { kill, network, traffic } = living;
  const begun = performance.now();
  const life = begin(living, kill.place === "anywhere" ? {} : settingsOf(kill));
  if (kill.place === "anywhere") void killLater(life, kill);
  const ending = await orFault(life, traffic, kill);
  network.set(undefined);
  judge(kill, ending);
  return Math.round(performance.now() - begun);
}

/** A ledger that is not there yet is waited for. */
async function killLater(life: Life, { afterMs, victim }: Kill): Promise<void> {
  let isOver = false;
  void life.ended.finally(() => {
    isOver = true;
  });
  await delay(afterMs);
  while (!isOver) {
    life.kill("SIGKILL", victim === "both" ? "group" : victim);
    await delay(20);
  }
}

/** The life's end; or what a client met meanwhile, or that it did not end. */
async function orFault(life: Life, traffic: Traffic, { place, victim }: Crash | Kill): Promise<Ending> {
  const late = new AbortController();
  const tooLate = delay(fireMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`nothing died at ${place} (${victim}): the place was not passed, or the death was not noticed`);
  });
  tooLate.catch(() => undefined);
  const fault = traffic.ended.then(() => new Promise<never>(() => {}));
  try {
    return await Promise.race([life.ended, tooLate, fault]);
  } catch (error) {
    life.kill("SIGKILL", "group");
    await life.ended;
    throw error;
  } finally {
    late.abort();
  }
}

const ledgerLost = /Stopped: the ledger's process ended\.|The ledger's process did not start \(ledger\.start_failed\)/;

/** It died as planned, and of nothing else. */
function judge(kill: Crash | Kill, { code, signal, output, errors }: Ending): void {
  const isGateway = kill.victim !== "ledger";
  const asPlanned = isGateway ? signal === "SIGKILL" : code === 1 && ledgerLost.test(errors);
  if (asPlanned) return;
  throw new Error(`ended otherwise than by the kill: code ${code}, signal ${signal}\n${output}\n${errors}`);
}

async function liveToTheEnd(living: Living & { readonly record: RoundRecord }): Promise<void> {
  const { traffic, record } = living;
  const life = begin(living, {});
  const died = life.ended.then(({ code, output, errors }) => {
    throw new Error(`the last life ended by itself with code ${code}\n${output}\n${errors}`);
  });
  died.catch(() => undefined);
  try {
    traffic.finish();
    const finished = delay(finishMs, undefined, { ref: false }).then(() => {
      throw new Error("the clients did not come to an end");
    });
    finished.catch(() => undefined);
    await Promise.race([traffic.ended, died, finished]);
    await Promise.race([checkSystem(record), died]);
  } catch (error) {
    life.kill("SIGKILL", "group");
    await life.ended;
    throw error;
  }
  await stopListeners(record.listeners);
  life.kill("SIGINT", "gateway");
  const { code, errors } = await life.ended;
  if (code !== 0) throw new Error(`the last life ended with code ${code}\n${errors}`);
}

async function stopListeners(listeners: ReadonlyMap<string, Listener>): Promise<void> {
  await Promise.all([...listeners.values()].map((listener) => listener.stop()));
}
