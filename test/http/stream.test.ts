import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint, type Endpoint, type EventStream } from "../../src/features/endpoint.ts";
import type { ServerOptions } from "../../src/http/server.ts";
import { AppError } from "../../src/shared/errors.ts";
import { problemOf, startTestServer, type TestServer } from "./testServer.ts";

function streaming(events: EventStream["events"]): Endpoint {
  return defineEndpoint({
    method: "get",
    path: "/v1/events/stream",
    operationId: "streamEvents",
    summary: "Streams events.",
    tag: "events",
    query: z.strictObject({ broken: z.string().optional() }),
    replies: { 200: "text/event-stream" },
    handle: ({ query }) =>
      query.broken ? Promise.reject(new AppError("request.cursor_invalid")) : Promise.resolve({ events }),
  });
}

async function* waitFor(signal: AbortSignal): AsyncGenerator<{ id: string; event: string; data: unknown }> {
  yield { id: "1", event: "first", data: {} };
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** A generator that yields `count` events of 64 KiB and tells how far it was asked. */
function createSource(count: number) {
  const ended = Promise.withResolvers<void>();
  const source = {
    pulled: 0,
    ended: ended.promise,
    async *events(signal: AbortSignal) {
      try {
        while (source.pulled < count && !signal.aborted) {
          source.pulled += 1;
          await nextTurn();
          yield { id: String(source.pulled), event: "note.added", data: "x".repeat(65_536) };
        }
      } finally {
        ended.resolve();
      }
    },
  };
  return source;
}

/** A client that sends the request and reads nothing until it is told to. */
function openPaused(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer maker-key\r\n\r\n");
  return socket;
}

/** Resolves once the source has not been asked for so many turns of the event loop in a row. */
async function untilIdle(source: { readonly pulled: number }): Promise<void> {
  let idleTurns = 0;
  let last = 0;
  while (idleTurns < 500) {
    idleTurns = source.pulled === last && last > 0 ? idleTurns + 1 : 0;
    last = source.pulled;
    await nextTurn();
  }
}

describe("event streams", () => {
  let server: TestServer;
  const start = async (events: EventStream["events"], overrides: Partial<ServerOptions> = {}) => {
    server = await startTestServer([streaming(events)], overrides);
    return server;
  };
  afterEach(() => server.close());

  it("send id, event and data, in order, and end with their source", async () => {
    await start(async function* () {
      await nextTurn();
      yield { id: "7", event: "credit.issued", data: { a: "line\nbreak" } };
      yield { id: "8\nid: 9", event: "credit.advised", data: null };
    });
    const response = await server.call("GET", "/v1/events/stream");
    expect(response.headers.get("content-type")).to.equal("text/event-stream");
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(await response.text()).to.equal(
      'id: 7\nevent: credit.issued\ndata: {"a":"line\\nbreak"}\n\nid: 8id: 9\nevent: credit.advised\ndata: null\n\n',
    );
  });

  it("answer a problem when the request is refused before the stream begins", async () => {
    await start(async function* () {});
    const problem = await problemOf(await server.call("GET", "/v1/events/stream?broken=1"));
    expect(problem.code).to.equal("request.cursor_invalid");
    const head = await server.call("HEAD", "/v1/events/stream");
    expect(head.headers.get("content-type")).to.equal("text/event-stream");
  });

  it("ask their source for nothing while a client does not read, and lose nothing for it", async () => {
    const count = 1_000;
    const source = createSource(count);
    await start(source.events);
    const socket = openPaused(server.port);
    await untilIdle(source);
    expect(source.pulled).to.be.below(count / 2);

    let received = "";
    let ids = 0;
    socket.on("data", (chunk: Buffer) => {
      received = received.slice(-16) + chunk.toString("latin1");
      for (const match of received.matchAll(/\nid: (\d+)\n/g)) {
        if (Number(match[1]) > ids) {
          expect(Number(match[1])).to.equal(ids + 1);
          ids = Number(match[1]);
        }
      }
    });
    socket.resume();
    await source.ended;
    socket.destroy();
    expect(source.pulled).to.equal(count);
  });

  it("end their source when the client goes away", async () => {
    const source = createSource(Number.POSITIVE_INFINITY);
    await start(source.events);
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/v1/events/stream`, {
      headers: { Authorization: "Bearer maker-key" },
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    await source.ended;
  });

  it("end their source when a client that does not read goes away", async () => {
    const source = createSource(Number.POSITIVE_INFINITY);
    await start(source.events);
    const socket = openPaused(server.port);
    await untilIdle(source);
    socket.destroy();
    await source.ended;
  });

  it("cut off a client that takes nothing for too long", async () => {
    const source = createSource(Number.POSITIVE_INFINITY);
    await start(source.events, { heartbeatMs: 5, stallMs: 50 });
    const socket = openPaused(server.port);
    await source.ended;
    socket.destroy();
  });

  it("send a comment now and then while nothing happens", async () => {
    await start(waitFor, { heartbeatMs: 5 });
    const response = await server.call("GET", "/v1/events/stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.endsWith("\n\n:\n\n")) text += (await reader?.read())?.value ?? "";
    await reader?.cancel();
  });

  it("end when the server stops", async () => {
    await start(waitFor);
    const response = await server.call("GET", "/v1/events/stream");
    await Promise.all([server.close(), response.text()]);
  });

  it("end when the server stops although their source does not listen", async () => {
    const release = Promise.withResolvers<void>();
    await start(async function* () {
      yield { id: "1", event: "a", data: 1 };
      await release.promise;
    });
    const response = await server.call("GET", "/v1/events/stream");
    await Promise.all([server.close(), response.text()]);
    release.resolve();
  });

  it("end, and say so in the log, when their source fails", async () => {
    await start(async function* () {
      yield { id: "1", event: "a", data: 1 };
      await nextTurn();
      throw new Error("the store went away");
    });
    const response = await server.call("GET", "/v1/events/stream");
    expect(await response.text()).to.equal("id: 1\nevent: a\ndata: 1\n\n");
    expect(server.logger.lines.map((line) => line.message)).to.include("event stream failed");
  });
});
