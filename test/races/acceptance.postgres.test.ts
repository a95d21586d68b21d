import { expect } from "chai";
import type { Lease } from "../../src/domain/leadership.ts";
import type { LaneName } from "../../src/domain/transaction.ts";
import { requestCancellation } from "../../src/store/queue.ts";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Store } from "../../src/store/store.ts";
import { enterParticipants, organisationOf } from "../store/blockFixture.ts";
import {
  addIntents,
  attemptsFor,
  dealIn,
  enterIntents,
  enterMaker,
  laneOf,
  leadOf,
  type TestIntent,
} from "./intents.ts";
import { describeRace } from "./raceDatabase.ts";

const laneCount = 2;
const [left, right] = [laneOf(0), laneOf(1)];
const dealOfLeft = dealIn(left, laneCount);
const dealOfRight = dealIn(right, laneCount);

describeRace("acts that are accepted at the same moment", (database) => {
  let store: Store;
  let other: Store;
  let lease: Lease;

  beforeEach(async () => {
    store = await database.open();
    other = await database.open();
    await enterParticipants(store, [1]);
    lease = await leadOf(store);
    for (const lane of [left, right]) await createSenderStore(store).openLane(lease, lane, 0);
  });

  const claim = async (lane: LaneName, from = store, limit = 100) =>
    (await createSenderStore(from).claim(lease, { lane, laneCount, limit })).map(({ id }) => id);
  const sign = async (lane: LaneName, firstNonce: number) => {
    const ids = await claim(lane);
    await createSenderStore(store).saveSigned(lease, lane, firstNonce, attemptsFor(lane, firstNonce, ids));
    return ids;
  };
  const finish = (id: string) =>
    store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "final" }).where("id", "=", id).execute();
    });
  const positions = async () => {
    const rows = await store.db.selectFrom("transactions").select(["id", "position"]).orderBy("position").execute();
    return rows.map(({ id }) => id);
  };

  /** Writes the intent and leaves its commit to the caller. */
  async function acceptSlowly(intent: TestIntent) {
    const { promise: mayCommit, resolve } = Promise.withResolvers<void>();
    const { promise: isWritten, resolve: wrote } = Promise.withResolvers<void>();
    const committed = other.transaction(async (tx) => {
      await addIntents(tx, [intent]);
      wrote();
      await mayCommit;
    });
    await isWritten;
    return async () => {
      resolve();
      await committed;
    };
  }

  it("an act that appears below one that another lane has taken waits for it", async () => {
    const commit = await acceptSlowly({ id: "late", deals: [dealOfLeft, dealOfRight] });
    await enterIntents(store, [{ id: "early", deals: [dealOfRight] }]);
    expect(await sign(right, 0), "it does not see what is not committed").to.deep.equal(["early"]);
    await commit();
    expect(await positions()).to.deep.equal(["late", "early"]);
    expect(await claim(left)).to.deep.equal([]);
    await enterIntents(store, [{ id: "next", deals: [dealOfRight] }]);
    expect(await claim(right), "and who comes later waits behind it").to.deep.equal([]);
    await finish("early");
    expect(await sign(left, 0)).to.deep.equal(["late"]);
    await finish("late");
    expect(await claim(right)).to.deep.equal(["next"]);
  });

  it("an act that appears below one that another lane is just taking waits for that too", async () => {
    const { promise: mayCommit, resolve: commitClaim } = Promise.withResolvers<void>();
    const { promise: isClaimed, resolve: claimed } = Promise.withResolvers<void>();
    const slow: Store = {
      ...other,
      transaction: (work) =>
        other.transaction(async (tx) => {
          const result = await work(tx);
          claimed();
          await mayCommit;
          return result;
        }),
    };
    const commit = await acceptSlowly({ id: "late", deals: [dealOfLeft, dealOfRight] });
    await enterIntents(store, [{ id: "early", deals: [dealOfRight] }]);
    const ofRight = claim(right, slow);
    await isClaimed;
    await commit();
    const ofLeft = claim(left);
    const waits = async () => (await database.query("select from pg_locks where not granted")).length > 0;
    let isDone = false;
    void ofLeft.then(() => (isDone = true));
    while (!isDone && !(await waits()));
    commitClaim();
    expect(await ofRight).to.deep.equal(["early"]);
    expect(await ofLeft).to.deep.equal([]);
  });

  it("an act that appears below one that its own lane has signed gets the next nonce", async () => {
    const commit = await acceptSlowly({ id: "late", deals: [dealOfLeft] });
    await enterIntents(store, [{ id: "early", deals: [dealOfLeft] }]);
    expect(await sign(left, 0)).to.deep.equal(["early"]);
    await commit();
    expect(await positions()).to.deep.equal(["late", "early"]);
    expect(await sign(left, 1)).to.deep.equal(["late"]);
    const open = await createSenderStore(store).open(left);
    expect(open.map(({ id, nonce }) => [id, nonce])).to.deep.equal([
      ["early", 0],
      ["late", 1],
    ]);
  });

  it("an act that a user is cancelling is not waited for, and nothing on its deal passes it", async () => {
    await enterMaker(store);
    const otherOfLeft = dealIn(left, laneCount, "other");
    await enterIntents(store, [
      { id: "wanted", deals: [dealOfLeft] },
      { id: "behind", deals: [dealOfLeft, otherOfLeft] },
      { id: "further", deals: [otherOfLeft] },
      { id: "free", deals: [dealIn(left, laneCount, "free")] },
    ]);
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>();
    const cancelled = other.transaction(async (tx) => {
      const wish = { organisationId: organisationOf(1), transactionId: "wanted", userId: "maker" };
      expect(await requestCancellation(tx, wish)).to.deep.equal({ status: "cancelled" });
      locked();
      await mayEnd;
      throw new Error("the request failed");
    });
    await isLocked;
    expect(await claim(left)).to.deep.equal(["free"]);
    end();
    await cancelled.catch(() => undefined);
    expect(await claim(left)).to.deep.equal(["wanted", "behind", "further", "free"]);
  });

  it("two processes that claim at the same moment never take the same act", async () => {
    const intents = Array.from({ length: 600 }, (_, n) => ({ id: `act-${n}`, deals: [`deal-${n % 90}`] }));
    await enterIntents(store, intents);
    const taken: string[] = [];
    for (let round = 1; round <= 10; round += 1) {
      const [ofLeft, ofRight] = await Promise.all([claim(left, store, 60 * round), claim(right, other, 60 * round)]);
      expect(
        ofLeft.filter((id) => ofRight.includes(id)),
        `round ${round}`,
      ).to.deep.equal([]);
      taken.splice(0, taken.length, ...ofLeft, ...ofRight);
    }
    expect(taken).to.have.members(intents.map(({ id }) => id));
  });

  it("two processes with different numbers of lanes never sign the same act", async () => {
    const intents = Array.from({ length: 60 }, (_, n) => ({ id: `act-${n}` }));
    await enterIntents(store, intents);
    const lanes = [
      { lane: left, laneCount: 1, from: store },
      { lane: right, laneCount: 2, from: other },
    ];
    const nonces = [0, 0];
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(
        lanes.map(async ({ lane, laneCount: count, from }) => {
          const sender = createSenderStore(from);
          const taken = await sender.claim(lease, { lane, laneCount: count, limit: 10 });
          const first = nonces[lane.number] ?? 0;
          const ids = taken.map(({ id }) => id);
          const saved = await sender.saveSigned(lease, lane, first, attemptsFor(lane, first, ids)).then(
            () => ids.length,
            (error: unknown) => {
              expect(error).to.have.property("code", "leader.superseded");
              return 0;
            },
          );
          nonces[lane.number] = first + saved;
        }),
      );
    }
    const attempts = await store.db.selectFrom("attempts").select(["transaction_id", "lane", "nonce"]).execute();
    expect(new Set(attempts.map(({ transaction_id: id }) => id)).size, "each at one nonce").to.equal(attempts.length);
    for (const lane of [left, right]) {
      const used = attempts.filter((attempt) => attempt.lane === lane.address).map(({ nonce }) => nonce);
      expect(used.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: nonces[lane.number] ?? 0 }, (_, n) => n));
    }
  });

  it("acts on two deals keep the order in which their users saw them accepted", async () => {
    const deals = Array.from({ length: 6 }, (_, n) => `deal-${n}`);
    let clock = 0;
    const seen = new Map<string, { readonly deals: readonly string[]; readonly from: number; readonly to: number }>();
    async function user(number: number): Promise<void> {
      const from = number % 2 === 0 ? store : other;
      for (let n = 0; n < 25; n += 1) {
        const id = `act-${number}-${n}`;
        const pair = [deals[(number + n) % 6] ?? "", deals[(number * 3 + n * 2 + 1) % 6] ?? ""];
        const chosen = [...new Set(pair)];
        clock += 1;
        const begun = clock;
        await enterIntents(from, [{ id, deals: chosen }]);
        clock += 1;
        seen.set(id, { deals: chosen, from: begun, to: clock });
      }
    }
    const executed: string[] = [];
    let isAccepted = false;
    async function work(lane: LaneName): Promise<void> {
      const sender = createSenderStore(lane === left ? store : other);
      for (let nonce = 0; !isAccepted || executed.length < 200; ) {
        const ids = (await sender.claim(lease, { lane, laneCount, limit: 7 })).map(({ id }) => id);
        await sender.saveSigned(lease, lane, nonce, attemptsFor(lane, nonce, ids));
        nonce += ids.length;
        for (const id of ids) {
          executed.push(id);
          await finish(id);
        }
      }
    }
    const users = Array.from({ length: 8 }, (_, number) => user(number));
    const accepted = Promise.all(users).then(() => {
      isAccepted = true;
    });
    await Promise.all([accepted, work(left), work(right)]);
    expect(executed).to.have.members([...seen.keys()]);
    const places = new Map(executed.map((id, place) => [id, place]));
    const wrong = [...seen].flatMap(([id, act]) =>
      [...seen]
        .filter(([, later]) => act.to < later.from && act.deals.some((deal) => later.deals.includes(deal)))
        .filter(([laterId]) => (places.get(laterId) ?? 0) < (places.get(id) ?? 0))
        .map(([laterId]) => `${laterId} before ${id}`),
    );
    expect(wrong).to.deep.equal([]);
  });
});
