import { once } from "node:events";
import { expect } from "chai";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { createUserLoad } from "../../src/http/userLoad.ts";
import { AppError } from "../../src/shared/errors.ts";
import { callerOf, problemOf, startTestServer } from "./testServer.ts";

const [one, other] = [callerOf({ userId: "one" }), callerOf({ userId: "other" })];

describe("what a user may have under way at the same time", () => {
  it("is bounded for each user, and for requests and streams apart", () => {
    const load = createUserLoad({ requestsPerUser: 2, streamsPerUser: 1 });
    const leave = [load.enter(one, "request"), load.enter(one, "request")];
    load.enter(one, "stream");
    load.enter(other, "request");
    for (const [kind, max] of [
      ["request", 2],
      ["stream", 1],
    ] as const) {
      expect(() => load.enter(one, kind))
        .to.throw(AppError)
        .that.deep.includes({ code: "request.too_many", facts: { kind, max, retryAfterSeconds: 1 } });
    }
    leave[0]?.();
    leave[0]?.();
    load.enter(one, "request");
    expect(() => load.enter(one, "request"), "leaving twice counts once").to.throw(AppError);
  });

  it("counts an event stream until its client has gone", async () => {
    const streamed = Promise.withResolvers<void>();
    const follow = defineEndpoint({
      method: "get",
      tag: "events",
      path: "/v1/events/stream",
      operationId: "streamEvents",
      summary: "Events.",
      replies: { 200: "text/event-stream" },
      handle: () =>
        Promise.resolve({
          async *events(signal) {
            yield { id: "1", event: "first", data: {} };
            if (!signal.aborted) await once(signal, "abort");
            streamed.resolve();
          },
        }),
    });
    const server = await startTestServer([follow], { bounds: { streamsPerUser: 1 } });
    const client = new AbortController();
    const open = await fetch(`${server.url}/v1/events/stream`, {
      headers: { Authorization: "Bearer maker-key" },
      signal: client.signal,
    });
    await open.body?.getReader().read();
    const refused = await server.call("GET", "/v1/events/stream");
    expect(refused.headers.get("retry-after")).to.equal("1");
    const problem = await problemOf(refused);
    expect([problem.status, problem.code, problem.facts["kind"]]).to.deep.equal([429, "request.too_many", "stream"]);
    const others = await fetch(`${server.url}/v1/events/stream`, { headers: { Authorization: "Bearer merchant-key" } });
    expect(others.status, "another user's").to.equal(200);
    await others.body?.cancel();

    client.abort();
    await streamed.promise;
    const again = await server.call("GET", "/v1/events/stream");
    expect(again.status).to.equal(200);
    await again.body?.cancel();
    await server.close();
  });
});
