import { expect } from "chai";
import fc from "fast-check";
import { createSenderStore } from "../../src/store/senderStore.ts";
import type { Store } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";
import { enterParticipants } from "../store/blockFixture.ts";
import { attemptsFor, enterIntents, laneOf, leadOf } from "./intents.ts";

/** What happens, in any order; numbers are taken modulo what is there. */
type Step =
  | { readonly kind: "accept"; readonly deals: readonly number[] }
  | { readonly kind: "sign"; readonly lane: number; readonly limit: number }
  /** Takes intents and loses power before it signs them. */
  | { readonly kind: "claim"; readonly lane: number; readonly limit: number }
  /** The ledger takes the next of a lane into a block. */
  | { readonly kind: "mine"; readonly lane: number }
  | { readonly kind: "lanes"; readonly count: number };

const lane = fc.nat({ max: 3 });
const limit = fc.integer({ min: 1, max: 4 });
const deals = fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("accept" as const), deals }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("sign" as const), lane, limit }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("claim" as const), lane, limit }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("mine" as const), lane }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("lanes" as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
);

const lanesMax = 4;
const lanes = Array.from({ length: lanesMax }, (_, number) => laneOf(number));

/** Gateway and ledger, as much of them as this needs. `mined` is the order in which the ledger executed. */
async function createRun(store: Store) {
  const sender = createSenderStore(store);
  const lease = await leadOf(store);
  const nextNonces = lanes.map(() => 0);
  const acts = new Map<string, readonly string[]>();
  const mined: string[] = [];
  let laneCount = 2;
  for (const each of lanes) await sender.openLane(lease, each, 0);

  async function claim(number: number, limitOf: number): Promise<readonly string[]> {
    const taken = await sender.claim(lease, { lane: laneOf(number), laneCount, limit: limitOf });
    return taken.map(({ id }) => id);
  }

  async function sign(number: number, limitOf: number): Promise<number> {
    const ids = await claim(number, limitOf);
    const first = nextNonces[number] ?? 0;
    await sender.saveSigned(lease, laneOf(number), first, attemptsFor(laneOf(number), first, ids));
    nextNonces[number] = first + ids.length;
    return ids.length;
  }

  /** A lane that is no longer used still drains. */
  async function mine(number: number): Promise<number> {
    const [next] = await sender.open(laneOf(number));
    if (!next) return 0;
    mined.push(next.id);
    await store.transaction(async (tx) => {
      await tx.updateTable("transactions").set({ status: "final" }).where("id", "=", next.id).execute();
    });
    return 1;
  }

  async function take(given: Step): Promise<void> {
    if (given.kind === "accept") {
      const id = `act-${acts.size}`;
      acts.set(
        id,
        given.deals.map((deal) => `deal-${deal}`),
      );
      await enterIntents(store, [{ id, deals: acts.get(id) ?? [] }]);
    } else if (given.kind === "sign") await sign(given.lane % laneCount, given.limit);
    else if (given.kind === "claim") await claim(given.lane % laneCount, given.limit);
    else if (given.kind === "mine") await mine(given.lane);
    else laneCount = given.count;
  }

  async function workOnce(): Promise<number> {
    let done = 0;
    for (let number = 0; number < laneCount; number += 1) done += await sign(number, 3);
    for (let number = 0; number < lanesMax; number += 1) done += await mine(number);
    return done;
  }

  /**
   * Everybody works until nobody has anything left to do, even after one more look: what a lane takes back of what
   * another had taken, under another number of lanes, frees others for their next look.
   */
  async function drain(): Promise<void> {
    for (let idle = 0; idle < 2; ) idle = (await workOnce()) > 0 ? 0 : idle + 1;
  }

  return { take, drain, acts, mined };
}

describeStore("the order of acts", (fixture) => {
  beforeEach(() => enterParticipants(fixture.store, [1]));

  it("is kept when what was taken together belongs to different lanes after a restart with another number of them", async () => {
    const run = await createRun(fixture.store);
    const [both, one] = [{ kind: "accept", deals: [0, 1] } as const, { kind: "accept", deals: [1] } as const];
    // One lane takes both acts and dies; of four lanes it has the second one and another the first.
    for (const given of [
      both,
      one,
      { kind: "claim", lane: 3, limit: 2 } as const,
      { kind: "lanes", count: 4 } as const,
    ]) {
      await run.take(given);
    }
    await run.drain();
    expect(run.mined).to.deep.equal(["act-0", "act-1"]);
  });

  it("on each deal is that of their acceptance, however many lanes there are and whenever that changes", async function orderOfActs() {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: "max" }), async (steps) => {
        await fixture.store.transaction(async (tx) => {
          for (const table of ["attempts", "transactions", "lanes"] as const) await tx.deleteFrom(table).execute();
        });
        const run = await createRun(fixture.store);
        for (const given of steps) await run.take(given);
        await run.drain();
        expect(run.mined, "every act once").to.have.members([...run.acts.keys()]);
        for (const deal of new Set([...run.acts.values()].flat())) {
          const isOfDeal = (id: string) => run.acts.get(id)?.includes(deal) === true;
          expect(run.mined.filter(isOfDeal), deal).to.deep.equal([...run.acts.keys()].filter(isOfDeal));
        }
      }),
      { numRuns: 40 },
    );
  });
});
