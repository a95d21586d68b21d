/**
 * A gateway that leads lane 0 of the database argv[2] and is stopped in the middle. It prints what it has and waits for
 * a line at each place:
 *
 * - `outside`: it has claimed and signed, nothing of that is saved;
 * - `inside`: it is in the middle of a write that has checked its lease.
 *
 * Then it does every write of a leader, and prints how each ended and whether it knows that its lock is gone.
 */
import { createInterface } from "node:readline";
import { sql } from "kysely";
import type { Lease } from "../../../src/domain/leadership.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { assertLeader, createLeadership } from "../../../src/store/leadership.ts";
import { migrations } from "../../../src/store/migrations/all.ts";
import { createSenderStore } from "../../../src/store/senderStore.ts";
import { openStore } from "../../../src/store/store.ts";
import { attemptAt, attemptsFor, laneOf } from "../intents.ts";

const [, , databaseUrl = "", place = "", transactionMs = ""] = process.argv;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const store = await openStore({
  durability: "relaxed",
  ...{ context: { logger: silentLogger }, migrations, databaseUrl },
  transactionMs: Number(transactionMs),
});
const leadership = createLeadership(store);
const sender = createSenderStore(store);
const lane = laneOf(0);
const lease = await leadership.acquire("lane");
if (!lease) throw new Error("another process leads the lane");
const { nextNonce } = await sender.openLane(lease, lane, 0);
const first = await sender.claim(lease, { lane, laneCount: 1, limit: 1 });
await sender.saveSigned(
  lease,
  lane,
  nextNonce,
  attemptsFor(
    lane,
    nextNonce,
    first.map(({ id }) => id),
  ),
);
const intents = await sender.claim(lease, { lane, laneCount: 1, limit: 3 });
const ids = intents.map(({ id }) => id);
const attempts = ids.map((transactionId, index) =>
  attemptAt(lane, nextNonce + 1 + index, { transactionId, hash: `0xsleeper-${index}`, raw: "0xsleeper" }),
);

function fate(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "written",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

async function pause(): Promise<void> {
  print({ place, pid: process.pid, ids });
  await lines.next();
}

function writeInside(held: Lease): Promise<unknown> {
  return store.transaction(async (tx) => {
    await assertLeader(tx, held);
    await sql`update transactions set status = 'broadcast' where lane = ${lane.address}`.execute(tx);
    await pause();
  });
}

const inside = place === "inside" ? await fate(writeInside(lease)) : undefined;
if (place === "outside") await pause();
print({
  inside,
  outside: [
    await fate(sender.saveSigned(lease, lane, nextNonce + 1, attempts)),
    await fate(sender.claim(lease, { lane, laneCount: 1, limit: 3 })),
    await fate(sender.openLane(lease, lane, 0)),
    await fate(sender.saveAttempt(lease, attemptAt(lane, nextNonce, { transactionId: first[0]?.id ?? "" }), "dead")),
    await fate(sender.markBroadcast(lease, [{ hash: attemptAt(lane, nextNonce).hash, atMs: 9 }])),
    await fate(sender.markReplaced(lease, [first[0]?.id ?? "", ...ids])),
  ],
  isLost: leadership.isLost(lease),
  again: (await leadership.acquire("lane")) ?? null,
});
await store.close();
process.exit(0);
