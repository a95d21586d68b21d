import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { callers, startTestServer, type TestServer } from "./testServer.ts";

const echo = defineEndpoint({
  method: "post",
  path: "/v1/echo/{word}",
  operationId: "echo",
  summary: "Echoes.",
  tag: "test",
  params: z.strictObject({ word: z.string() }),
  query: z.strictObject({ q: z.string().optional() }),
  body: z.strictObject({ text: z.string() }),
  replies: { 200: z.strictObject({ word: z.string() }) },
  handle: async ({ params }) => ({ status: 200, body: { word: params.word } }),
});
const invite = defineEndpoint({
  ...echo,
  path: "/v1/invitations/{word}",
  operationId: "acceptInvitation",
  access: "public",
  params: z.strictObject({ word: z.string() }),
  query: z.strictObject({}),
  body: z.strictObject({ text: z.string() }),
  handle: async ({ params }) => ({ status: 200, body: { word: params.word } }),
});

let streamEnded = Promise.withResolvers<void>();
const events = defineEndpoint({
  method: "get",
  path: "/v1/events/stream",
  operationId: "streamEvents",
  summary: "Streams events.",
  tag: "events",
  replies: { 200: "text/event-stream" },
  handle: () =>
    Promise.resolve({
      async *events(signal: AbortSignal) {
        yield { id: "1", event: "first", data: {} };
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        streamEnded.resolve();
      },
    }),
});

describe("operation", () => {
  let server: TestServer;
  beforeEach(() => {
    streamEnded = Promise.withResolvers<void>();
  });
  afterEach(() => server.close());

  it("is alive and ready (200), or not (503)", async () => {
    let ready = true;
    let broken = false;
    server = await startTestServer([], {
      health: {
        live: () => ready,
        ready: () =>
          broken
            ? Promise.reject(new Error("no answer"))
            : Promise.resolve({ ready, checks: { ledger: { ok: ready, detail: "behind by 3 blocks" } } }),
      },
    });
    const status = async (path: string) => (await fetch(server.url + path)).status;
    expect([await status("/livez"), await status("/readyz")]).to.deep.equal([200, 200]);
    ready = false;
    expect([await status("/livez"), await status("/readyz")]).to.deep.equal([503, 503]);
    const readiness = await (await fetch(`${server.url}/readyz`)).json();
    expect(readiness.checks.ledger).to.deep.equal({ ok: false, detail: "behind by 3 blocks" });
    broken = true;
    expect(await status("/readyz")).to.equal(503);
  });

  it("has started (200), or not yet (503)", async () => {
    let started: boolean | undefined = false;
    server = await startTestServer([], {
      health: {
        live: () => true,
        ready: async () => ({ ready: false, checks: {} }),
        started: () => (started === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(started)),
      },
    });
    const startup = async () => {
      const response = await fetch(`${server.url}/startupz`);
      return [response.status, await response.json()];
    };
    expect(await startup()).to.deep.equal([503, { started: false }]);
    started = true;
    expect(await startup()).to.deep.equal([200, { started: true }]);
    started = undefined;
    expect(await startup()).to.deep.equal([503, { started: false }]);
    expect((await fetch(`${server.url}/startupz`, { method: "POST" })).status).to.equal(405);
  });

  it("has started when it is ready, where nothing else is known of the start", async () => {
    server = await startTestServer([]);
    expect((await fetch(`${server.url}/startupz`)).status).to.equal(200);
  });

  it("counts the requests that are under way, and the streams among them", async () => {
    server = await startTestServer([events]);
    const open = async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      return ["requests", "streams"].map((what) => new RegExp(`^hansa_http_${what}_open (\\d+)$`, "m").exec(text)?.[1]);
    };
    // Asking is a request too.
    expect(await open()).to.deep.equal(["1", "0"]);
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/v1/events/stream`, {
      headers: { Authorization: "Bearer maker-key" },
      signal: leaving.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    expect(await open()).to.deep.equal(["2", "1"]);
    leaving.abort();
    await streamEnded.promise;
    expect(await open()).to.deep.equal(["1", "0"]);
  });

  it("stands in the caller's trace, in a new one without a well-formed traceparent, and logs which", async () => {
    server = await startTestServer([echo]);
    const traceOf = async (traceparent?: string) => {
      const headers = traceparent === undefined ? {} : { traceparent };
      const response = await fetch(`${server.url}/livez`, { headers });
      return response.headers.get("traceparent");
    };
    const given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    expect(await traceOf(given)).to.equal(given);
    expect(await traceOf()).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(await traceOf("00-zero")).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(await traceOf()).not.to.equal(await traceOf());
  });

  it("counts requests by operation and status in /metrics", async () => {
    server = await startTestServer([echo]);
    await server.call("POST", "/v1/echo/a", { key: "metrics-0001", json: { text: "t" } });
    await server.call("POST", "/v1/echo/a", { key: "metrics-0002", json: {} });
    await server.call("GET", "/v1/nothing");
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get("content-type")).to.match(/^text\/plain/);
    const text = await response.text();
    for (const [operation, status] of [
      ["echo", 200],
      ["echo", 400],
      ["none", 404],
    ] as const) {
      expect(text).to.contain(
        `hansa_http_request_duration_seconds_count{operation="${operation}",status="${status}"} 1`,
      );
    }
  });

  it("echoes a well-formed Request-Id and makes one otherwise", async () => {
    server = await startTestServer([]);
    const idFor = async (id: string) =>
      (await fetch(`${server.url}/livez`, { headers: { "Request-Id": id } })).headers.get("request-id");
    expect(await idFor("abc-123.DEF_~")).to.equal("abc-123.DEF_~");
    for (const bad of ["short", "x".repeat(129), "has space 123", 'quote"1234']) {
      expect(await idFor(bad)).to.match(/^[0-9a-f-]{36}$/);
    }
  });

  it("logs one line a request, without query values, bodies, credentials or an invitation's secret", async () => {
    server = await startTestServer([echo, invite]);
    await server.call("POST", "/v1/echo/word?q=query-secret", { key: "logging-0001", json: { text: "body-secret" } });
    await server.call("POST", "/v1/invitations/path-secret", { as: null, json: { text: "body-secret" } });
    await server.call("GET", "/v1/nothing/path-secret?q=query-secret");
    const lines = server.logger.lines.filter((line) => line.message === "request");
    expect(lines.map(({ facts }) => [facts.operation, facts.status, facts.path])).to.deep.equal([
      ["echo", 200, "/v1/echo/word"],
      ["acceptInvitation", 200, "/v1/invitations/{word}"],
      [undefined, 404, undefined],
    ]);
    expect(lines[0]?.facts.userId).to.equal(callers["maker-key"]?.userId);
    expect(JSON.stringify(server.logger.lines)).not.to.match(
      /query-secret|body-secret|path-secret|maker-key|secret-of/,
    );
  });
});
