import { expect } from "chai";
import { createIdempotencyStore } from "../../src/store/idempotency.ts";
import { describeStore } from "../fixtures/database.ts";
import { describeIdempotency } from "../http/idempotencySuite.ts";
import { callerOf } from "../http/testServer.ts";

const reply = (text: string) => ({
  status: 201,
  contentType: "application/json; charset=utf-8",
  bodyBytes: new Uint8Array(Buffer.from(text)),
  headers: { location: "/v1/notes/1" },
});

describeStore("idempotency records", (fixture) => {
  const key = { callerOrganisationId: "organisation-1", userId: "user-1", key: "key-0001" };
  const port = () => createIdempotencyStore(fixture.store, () => 1_790_000_000_000);
  const listed = (currency: string) => ({ currency, exponent: 2 });
  const currencies = async () => {
    const rows = await fixture.store.db.selectFrom("currencies").select("currency").orderBy("currency").execute();
    return rows.map(({ currency }) => currency);
  };

  describeIdempotency("the store", async () => ({
    port: port(),
    callers: [callerOf(), callerOf({ userId: "user-9", organisationId: "organisation-9" })],
    close: async () => {},
  }));

  it("keep the reply byte for byte, with status, type and headers", async () => {
    const bodyBytes = new Uint8Array(Array.from({ length: 256 }, (_, index) => index));
    const stored = { ...reply(""), bodyBytes };
    await port().commitOnce({ ...key, fingerprint: "f", commit: async () => stored });
    const found = await port().find(key);
    expect(found).to.deep.include({ fingerprint: "f" });
    expect({ ...found?.reply, bodyBytes: [...(found?.reply.bodyBytes ?? [])] }).to.deep.equal({
      ...{ ...stored, bodyBytes: [...bodyBytes] },
    });
  });

  it("keep an answer without a body", async () => {
    const nothing = { status: 204, contentType: null, bodyBytes: new Uint8Array(), headers: {} };
    await port().commitOnce({ ...key, fingerprint: "f", commit: async () => nothing });
    const found = await port().find(key);
    expect(found?.reply).to.include({ status: 204, contentType: null });
    expect(found?.reply.bodyBytes).to.have.length(0);
  });

  it("commit the record and the effects together, or neither", async () => {
    const failure: unknown = await port()
      .commitOnce({
        ...{ ...key, fingerprint: "f" },
        commit: async (tx) => {
          await tx.insertInto("currencies").values(listed("EUR")).execute();
          throw new Error("refused");
        },
      })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("message", "refused");
    expect(await currencies()).to.deep.equal([]);
    expect(await port().find(key)).to.equal(undefined);
  });

  it("undo the effects of whoever came second, and give it the first one's reply", async () => {
    const act = (currency: string) => ({
      ...{ ...key, fingerprint: "f" },
      commit: async (tx: Parameters<Parameters<typeof fixture.store.transaction>[0]>[0]) => {
        await tx.insertInto("currencies").values(listed(currency)).execute();
        return reply(currency);
      },
    });
    const outcomes = await Promise.all(["AAA", "BBB", "CCC"].map((currency) => port().commitOnce(act(currency))));
    const fresh = outcomes.filter(({ kind }) => kind === "fresh");
    expect(fresh).to.have.length(1);
    const texts = outcomes.map((one) => (one.kind === "conflict" ? "" : Buffer.from(one.reply.bodyBytes).toString()));
    expect(await currencies()).to.deep.equal([texts[0]]);
    expect(new Set(texts).size).to.equal(1);
  });

  it("answer with the first one's reply although the second finds the state moved on and refuses in its commit", async () => {
    const both = Promise.withResolvers<void>();
    let waiting = 0;
    const act = async () => {
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      return await port().commitOnce({
        ...{ ...key, fingerprint: "f" },
        commit: async (tx) => {
          const taken = await tx.selectFrom("currencies").select("currency").execute();
          if (taken.length > 0) throw new Error("taken");
          await tx.insertInto("currencies").values(listed("EUR")).execute();
          return reply("first");
        },
      });
    };
    const outcomes = await Promise.all([act(), act()]);
    expect(outcomes.map(({ kind }) => kind).sort()).to.deep.equal(["fresh", "replayed"]);
  });

  it("are a conflict when the same key comes with another request", async () => {
    const commit = async () => reply("x");
    await port().commitOnce({ ...key, fingerprint: "one", commit });
    expect(await port().commitOnce({ ...key, fingerprint: "two", commit })).to.deep.equal({ kind: "conflict" });
  });

  it("are apart by organisation, by user and by key, also for callers without credentials", async () => {
    const keys = [
      key,
      { ...key, userId: "user-2" },
      { ...key, callerOrganisationId: "organisation-2" },
      { ...key, key: "key-0002" },
      { callerOrganisationId: null, userId: null, key: "key-0001" },
    ];
    for (const [index, one] of keys.entries()) {
      const outcome = await port().commitOnce({ ...one, fingerprint: "f", commit: async () => reply(String(index)) });
      expect(outcome.kind, JSON.stringify(one)).to.equal("fresh");
    }
    for (const [index, one] of keys.entries()) {
      const found = await port().find(one);
      expect(Buffer.from(found?.reply.bodyBytes ?? []).toString(), JSON.stringify(one)).to.equal(String(index));
    }
    expect(await port().find({ ...key, userId: "user-3" })).to.equal(undefined);
  });

  it("pass on a violated constraint that is the request's own", async () => {
    await fixture.store.transaction(async (tx) => {
      await tx.insertInto("currencies").values(listed("EUR")).execute();
    });
    const failure: unknown = await port()
      .commitOnce({
        ...{ ...key, fingerprint: "f" },
        commit: async (tx) => {
          await tx.insertInto("currencies").values(listed("EUR")).execute();
          return reply("");
        },
      })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "currencies_pkey");
  });
});
