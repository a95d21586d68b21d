import { expect } from "chai";
import { createShutdown } from "../../src/shared/shutdown.ts";

const never = new Promise<void>(() => {});

describe("shutdown", () => {
  it("says so before it closes anything, and closes in reverse order of opening, each after the one before", async () => {
    const shutdown = createShutdown();
    const seen: string[] = [];
    for (const name of ["store", "worker", "http"]) {
      shutdown.add(name, async () => {
        seen.push(`${name} begins, aborted: ${shutdown.signal.aborted}`);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${name} is closed`);
      });
    }
    expect(shutdown.signal.aborted).to.equal(false);
    expect(await shutdown.close()).to.deep.equal([]);
    expect(seen).to.deep.equal([
      ...["http begins, aborted: true", "http is closed"],
      ...["worker begins, aborted: true", "worker is closed"],
      ...["store begins, aborted: true", "store is closed"],
    ]);
  });

  it("closes the others when one fails, and names it", async () => {
    const shutdown = createShutdown();
    const closed: string[] = [];
    shutdown.add("store", () => void closed.push("store"));
    shutdown.add("worker", () => Promise.reject(new Error("broken")));
    shutdown.add("http", () => {
      throw new Error("broken at once");
    });
    expect(await shutdown.close()).to.deep.equal(["http", "worker"]);
    expect(closed).to.deep.equal(["store"]);
  });

  it("goes on without one that does not end in time, and names it", async () => {
    const shutdown = createShutdown({ closeMs: 5 });
    const closed: string[] = [];
    shutdown.add("store", () => void closed.push("store"));
    shutdown.add("worker", () => never);
    expect(await shutdown.close()).to.deep.equal(["worker"]);
    expect(closed).to.deep.equal(["store"]);
  });

  it("closes each once, however often it is asked", async () => {
    const shutdown = createShutdown();
    let closed = 0;
    shutdown.add("store", () => {
      closed += 1;
    });
    await Promise.all([shutdown.close(), shutdown.close()]);
    await shutdown.close();
    expect(closed).to.equal(1);
  });

  it("closes what is added while it closes, and what is added afterwards", async () => {
    const shutdown = createShutdown();
    const closed: string[] = [];
    shutdown.add("ledger", () => {
      shutdown.add("late", () => void closed.push("late"));
    });
    await shutdown.close();
    expect(closed).to.deep.equal(["late"]);
    shutdown.add("later", () => void closed.push("later"));
    await shutdown.close();
    expect(closed).to.deep.equal(["late", "later"]);
  });
});
