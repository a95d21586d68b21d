import { expect } from "chai";
import { createWorker, retryAfterMs } from "../../src/chain/worker.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createRecordingLogger } from "../http/testServer.ts";
import { contextWith } from "./senderHarness.ts";

interface Settings {
  readonly pollMs?: number;
  readonly retryMs?: number;
  readonly end?: () => Promise<void>;
}

/** A worker whose steps are this list; after it, it is idle, and `done` resolves. */
function workerOf(
  steps: readonly (() => "busy" | "idle")[],
  { pollMs = 60_000, retryMs = 0, ...settings }: Settings = {},
) {
  const logger = createRecordingLogger();
  const done = Promise.withResolvers<void>();
  let taken = 0;
  let recoveries = 0;
  const faultsInARow: number[] = [];
  const worker = createWorker({
    ...{ context: contextWith(logger), name: "test", pollMs, ...settings },
    retryMs(faults) {
      faultsInARow.push(faults);
      return retryMs;
    },
    async step() {
      await Promise.resolve();
      const step = steps[taken];
      taken += 1;
      if (taken >= steps.length) done.resolve();
      return step ? step() : "idle";
    },
    recover() {
      recoveries += 1;
    },
  });
  const logged = (level: string) => logger.lines.filter((line) => line.level === level);
  return { worker, done: done.promise, logged, taken: () => taken, recoveries: () => recoveries, faultsInARow };
}

/** Time for another step, if it took one. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
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
    const { worker, done, taken } = workerOf([() => "idle", () => "idle", () => "idle"], { pollMs: 1 });
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
    await someTurns();
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

  it("waits out its time after a fault, however often it is woken, so that an absent ledger fills no log", async () => {
    const { worker, done, logged, taken } = workerOf([fail(new AppError("chain.unavailable"))], { retryMs: 60_000 });
    worker.wake();
    worker.start();
    await done;
    for (let act = 0; act < 20; act += 1) {
      worker.wake();
      await someTurns();
    }
    // At once: the wait would outlast this test.
    await worker.stop();
    expect([taken(), logged("warn").length]).to.deep.equal([1, 1]);
  });

  it("rests again until it is woken, when it is over a fault", async () => {
    const { worker, done, taken } = workerOf([fail(new AppError("chain.unavailable")), () => "idle"]);
    worker.start();
    await done;
    await someTurns();
    const before = taken();
    worker.wake();
    await someTurns();
    await worker.stop();
    expect([before, taken()]).to.deep.equal([2, 3]);
  });

  it("counts the faults that follow at once, and begins anew after a step without one", async () => {
    const broken = fail(new AppError("chain.unavailable"));
    const { worker, done, faultsInARow } = workerOf([broken, broken, () => "busy", broken, () => "idle"]);
    worker.start();
    await done;
    await worker.stop();
    expect(faultsInARow).to.deep.equal([1, 2, 1]);
  });

  it("waits longer with each fault that follows at once, up to two seconds", () => {
    expect([1, 2, 3, 4, 5, 60].map(retryAfterMs)).to.deep.equal([250, 500, 1_000, 2_000, 2_000, 2_000]);
  });

  it("puts away what it holds when it ends, whatever ended it, and only then", async () => {
    for (const ending of ["asked", "broken"] as const) {
      const ended: string[] = [];
      const steps = ending === "asked" ? [() => "idle" as const] : [fail(new Error("invariant: no"))];
      const { worker, done } = workerOf(steps, {
        async end() {
          await Promise.resolve();
          ended.push(ending);
        },
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
    const { worker, done, logged } = workerOf([() => "idle"], { end: refuses });
    worker.start();
    await done;
    await worker.stop();
    expect(logged("warn").map(({ message }) => message)).to.deep.equal(["worker ended, but not all of it"]);
  });
});
