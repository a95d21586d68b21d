import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { delayMs, followEvents, type StreamState } from "../../src/portal/api/eventStream.ts";

interface Asked {
  readonly authorization: string | undefined;
  readonly lastEventId: string | undefined;
}

const frame = (sequence: number) => `id: ${sequence}\nevent: e\ndata: ${JSON.stringify({ sequence })}\n\n`;

/** A server that answers each connection by the next of `answers`, and then no more. */
async function serve(answers: readonly ((response: http.ServerResponse) => void)[]) {
  const asked: Asked[] = [];
  const server = http.createServer((request, response) => {
    const { authorization } = request.headers;
    const answer = answers[asked.length];
    asked.push({ authorization, lastEventId: request.headers["last-event-id"] as string | undefined });
    if (answer) answer(response);
    else response.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function stream(response: http.ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

describe("Following the event stream", () => {
  it("comes back after the connection ends, from the last event that it saw", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const states: StreamState[] = [];
    const pauses: number[] = [];
    const server = await serve([
      (response) => {
        stream(response);
        response.end(frame(1) + frame(2));
      },
      (response) => response.destroy(),
      (response) => {
        response.statusCode = 503;
        response.end();
      },
      (response) => {
        stream(response);
        response.write(frame(3));
      },
    ]);
    await followEvents({
      url: server.url,
      apiKey: "key",
      lastId: null,
      signal: stop.signal,
      onState: (state) => states.push(state),
      onEvent({ sequence }) {
        seen.push(sequence);
        if (sequence === 3) stop.abort();
      },
      delay: (failures) => {
        pauses.push(failures);
        return 0;
      },
    });
    await server.close();
    expect(seen).to.deep.equal([1, 2, 3]);
    expect(server.asked.map(({ lastEventId }) => lastEventId)).to.deep.equal([undefined, "2", "2", "2"]);
    expect(server.asked.every(({ authorization }) => authorization === "Bearer key")).to.equal(true);
    expect(pauses).to.deep.equal([0, 1, 2]);
    expect(states.at(0)).to.equal("connecting");
    expect(states.filter((state) => state === "live")).to.have.length(2);
  });

  it("resumes where an earlier page stopped", async () => {
    const stop = new AbortController();
    const server = await serve([
      (response) => {
        stream(response);
        response.write(frame(8));
      },
    ]);
    const options = { url: server.url, apiKey: "key", lastId: "7", signal: stop.signal, onState: () => {} };
    await followEvents({ ...options, onEvent: () => stop.abort() });
    await server.close();
    expect(server.asked.map(({ lastEventId }) => lastEventId)).to.deep.equal(["7"]);
  });

  it("gives up when it is refused", async () => {
    const states: StreamState[] = [];
    const server = await serve([
      (response) => {
        response.statusCode = 401;
        response.end();
      },
    ]);
    await followEvents({
      url: server.url,
      apiKey: "key",
      lastId: null,
      signal: new AbortController().signal,
      onState: (state) => states.push(state),
      onEvent: () => {},
    });
    await server.close();
    expect(states.at(-1)).to.equal("refused");
    expect(server.asked).to.have.length(1);
  });

  it("waits longer after each failure, never longer than half a minute, and not all at the same moment", () => {
    const longest = [0, 1, 2, 3, 10, 100].map((failures) => delayMs(failures, () => 1));
    expect(longest).to.deep.equal([500, 1_000, 2_000, 4_000, 30_000, 30_000]);
    expect(delayMs(3, () => 0)).to.equal(2_000);
  });
});
