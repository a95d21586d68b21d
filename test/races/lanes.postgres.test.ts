import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { Store } from "../../src/store/store.ts";
import { enterParticipants } from "../store/blockFixture.ts";
import { enterIntents, laneOf, type TestIntent } from "./intents.ts";
import { describeRace, endSessions } from "./raceDatabase.ts";
import { createRaceGateway, indexUntil } from "./raceGateway.ts";
import { createRaceLedger, type RaceLedger } from "./raceLedger.ts";

const intentCount = 3_000;
const dealCount = 300;
const lanes = [0, 1, 2, 3].map(laneOf);

/** Every fifth act is on two deals. */
const intents: readonly TestIntent[] = Array.from({ length: intentCount }, (_, n) => {
  const deal = `deal-${(n * 7) % dealCount}`;
  return { id: `act-${n}`, deals: n % 5 === 0 ? [deal, `deal-${(n * 7 + 11) % dealCount}`] : [deal] };
});

/** Deals that two lanes have in flight at this instant. */
async function sharedDeals(store: Store): Promise<readonly unknown[]> {
  const rows = await store.db
    .selectFrom("transactions")
    .select(["lane", "deal", "other_deal"])
    .where("status", "in", ["assigned", "signed", "broadcast"])
    .execute();
  const laneOfDeal = new Map<string, string | null>();
  return rows.filter(({ lane, deal, other_deal: other }) =>
    [deal, other].some((id) => {
      if (id === null) return false;
      const known = laneOfDeal.get(id);
      laneOfDeal.set(id, lane);
      return known !== undefined && known !== lane;
    }),
  );
}

async function expectAllOnce(store: Store, ledger: RaceLedger): Promise<void> {
  expect(ledger.faults()).to.deep.equal([]);
  expect(ledger.executed.map(({ id }) => id)).to.have.members(intents.map(({ id }) => id));
  const rows = await store.db
    .selectFrom("transactions")
    .select(["id", "lane", "nonce", "status"])
    .orderBy("nonce")
    .execute();
  const attempts = await store.db.selectFrom("attempts").select("transaction_id").execute();
  expect(attempts, "each signed once").to.have.length(intentCount);
  expect(new Set(rows.map(({ status }) => status))).to.deep.equal(new Set(["final"]));
  const known = await store.db.selectFrom("lanes").selectAll().execute();
  for (const { address, next_nonce: nextNonce } of known) {
    const nonces = rows.filter(({ lane }) => lane === address).map(({ nonce }) => nonce);
    expect(nonces, address).to.deep.equal(Array.from({ length: nextNonce }, (_, nonce) => nonce));
  }
}

function expectOrderOnEachDeal(ledger: RaceLedger): void {
  const placeOf = new Map(ledger.executed.map(({ id }, place) => [id, place]));
  for (const deal of new Set(intents.flatMap(({ deals = [] }) => deals))) {
    const places = intents.filter(({ deals }) => deals?.includes(deal)).map(({ id }) => placeOf.get(id) ?? -1);
    expect(places, deal).to.deep.equal([...places].sort((a, b) => a - b));
  }
}

describeRace("two gateways that fight for the same lanes", (database) => {
  it("sign each of thousands of intents once, without a hole, and in order on each deal, while their locks are cut", async function fight() {
    this.timeout(180_000);
    const ledger = createRaceLedger();
    // All of this shares one thread, so a transaction may wait long for its turn.
    const open = () => database.open({ transactionMs: 20_000 });
    let failed = false;
    const isDone = () => failed || ledger.executed.length >= intentCount;
    const stores = [await open(), await open()];
    const [first = await open()] = stores;
    await enterParticipants(first, [1]);
    const gateways = stores.map((store, n) => createRaceGateway({ name: `gateway${n}`, store, ledger, lanes }));
    const shared: unknown[] = [];
    let cuts = 0;

    async function accept(): Promise<void> {
      const store = await open();
      for (let from = 0; from < intentCount; from += 50) await enterIntents(store, intents.slice(from, from + 50));
    }
    /** Cuts the connections of all locks after every 200 executed: whoever led goes on without knowing. */
    async function cut(): Promise<void> {
      for (let count = 200; count < intentCount && !failed; count += 200) {
        await ledger.reached(count);
        await database.query(endSessions);
        cuts += 1;
      }
    }
    async function watch(): Promise<void> {
      const store = await open();
      while (!isDone()) {
        shared.push(...(await sharedDeals(store)));
        await turn();
      }
    }

    const index = indexUntil(await open(), ledger, isDone);
    const all = [accept(), cut(), watch(), index, ...gateways.map((gateway) => gateway.run(isDone))];
    // When one fails the others end too.
    for (const each of all) void each.catch(() => (failed = true));
    await Promise.all(all);
    await expectAllOnce(first, ledger);
    expectOrderOnEachDeal(ledger);
    expect(shared, "no deal was in flight in two lanes").to.deep.equal([]);
    expect(cuts).to.be.greaterThan(5);
    for (const { counts } of gateways) expect(counts.taken, "both had their share").to.be.greaterThan(3);
  });
});
