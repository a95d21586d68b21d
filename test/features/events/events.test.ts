import { expect } from "chai";
import { createEventEndpoints } from "../../../src/features/events/endpoints.ts";
import type { GatewayContext } from "../../../src/features/gatewayContext.ts";
import { createSignal } from "../../../src/shared/signal.ts";
import { describeStore } from "../../fixtures/database.ts";
import { callerOf, problemOf, startTestServer, type TestServer } from "../../http/testServer.ts";
import { enterParticipants, organisationOf } from "../../store/blockFixture.ts";

describeStore("a sequence number from the future", (fixture) => {
  let server: TestServer;
  const own = callerOf({ organisationId: organisationOf(1) });
  const other = callerOf({ organisationId: organisationOf(2), userId: "user-2" });

  beforeEach(async () => {
    await enterParticipants(fixture.store, [1, 2]);
    await fixture.store.transaction(async (tx) => {
      await tx.deleteFrom("event_sequences").execute();
      await tx
        .insertInto("event_sequences")
        .values({ organisation_id: organisationOf(1), next_sequence: 8 })
        .execute();
    });
    const gateway = { store: fixture.store, indexed: createSignal() } as unknown as GatewayContext;
    server = await startTestServer(createEventEndpoints(gateway), {
      authenticate: async (token) => (token === "own" ? own : other),
    });
  });
  afterEach(() => server.close());

  const last = async (reply: Response) => {
    const { status, code, facts } = await problemOf(reply);
    return [status, code, facts["last"]];
  };

  it("is refused by the list (400), with the last one that there is; the last one itself is not", async () => {
    expect(await last(await server.call("GET", "/v1/events?after=8", { as: "own" }))).to.deep.equal([
      400,
      "request.cursor_ahead",
      7,
    ]);
    const reply = await server.call("GET", "/v1/events?after=7", { as: "own" });
    expect([reply.status, await reply.json()]).to.deep.equal([200, { items: [], next: 7 }]);
  });

  it("is refused when it is another organisation's, which has come further", async () => {
    expect(await last(await server.call("GET", "/v1/events?after=7", { as: "other" }))).to.deep.equal([
      400,
      "request.cursor_ahead",
      0,
    ]);
    expect((await server.call("GET", "/v1/events?after=0", { as: "other" })).status).to.equal(200);
  });

  it("is refused by the stream before it begins (400), in the query and in Last-Event-ID", async () => {
    const headers = { "Last-Event-ID": "9" };
    for (const reply of [
      await server.call("GET", "/v1/events/stream?after=9", { as: "own" }),
      await server.call("GET", "/v1/events/stream", { as: "own", headers }),
    ]) {
      expect(await last(reply)).to.deep.equal([400, "request.cursor_ahead", 7]);
    }
  });
});
