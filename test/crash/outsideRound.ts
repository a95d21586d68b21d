/**
 * Places that no act on an embedded ledger passes: a further attempt at a nonce, blocks taken back, views made anew. The
 * real programs die there over a ledger outside, which a proxy keeps transactions from and a copy of which goes on
 * otherwise; each time the next life finishes what was begun.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { TransactionView } from "../../src/features/transactions/queries.ts";
import { createClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { type FaultProxy, startFaultProxy } from "../faults/proxy.ts";
import { type Api, createApi } from "../fixtures/api.ts";
import { startSystem, type TestBank, type TestParty } from "../fixtures/gateway.ts";
import { createDraw, type Draw } from "../images/draw.ts";
import { viewsOf } from "../reorg/indexedState.ts";
import { type Ending, type Life, startLife, startReindex } from "./life.ts";
import { type Outside, startOutside } from "./outsideLedgers.ts";
import type { RoundReport } from "./round.ts";
import { type Crash, settingsOf } from "./schedule.ts";

const pollMs = 40;
const waitMs = 60_000;
/** More than one commit of a retraction takes back. */
const strangersBlocks = 20;
const reorganising = { HANSA_LEDGER_FINALITY: "depth", HANSA_LEDGER_DEPTH: "64" };

/** What is there before anything dies: a bank with a holder of its money, in a folder, on a ledger outside. */
interface Scene {
  readonly dataDir: string;
  readonly ledger: Outside;
  readonly proxy: FaultProxy;
  readonly bank: TestBank;
  readonly holder: TestParty;
  readonly draw: Draw;
}

export function playOutsideRound(seed: number, dataDir: string) {
  const draw = createDraw(seed).fork("outside");
  const crash = (place: Crash["place"], passage = 1): Crash => ({ place, passage, victim: "gateway" });
  const cancelling = crash("replacement.signed");
  const reorganisation = crash("reorganisation.committed", 1 + draw(2));
  const rebuild = crash("reindex.committed");
  const kills: readonly Crash[] = [cancelling, reorganisation, rebuild];

  async function play(): Promise<RoundReport> {
    const killMs: number[] = [];
    const open: { close(): Promise<void> }[] = [];
    const timed = async (work: () => Promise<void>) => {
      const begun = performance.now();
      await work();
      killMs.push(Math.round(performance.now() - begun));
    };
    try {
      const scene = await setScene(dataDir, draw, open);
      const other = await scene.ledger.fork(path.join(dataDir, "fork"));
      open.push(other);
      await timed(() => dieCancelling(scene, cancelling));
      await timed(() => dieReorganising(scene, other, reorganisation));
      await timed(() => dieReindexing(scene, other, rebuild));
      const blocks = (await other.head()) + 1;
      await Promise.all(open.splice(0).map((one) => one.close()));
      fs.rmSync(dataDir, { recursive: true, force: true });
      return { killMs, lanes: [], answered: 0, resent: 0, acts: 0, events: 0, resumed: 0, blocks };
    } finally {
      await Promise.all(open.map((one) => one.close()));
    }
  }

  return { kills, play };
}

async function setScene(folder: string, draw: Draw, open: { close(): Promise<void> }[]): Promise<Scene> {
  const ledger = await startOutside(path.join(folder, "ledger"));
  open.push(ledger);
  const system = await startSystem({ settings: { HANSA_LEDGER_URLS: ledger.url } });
  try {
    const bank = await system.bank();
    const holder = await system.party({ roles: ["merchant"] });
    await system.deposit(bank, holder, "10.00");
    await system.stop();
    const dataDir = path.join(folder, "gateway");
    fs.cpSync(system.dataDir, dataDir, { recursive: true });
    const proxy = await startFaultProxy({ upstream: ledger.url });
    open.push(proxy);
    return { dataDir, ledger, proxy, bank, holder, draw };
  } finally {
    await system.close();
  }
}

/** The no-op of a cancelled act is stored and not sent. The next life sends it: the nonce is used once, by the no-op. */
async function dieCancelling(scene: Scene, crash: Crash): Promise<void> {
  const { proxy, bank } = scene;
  proxy.setScript(({ methods }) => (methods.includes("eth_sendRawTransaction") ? ["requestLost"] : []));
  const first = await serve(scene, proxy.url, settingsOf(crash));
  const id = await deposit(scene, first.url);
  const before = await reached(as(first.url, bank), id, ({ status }) => status === "signed");
  assert.equal(before.attempts.length, 1);
  // It may die before it has answered.
  await as(first.url, bank)
    .post(`/v1/transactions/${id}/cancellation`)
    .catch(() => undefined);
  expectKilled(await first.life.ended);
  proxy.setScript(undefined);
  const second = await serve(scene, proxy.url);
  const after = await reached(as(second.url, bank), id, ({ blockNumber }) => blockNumber !== null);
  assert.equal(after.status, "cancelled");
  assert.deepEqual([after.nonce, after.attempts.map(({ kind }) => kind)], [before.nonce, ["act", "noop"]]);
  assert.equal(after.hash, after.attempts[1]?.hash);
  await end(second.life);
  await expectNoHole(scene, scene.ledger);
}

