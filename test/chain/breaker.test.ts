import { expect } from "chai";
import { type Breaker, createBreaker } from "../../src/chain/breaker.ts";
import { createFixedClock } from "../../src/shared/clock.ts";

describe("a circuit breaker", () => {
  let clock: ReturnType<typeof createFixedClock>;
  let breaker: Breaker;
  beforeEach(() => {
    clock = createFixedClock(1_000_000);
    breaker = createBreaker({ clock, failuresMax: 3, openMs: 1_000, openMsMax: 6_000 });
  });
  function fail(times: number): void {
    for (let time = 0; time < times; time += 1) breaker.failed();
  }

  it("opens after so many failures in a row, and an answer in between starts the count anew", () => {
    fail(2);
    breaker.succeeded();
    fail(2);
    expect(breaker.state()).to.equal("closed");
    expect(breaker.enter()).to.equal(true);
    fail(1);
    expect(breaker.state()).to.equal("open");
    expect(breaker.enter()).to.equal(false);
  });

  it("lets one try after its time, and that one decides for all", () => {
    fail(3);
    clock.advanceMs(999);
    expect(breaker.enter()).to.equal(false);
    clock.advanceMs(1);
    expect(breaker.state()).to.equal("half_open");
    expect([breaker.enter(), breaker.enter()]).to.deep.equal([true, false]);
    breaker.succeeded();
    expect(breaker.state()).to.equal("closed");
    expect([breaker.enter(), breaker.enter()]).to.deep.equal([true, true]);
  });

  it("stays open twice as long after each try that failed, up to a limit, and not at all longer after an answer", () => {
    fail(3);
    for (const openMs of [1_000, 2_000, 4_000, 6_000, 6_000]) {
      clock.advanceMs(openMs - 1);
      expect(breaker.state(), `${openMs}`).to.equal("open");
      clock.advanceMs(1);
      expect(breaker.enter()).to.equal(true);
      breaker.failed();
    }
    clock.advanceMs(6_000);
    breaker.enter();
    breaker.succeeded();
    fail(3);
    clock.advanceMs(1_000);
    expect(breaker.state()).to.equal("half_open");
  });

  it("is not opened anew by calls that were under way when it opened", () => {
    fail(3);
    clock.advanceMs(500);
    fail(5);
    clock.advanceMs(500);
    expect(breaker.state()).to.equal("half_open");
  });

  it("lets another one try when the first ended without a word about the endpoint", () => {
    fail(3);
    clock.advanceMs(1_000);
    expect(breaker.enter()).to.equal(true);
    breaker.left();
    expect(breaker.state()).to.equal("half_open");
    expect(breaker.enter()).to.equal(true);
  });
});
