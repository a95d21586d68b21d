/** What must hold after a round, by the driver's own record: first of the running system, then of the folder. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import {
  expectAuditChain,
  expectBlocksToMatch,
  expectDealsInOrder,
  expectEventsToMatch,
  expectNoncesWithoutHoles,
  expectOrdersOnce,
} from "./agreement.ts";
import { type Cast, type PartyName, partyNames, readBalances } from "./cast.ts";
import type { Desk, Entry } from "./desk.ts";
import { readEvidence } from "./evidence.ts";
import type { Listener } from "./listener.ts";
import { type Model, valueAt } from "./model.ts";

export interface RoundRecord {
  readonly desk: Desk;
  readonly model: Model;
  readonly cast: Cast;
  readonly listeners: ReadonlyMap<PartyName, Listener>;
}

/** The running system answers as it did before, and shows what was acknowledged. */
export async function checkSystem(record: RoundRecord): Promise<void> {
  assert.deepEqual(record.desk.faults, [], "no client saw a fault of the gateway");
  await checkReplies(record);
  await checkBalances(record);
  await checkDeals(record);
  for (const name of partyNames) await checkStream(record, name);
}

/** How far an act has come may differ from reply to reply; nothing else may. */
function lasting({ status, text }: { status: number; text: string }): unknown {
  const body = JSON.parse(text) as Record<string, unknown>;
  if (!("orderId" in body)) return { status, body };
  const { status: _progress, transaction: _transaction, ...rest } = body;
  return { status, body: rest };
}

/** Every acknowledged request, sent once more: byte for byte the reply that was stored, and no answer contradicts it. */
async function checkReplies({ desk }: RoundRecord): Promise<void> {
  const acknowledged = [...desk.entries.values()].filter(isAcknowledged);
  await severalAtOnce(acknowledged, async ({ request, answers }) => {
    const before = [...answers];
    const { status, text } = await desk.send(request);
    for (const answer of before) {
      if (answer.isWaited) assert.deepEqual(lasting(answer), lasting({ status, text }), request.key);
      else assert.equal(`${answer.status} ${answer.text}`, `${status} ${text}`, request.key);
    }
  });
}

const atOnce = 8;

async function severalAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export function isAcknowledged({ answers }: Entry): boolean {
  return answers.some(({ status }) => status >= 200 && status < 300);
}

async function checkBalances({ desk, cast, model }: RoundRecord): Promise<void> {
  for (const name of partyNames) {
    const read = (target: string) => desk.read(cast[name].tokens.maker ?? "", target);
    for (const source of ["ledger", "index"] as const) {
      assert.deepEqual(await readBalances(read, source), model.balancesOf(name), `money of ${name} by the ${source}`);
    }
  }
}

async function checkDeals({ desk, cast, model }: RoundRecord): Promise<void> {
  await severalAtOnce([...model.deals], async ([id, { who, path, says }]) => {
    const token = cast[who].tokens.maker ?? "";
    const view = await desk.read(token, path);
    for (const [place, value] of Object.entries(says)) assert.equal(valueAt(view, place), value, `${path} ${place}`);
    if (path.startsWith("/v1/presentations/")) return;
    const verified = (await desk.read(token, `/v1/verifications/${id}`)) as { agrees: boolean; differences: unknown };
    assert.deepEqual([verified.agrees, verified.differences], [true, []], `${path} beside the ledger`);
  });
}

interface EventPage {
  readonly items: readonly { readonly sequence: number; readonly type: string }[];
  readonly next: number;
}

const hearMs = 15_000;

/** What a consumer heard through all lives is the list, no more and no less, in order. */
async function checkStream({ desk, cast, listeners }: RoundRecord, name: PartyName): Promise<void> {
  const items: EventPage["items"][number][] = [];
  for (let after = 0; ; ) {
    const page = (await desk.read(cast[name].tokens.maker ?? "", `/v1/events?limit=200&after=${after}`)) as EventPage;
    if (page.items.length === 0) break;
    assert.ok(page.next > after, "a page leads on");
    items.push(...page.items);
    after = page.next;
  }
  const sequences = items.map(({ sequence }) => sequence);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
    `${name}'s sequence has no gap`,
  );
  const heard = listeners.get(name)?.heard ?? [];
  for (let waitedMs = 0; heard.length < items.length && waitedMs < hearMs; waitedMs += 50) await delay(50);
  assert.equal(heard.length, items.length, `${name} heard every event once`);
  for (const [index, { id, event, data }] of heard.entries()) {
    const item = items[index];
    assert.deepEqual([id, event, JSON.parse(data)], [item?.sequence, item?.type, item], `${name} heard the list`);
  }
}

/** Store, journal and a ledger made anew from the journal, read when everything has ended. */
export async function checkFolder(dataDir: string, { desk, model }: RoundRecord) {
  const evidence = await readEvidence(dataDir);
  expectOrdersOnce(evidence, model.orders);
  expectNoncesWithoutHoles(evidence);
  expectDealsInOrder(evidence);
  expectBlocksToMatch(evidence);
  expectEventsToMatch(evidence);
  expectAuditChain(evidence);
  const keys = [...desk.entries.values()].filter(isAcknowledged).map(({ request }) => request.key);
  const stored = evidence.store.idempotency.map(({ key }) => key).filter((key) => /^r\d+\.c\d+\./.test(key));
  assert.deepEqual(stored.sort(), keys.sort(), "a reply is stored for what was acknowledged, and for nothing else");
  return { blocks: evidence.ledger.blocks.length, acts: model.orders.size };
}
