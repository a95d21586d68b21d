import { expect } from "chai";
import * as z from "zod";
import type { Lease } from "../../src/domain/leadership.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Store } from "../../src/store/store.ts";
import { enterParticipants } from "../store/blockFixture.ts";
import { type StartedProcess, startProcess } from "../store/processes/startProcess.ts";
import { attemptAt, attemptsFor, enterIntents, laneOf } from "./intents.ts";
import { describeRace, endSessions } from "./raceDatabase.ts";

const lane = laneOf(0);
const transactionMs = 1_000;
const Paused = z.object({ place: z.string(), pid: z.number(), ids: z.array(z.string()) });
const Outcome = z.object({
  inside: z.string().optional(),
  outside: z.array(z.string()),
  isLost: z.boolean(),
  again: z.unknown(),
});

describeRace("a leader that sleeps and wakes up late", (database) => {
  let store: Store;
  let child: StartedProcess | undefined;

  beforeEach(async () => {
    store = await database.open({ transactionMs });
    await enterParticipants(store, [1]);
    await enterIntents(
      store,
      ["one", "two", "three", "four", "five"].map((id) => ({ id })),
    );
  });
  afterEach(async () => {
    await child?.kill("SIGKILL");
    child = undefined;
  });

  /** A real process that leads and is then stopped, at that place. */
  async function sleeper(place: "outside" | "inside"): Promise<StartedProcess & { readonly ids: readonly string[] }> {
    const started = startProcess("../../races/processes/pausedLeader.ts", [database.url, place, String(transactionMs)]);
    child = started;
    const { pid, ids } = Paused.parse(JSON.parse(await started.nextLine()));
    expect(await createLeadership(store).acquire("lane"), "it leads").to.equal(undefined);
    process.kill(pid, "SIGSTOP");
    await database.query(endSessions);
    return { ...started, pid, ids };
  }

  /** Asks until it has the lead; the server ends what the sleeper still holds. */
  async function takeOver(): Promise<Lease> {
    const leadership = createLeadership(store);
    for (;;) {
      const lease = await leadership.acquire("lane").catch(() => undefined);
      if (lease) return lease;
    }
  }

  const picture = async () => ({
    transactions: await store.db.selectFrom("transactions").selectAll().orderBy("position").execute(),
    attempts: await store.db.selectFrom("attempts").selectAll().orderBy("hash").execute(),
    lanes: await store.db.selectFrom("lanes").selectAll().orderBy("address").execute(),
    leaders: await store.db.selectFrom("leaders").selectAll().orderBy("name").execute(),
  });

  async function wake(sleeping: StartedProcess) {
    process.kill(sleeping.pid, "SIGCONT");
    sleeping.send("go on");
    return Outcome.parse(JSON.parse(await sleeping.nextLine()));
  }

  it("between claim and save writes nothing: another leads, and all is as that one left it", async () => {
    const sleeping = await sleeper("outside");
    expect(sleeping.ids).to.have.length(3);
    const lease = await takeOver();
    const sender = createSenderStore(store);
    const { nextNonce } = await sender.openLane(lease, lane, 0);
    expect(nextNonce, "what the sleeper had saved stands").to.equal(1);
    const intents = await sender.claim(lease, { lane, laneCount: 1, limit: 2 });
    expect(
      intents.map(({ id }) => id),
      "what it had only claimed is claimed again",
    ).to.deep.equal(sleeping.ids.slice(0, 2));
    const ids = intents.map(({ id }) => id);
    await sender.saveSigned(lease, lane, 1, attemptsFor(lane, 1, ids));
    await sender.markBroadcast(
      lease,
      [0, 1].map((nonce) => ({ hash: attemptAt(lane, nonce).hash, atMs: 7 })),
    );
    const before = await picture();
    const { outside, isLost, again } = await wake(sleeping);
    expect(outside).to.deep.equal(outside.map(() => "leader.superseded"));
    expect([isLost, again], "it knows, and does not lead again").to.deep.equal([true, null]);
    expect(await picture()).to.deep.equal(before);
  });

  it("inside a write that has checked its lease commits nothing, and holds the next leader up for a while only", async () => {
    const sleeping = await sleeper("inside");
    const lease = await takeOver();
    const before = await picture();
    expect(before.transactions.map(({ status }) => status)).to.deep.equal([
      ...["signed", "assigned", "assigned", "assigned", "accepted"],
    ]);
    const { inside, outside, isLost } = await wake(sleeping);
    expect(inside).to.be.oneOf(["store.unavailable", "store.transaction_timeout"]);
    expect(outside).to.deep.equal(outside.map(() => "leader.superseded"));
    expect(isLost).to.equal(true);
    expect(await picture()).to.deep.equal(before);
    const sender = createSenderStore(store);
    expect((await sender.openLane(lease, lane, 0)).nextNonce).to.equal(1);
  });
});
