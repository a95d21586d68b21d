import { expect } from "chai";
import pg from "pg";
import { isInsideTransaction } from "../../src/shared/transactionScope.ts";
import { createWakeUp, type WakeUp } from "../../src/store/wakeUp.ts";
import { describeRace, endSessions } from "./raceDatabase.ts";

const channel = "hansa_race";
/** Of the commits within this time one carries a NOTIFY. */
const quietMs = 25;

describeRace("a wake-up between gateways", (database) => {
  const opened: WakeUp[] = [];

  async function open() {
    const store = await database.open();
    const { openSession } = store;
    if (!openSession) throw new Error("a server's store opens sessions");
    const wakeUp = createWakeUp({ openSession, channel });
    opened.push(wakeUp);
    return { store, wakeUp };
  }
  const heard = (wakeUp: WakeUp) =>
    new Promise<void>((resolve) => {
      const stop = wakeUp.onWake(() => {
        stop();
        resolve();
      });
    });

  afterEach(async () => {
    for (const wakeUp of opened.splice(0)) await wakeUp.close();
  });

  it("that one gives is heard by the other, which also hears when it begins to listen", async () => {
    const [one, two] = [await open(), await open()];
    await heard(two.wakeUp);
    const woken = heard(two.wakeUp);
    await one.store.transaction((tx) => one.wakeUp.notify(tx));
    await woken;
  });

  it("comes when the transaction commits, so that whoever looks then finds what was written", async () => {
    const { store, wakeUp } = await open();
    await heard(wakeUp);
    const found = heard(wakeUp).then(() => store.db.selectFrom("currencies").select("currency").execute());
    await store.transaction(async (tx) => {
      await wakeUp.notify(tx);
      await tx.insertInto("currencies").values({ currency: "EUR", exponent: 2 }).execute();
    });
    expect(await found).to.deep.equal([{ currency: "EUR" }]);
  });

  it("is heard outside every transaction, although it was given inside one", async () => {
    const { store, wakeUp } = await open();
    await heard(wakeUp);
    const inside = new Promise<boolean>((resolve) => {
      wakeUp.onWake(() => resolve(isInsideTransaction()));
    });
    await store.transaction((tx) => wakeUp.notify(tx));
    expect(await inside).to.equal(false);
  });

  it("is not heard by whoever stopped listening, and by the others still", async () => {
    const { store, wakeUp } = await open();
    await heard(wakeUp);
    let count = 0;
    const stop = wakeUp.onWake(() => {
      count += 1;
    });
    stop();
    const woken = heard(wakeUp);
    await store.transaction((tx) => wakeUp.notify(tx));
    await woken;
    expect(count).to.equal(0);
  });

  it("is given by few of many commits, because each would hold up every other commit of the server", async () => {
    const { store, wakeUp } = await open();
    const listener = new pg.Client({ connectionString: database.url });
    let count = 0;
    listener.on("notification", () => {
      count += 1;
    });
    await listener.connect();
    await listener.query(`listen ${channel}`);
    const startMs = performance.now();
    await Promise.all(Array.from({ length: 400 }, () => store.transaction((tx) => wakeUp.notify(tx))));
    await wakeUp.close();
    // Whatever was said before this answer has arrived with it.
    await listener.query("select 1");
    await listener.end();
    expect(count).to.be.within(1, (performance.now() - startMs) / quietMs + 1);
  });

  it("is heard again after the connection was cut, and what was missed meanwhile is made up for by a hint", async () => {
    const { store, wakeUp } = await open();
    await heard(wakeUp);
    const again = heard(wakeUp);
    expect((await database.query(endSessions)).length).to.equal(1);
    await again;
    const woken = heard(wakeUp);
    await store.transaction((tx) => wakeUp.notify(tx));
    await woken;
  });

  it("is given up when its store is closed first", async () => {
    const { store, wakeUp } = await open();
    await store.close();
    await wakeUp.close();
  });
});
