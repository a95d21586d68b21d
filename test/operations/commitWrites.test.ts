import { expect } from "chai";
import { AppError } from "../../src/shared/errors.ts";
import { createIdempotencyStore } from "../../src/store/idempotency.ts";
import type { Transaction } from "../../src/store/store.ts";
import { describeStore } from "../fixtures/database.ts";

const reply = { status: 202, contentType: null, headers: {}, bodyBytes: new Uint8Array() };

/** A request's write that lists a currency. */
function list(currency: string, refused = false) {
  return {
    ...{ callerOrganisationId: "o", userId: "u", key: currency, fingerprint: currency },
    commit: async (tx: Transaction) => {
      await tx.insertInto("currencies").values({ currency, exponent: 2 }).execute();
      if (refused) throw new AppError("approval.wrong_state");
      return reply;
    },
  };
}

describeStore("the sizes of commits that metrics hear of", (fixture) => {
  let sizes: number[];
  const port = (store = fixture.store) =>
    createIdempotencyStore(
      store,
      () => 1,
      (writes) => sizes.push(writes),
    );

  beforeEach(() => {
    sizes = [];
  });

  it("are one for a write alone, and for writes that come together how many share the commit, refused ones too", async () => {
    await port().commitOnce(list("EUR"));
    await port().commitMany([list("USD"), list("GBP", true), list("CHF")]);
    expect(sizes).to.deep.equal([1, 3]);
  });

  it("say nothing of a commit that was undone", async () => {
    const outcomes = await port().commitMany([list("EUR", true)]);
    expect(outcomes[0]?.status).to.equal("rejected");
    const full = { ...fixture.store, transaction: () => Promise.reject(new AppError("store.disk_full")) };
    await port(full).commitMany([list("USD"), list("GBP")]);
    expect(sizes).to.deep.equal([]);
  });
});