/** Some blocks are taken back and some are not yet. The next life goes on, and what was in them is done once more. */
async function dieReorganising(scene: Scene, other: Outside, crash: Crash): Promise<void> {
  const { ledger, bank } = scene;
  const first = await serve(scene, ledger.url);
  const ids = [await deposit(scene, first.url), await deposit(scene, first.url)];
  for (const id of ids) await reached(as(first.url, bank), id, ({ status }) => status === "mined");
  await ledger.extend(strangersBlocks);
  await indexed(first.url, await ledger.head());
  await end(first.life);

  await other.extend((await ledger.head()) - (await other.head()) + 1 + scene.draw(5));
  const dying = startLife(livingOn(scene, other.url, settingsOf(crash)));
  expectKilled(await dying.ended);
  const last = await serve(scene, other.url);
  for (const id of ids) {
    const { blockNumber } = await reached(as(last.url, bank), id, ({ status }) => status === "mined");
    assert.ok(blockNumber !== null && blockNumber <= (await other.head()));
  }
  await indexed(last.url, await other.head());
  await end(last.life);
  await expectNoHole(scene, other);
}

/** Views that are half made are refused to a gateway; made to the end they are, byte for byte, what they were. */
async function dieReindexing(scene: Scene, other: Outside, crash: Crash): Promise<void> {
  const { dataDir } = scene;
  const settings = { ...reorganising, HANSA_LEDGER_URLS: other.url };
  const views = await inStore(dataDir, viewsOf);
  expectKilled(await startReindex(dataDir, { ...settings, ...settingsOf(crash) }).ended);
  const refused = await startLife(livingOn(scene, other.url)).ended;
  assert.equal(refused.code, 1, refused.errors);
  assert.match(refused.errors, /start\.reindex_unfinished/);
  const finished = await startReindex(dataDir, settings).ended;
  assert.equal(finished.code, 0, `${finished.output}\n${finished.errors}`);
  assert.match(finished.output, /views made anew; the sequences agree with the ledger/);
  assert.deepEqual(await inStore(dataDir, viewsOf), views);
}

const livingOn = ({ dataDir }: Scene, url: string, settings: Readonly<Record<string, string>> = {}) => ({
  ...{ dataDir, once: false, demo: false },
  settings: { ...reorganising, HANSA_LEDGER_URLS: url, ...settings },
});

async function serve(scene: Scene, url: string, settings: Readonly<Record<string, string>> = {}) {
  const life = startLife(livingOn(scene, url, settings));
  const [, at = ""] = await life.seen(/Hansa runs on (\S+)/);
  return { life, url: at };
}

async function end(life: Life): Promise<void> {
  life.kill("SIGINT", "gateway");
  const { code, errors } = await life.ended;
  assert.equal(code, 0, errors);
}

function expectKilled({ code, signal, output, errors }: Ending): void {
  assert.deepEqual({ code, signal }, { code: null, signal: "SIGKILL" }, `${output}\n${errors}`);
}

const as = (url: string, { maker }: TestParty): Api => createApi(url, maker.token);

/** Proposed and approved; what becomes of the transaction is asked for. */
async function deposit({ bank, holder }: Scene, url: string): Promise<string> {
  const money = { amount: "1.00", currency: "EUR" };
  const proposed = await as(url, bank).post("/v1/deposits", { to: holder.id, money, reference: randomUUID() });
  const checker = createApi(url, bank.checker.token);
  const { body, text } = await checker.post(`/v1/approvals/${proposed.body.orderId}/approve`);
  assert.ok(body.transaction, text);
  return body.transaction.id;
}

async function reached(
  api: Api,
  id: string,
  isThere: (transaction: TransactionView) => boolean,
): Promise<TransactionView> {
  return await untilSome(async () => {
    const { body, text } = await api.get<TransactionView>(`/v1/transactions/${id}`);
    return isThere(body) ? { found: body } : { missing: text };
  });
}

async function indexed(url: string, head: number): Promise<void> {
  await untilSome(async () => {
    const [, block = "-1"] = /^hansa_indexed_block (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text()) ?? [];
    return Number(block) >= head ? { found: block } : { missing: `block ${block} of ${head} is indexed` };
  });
}

async function untilSome<T>(look: () => Promise<{ readonly found: T } | { readonly missing: string }>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const seen = await look();
    if ("found" in seen) return seen.found;
    if (waitedMs > waitMs) throw new Error(seen.missing);
    await delay(pollMs);
  }
}

async function expectNoHole({ dataDir }: Scene, ledger: Outside): Promise<void> {
  const lanes = await inStore(dataDir, ({ db }) => db.selectFrom("lanes").selectAll().execute());
  for (const { address, next_nonce: given } of lanes) assert.equal(await ledger.countOf(address), given, address);
}

/** The store of a folder that no process works on. */
async function inStore<T>(dataDir: string, read: (store: Store) => Promise<T>): Promise<T> {
  const lock = await lockFolder(dataDir);
  const context: Context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  try {
    const store = await openStore({ context, dataDir: path.join(dataDir, "store"), migrations });
    context.shutdown.add("store", () => store.close());
    return await read(store);
  } finally {
    await context.shutdown.close();
    lock.release();
  }
}
