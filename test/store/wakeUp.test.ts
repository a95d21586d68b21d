import { expect } from "chai";
import { isInsideTransaction } from "../../src/shared/transactionScope.ts";
import { createWakeUp, type WakeUp } from "../../src/store/wakeUp.ts";
import { describeStore } from "../fixtures/database.ts";

/** Counts how often it was woken; `next` resolves with the first hint after the call. */
function createEar(wakeUp: WakeUp) {
  let count = 0;
  let heard = Promise.withResolvers<void>();
  const stop = wakeUp.onWake(() => {
    count += 1;
    heard.resolve();
    heard = Promise.withResolvers<void>();
  });
  return { count: () => count, next: () => heard.promise, stop };
}

describeStore("a wake-up", (fixture) => {
  const opened: WakeUp[] = [];
  const open = () => {
    const wakeUp = createWakeUp(fixture.store, "hansa_test");
    opened.push(wakeUp);
    return wakeUp;
  };

  afterEach(async () => {
    for (const wakeUp of opened.splice(0)) await wakeUp.close();
  });

  /** On a server the first hint is that listening has begun; the embedded engine listens always. */
  async function openListening() {
    const wakeUp = open();
    const ear = createEar(wakeUp);
    if (fixture.store.engine === "postgres") await ear.next();
    return { wakeUp, ear };
  }

  it("comes about when the transaction commits, so that whoever looks then finds what was written", async () => {
    const { wakeUp } = await openListening();
    const found = new Promise<unknown>((resolve) => {
      wakeUp.onWake(() => resolve(fixture.store.db.selectFrom("currencies").select("currency").execute()));
    });
    await fixture.store.transaction(async (tx) => {
      await wakeUp.notify(tx);
      await tx.insertInto("currencies").values({ currency: "EUR", exponent: 2 }).execute();
    });
    expect(await found).to.deep.equal([{ currency: "EUR" }]);
  });

  it("is heard outside every transaction, although it was given inside one", async () => {
    const { wakeUp } = await openListening();
    const inside = new Promise<boolean>((resolve) => {
      wakeUp.onWake(() => resolve(isInsideTransaction()));
    });
    await fixture.store.transaction((tx) => wakeUp.notify(tx));
    expect(await inside).to.equal(false);
  });

  it("comes seldom for many commits together, and at least once", async () => {
    const { wakeUp, ear } = await openListening();
    const before = ear.count();
    const woken = ear.next();
    await Promise.all(Array.from({ length: 200 }, () => fixture.store.transaction((tx) => wakeUp.notify(tx))));
    await woken;
    expect(ear.count() - before).to.be.within(1, 100);
  });

  it("reaches whoever listens, until that one stops", async () => {
    const { wakeUp, ear } = await openListening();
    const other = createEar(wakeUp);
    const before = ear.count();
    ear.stop();
    const woken = other.next();
    await fixture.store.transaction((tx) => wakeUp.notify(tx));
    await woken;
    expect(ear.count()).to.equal(before);
  });
});
