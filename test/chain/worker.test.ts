import { expect } from "chai";
import { createWorker, retryAfterMs } from "../../src/chain/worker.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createRecordingLogger } from "../http/testServer.ts";
import { contextWith } from "./senderHarness.ts";

/** A worker whose steps are this list; after it, it is idle, and `done` resolves. */
function workerOf(steps: readonly (() => "busy" | "idle")[], pollMs = 60_000, end?: () => Promise<void>) {
  const logger = createRecordingLogger();
  const done = Promise.withResolvers<void>();
  let taken = 0;
  let recoveries = 0;
  const worker = createWorker({
    ...{ context: contextWith(logger), name: "test", pollMs, ...(end && { end }) },
    async step() {
      await Promise.resolve();
      const step = steps[taken];
      taken += 1;
      if (taken >= steps.length) done.resolve();
      return step ? step() : "idle";
    },
    recover() {
      recoveries += 1;
      // Instead of waiting before the next try.
      worker.wake();
    },
  });
  const logged = (level: string) => logger.lines.filter((line) => line.level === level);
  return { worker, done: done.promise, logged, taken: () => taken, recoveries: () => recoveries };
}

const fail = (error: Error) => () => {
  throw error;
};

describe("a worker", () => {
  it("works on while it is busy and rests when it is idle", async () => {
    const { worker, done, taken } = workerOf([() => "busy", () => "busy", () => "idle"]);
    worker.start();
    await done;
    await worker.stop();
    expect(taken()).to.equal(3);
  });

  it("looks again when it is woken, also when that came during its last look", async () => {
    const { worker, done, taken } = workerOf([
      () => {
        worker.wake();
        return "idle";
      },
      () => "idle",
    ]);
    worker.start();
    await done;
    await worker.stop();
    expect(taken()).to.equal(2);
  });

  it("looks again by itself, since a wake-up may be lost", async () => {
    const { worker, done, taken } = workerOf([() => "idle", () => "idle", () => "idle"], 1);
    worker.start();
    await done;
    await worker.stop();
    expect(taken()).to.be.at.least(3);
  });

  it("outlives faults of ledger and store, and says which", async () => {
    const { worker, done, logged, recoveries } = workerOf([
      fail(new AppError("chain.unavailable")),
      fail(new Error("something else")),
      () => "idle",
    ]);
    worker.start();
    await done;
    await worker.stop();
    expect(recoveries()).to.equal(2);
    expect(logged("warn").map(({ facts }) => facts["code"])).to.deep.equal(["chain.unavailable", "unexpected"]);
    expect(worker.failure()).to.equal(undefined);
  });

  it("stops for good at a broken invariant and alarms", async () => {
    const { worker, done, logged, taken, recoveries } = workerOf([fail(new Error("invariant: two and two is five"))]);
    worker.start();
    await done;
    // Time for another step, if it took one.
    await new Promise((resolve) => setImmediate(resolve));
    await worker.stop();
    expect([taken(), recoveries()]).to.deep.equal([1, 0]);
    expect(worker.failure()?.message).to.equal("invariant: two and two is five");
    expect(logged("error")).to.have.length(1);
  });

  it("remembers a broken invariant that it met while it was being stopped", async () => {
    const { worker, done } = workerOf([
      () => {
        void worker.stop();
        throw new Error("invariant: too late");
      },
    ]);
    worker.start();
    await done;
    await worker.stop();
    expect(worker.failure()?.message).to.equal("invariant: too late");
  });

  it("ends at once when it rests, and can be stopped before it started", async () => {
    const resting = workerOf([() => "idle"]);
    resting.worker.start();
    await resting.done;
    await resting.worker.stop();
    const { worker, taken } = workerOf([() => "busy"]);
    await worker.stop();
    worker.start();
    await worker.stop();
    expect(taken()).to.equal(0);
  });

  it("waits longer with each fault that follows at once, up to two seconds", () => {
    expect([1, 2, 3, 4, 5, 60].map(retryAfterMs)).to.deep.equal([250, 500, 1_000, 2_000, 2_000, 2_000]);
  });

  it("puts away what it holds when it ends, whatever ended it, and only then", async () => {
    for (const ending of ["asked", "broken"] as const) {
      const ended: string[] = [];
      const steps = ending === "asked" ? [() => "idle" as const] : [fail(new Error("invariant: no"))];
      const { worker, done } = workerOf(steps, 60_000, async () => {
        await Promise.resolve();
        ended.push(ending);
      });
      worker.start();
      await done;
      expect(ended).to.deep.equal([]);
      await worker.stop();
      expect(ended).to.deep.equal([ending]);
    }
  });

  it("says so when it could not put something away, and ends all the same", async () => {
    const refuses = () => Promise.reject(new Error("no answer"));
    const { worker, done, logged } = workerOf([() => "idle"], 60_000, refuses);
    worker.start();
    await done;
    await worker.stop();
    expect(logged("warn").map(({ message }) => message)).to.deep.equal(["worker ended, but not all of it"]);
  });
});
