import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { Registry } from "prom-client";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { createServer } from "../../src/http/server.ts";
import { createFixedClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createMapIdempotency } from "./mapIdempotency.ts";
import { startTestServer } from "./testServer.ts";

const plainReply = {
  summary: "Replies.",
  tag: "test",
  replies: { 200: z.strictObject({ from: z.string() }) },
} as const;

describe("the server", () => {
  it("names a port that is taken", async () => {
    const first = await startTestServer([]);
    const second = createServer({
      context: { logger: silentLogger, clock: createFixedClock(0), shutdown: createShutdown() },
      endpoints: [],
      authenticate: async () => undefined,
      idempotency: createMapIdempotency(),
      health: { live: () => true, ready: async () => ({ ready: true, checks: {} }) },
      metrics: new Registry(),
      info: { title: "Test", version: "1.0.0" },
    });
    const error = await second.listen(first.port, "127.0.0.1").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(AppError);
    expect((error as AppError).code).to.equal("http.port_taken");
    expect((error as AppError).facts).to.include({ port: first.port });
    await second.close();
    await first.close();
  });

  it("sends security headers and does not say what it is made of", async () => {
    const server = await startTestServer([]);
    const { headers } = await fetch(`${server.url}/livez`);
    expect(headers.get("x-powered-by")).to.equal(null);
    expect(headers.get("x-content-type-options")).to.equal("nosniff");
    expect(headers.get("content-security-policy")).to.contain("default-src 'none'").and.to.contain("frame-ancestors");
    expect(headers.get("cache-control")).to.equal("no-store");
    await server.close();
  });

  it("prefers a fixed address to a parameter, in whatever order they are declared", async () => {
    const byId = defineEndpoint({
      ...plainReply,
      method: "get",
      path: "/v1/things/{thingId}",
      operationId: "thing",
      params: z.strictObject({ thingId: z.string() }),
      handle: async ({ params }) => ({ status: 200, body: { from: `id ${params.thingId}` } }),
    });
    const fixed = defineEndpoint({
      ...plainReply,
      method: "get",
      path: "/v1/things/drafts",
      operationId: "drafts",
      handle: async () => ({ status: 200, body: { from: "drafts" } }),
    });
    const server = await startTestServer([byId, fixed]);
    expect((await (await server.call("GET", "/v1/things/drafts")).json()).from).to.equal("drafts");
    expect((await (await server.call("GET", "/v1/things/a%2Fb")).json()).from).to.equal("id a/b");
    await server.close();
  });

  it("lets a running request finish while it closes, and takes no new one", async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = defineEndpoint({
      ...plainReply,
      method: "get",
      path: "/v1/slow",
      operationId: "slow",
      handle: async () => {
        started.resolve();
        await release.promise;
        return { status: 200, body: { from: "slow" } };
      },
    });
    const server = await startTestServer([slow], { bounds: { keepAliveMs: 3_600_000 } });
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET /v1/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer maker-key\r\n\r\n");
    await started.promise;
    const closed = server.close();
    const refused = await fetch(`${server.url}/livez`).then(
      () => "answered",
      () => "refused",
    );
    expect(refused).to.equal("refused");
    release.resolve();
    const [reply] = (await once(socket, "data")) as [Buffer];
    expect(reply.toString()).to.match(/^HTTP\/1\.1 200 /);
    await closed;
    await server.close();
    socket.destroy();
  });

  it("survives a client that goes away in the middle of its body, and logs the request as incomplete", async () => {
    const sink = defineEndpoint({
      ...plainReply,
      method: "post",
      path: "/v1/sink",
      operationId: "sink",
      body: z.strictObject({}),
      handle: async () => ({ status: 200, body: { from: "sink" } }),
    });
    const server = await startTestServer([sink]);
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      "POST /v1/sink HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer maker-key\r\nIdempotency-Key: 12345678\r\n" +
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    );
    await new Promise<void>((resolve) => socket.end(() => resolve()));
    socket.destroy();
    expect((await server.call("POST", "/v1/sink", { key: "alive-0001", json: {} })).status).to.equal(200);
    await server.close();
    const lines = server.logger.lines.filter((line) => line.message === "request");
    expect(lines.map((line) => line.facts.complete)).to.have.members([false, true]);
    expect(server.logger.lines.filter((line) => line.level === "error")).to.deep.equal([]);
  });
});
