import { expect } from "chai";
import { orCause } from "../../src/shared/orCause.ts";

const never = new Promise<never>(() => {});

describe("a fault and its cause", () => {
  it("leaves an outcome alone when nothing is wrong", async () => {
    expect(await orCause(Promise.resolve("done"), never)).to.equal("done");
  });

  it("takes the cause when that comes first", async () => {
    expect(await orCause(never, Promise.resolve("ledger ended"))).to.equal("ledger ended");
  });

  it("lets a failure give way to a cause that is heard of a moment later", async () => {
    const failed = Promise.reject(new Error("no answer"));
    const cause = new Promise((resolve) => setImmediate(() => resolve("ledger ended")));
    expect(await orCause(failed, cause)).to.equal("ledger ended");
  });

  it("throws the failure when there is no cause", async () => {
    const outcome = await orCause(Promise.reject(new Error("no answer")), never).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error).with.property("message", "no answer");
  });
});
