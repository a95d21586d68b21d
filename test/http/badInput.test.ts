import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { limits } from "../../src/shared/limits.ts";
import { codesOf, openRawSocket, requestText, statusesOf } from "./rawSocket.ts";
import { startTestServer, type TestServer } from "./testServer.ts";

/** What the endpoint has done: none of the requests below may add to it unless they are good. */
const done: unknown[] = [];

const addNote = defineEndpoint({
  method: "post",
  path: "/v1/notes",
  operationId: "addNote",
  summary: "Adds a note.",
  tag: "notes",
  body: z.strictObject({ text: z.string(), more: z.record(z.string(), z.unknown()).optional() }),
  replies: { 201: z.strictObject({ number: z.int() }) },
  handle: ({ body }) =>
    Promise.resolve({
      commit: () => {
        done.push(body);
        return Promise.resolve({ status: 201, body: { number: done.length } });
      },
    }),
});

const good = '{"text":"a"}';

describe("bad input, through a real socket", () => {
  let server: TestServer;
  let serial = 0;

  before(async () => {
    server = await startTestServer([addNote], { bounds: { headerMs: 400, requestMs: 400, keepAliveMs: 5_000 } });
  });
  beforeEach(() => {
    done.length = 0;
  });
  after(() => server.close());

  const nextKey = () => {
    serial += 1;
    return `bad-input-${serial.toString().padStart(4, "0")}`;
  };
  const post = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    requestText("POST", "/v1/notes", { key: nextKey(), body, headers });

  /** Sends, reads one reply, and says whether anything was done and whether the server still answers. */
  async function answerTo(text: string): Promise<{ status: number | undefined; code: string | undefined }> {
    const raw = await openRawSocket(server.port);
    raw.write(text);
    const reply = await Promise.race([raw.replies(1), raw.closed]);
    raw.socket.destroy();
    return { status: statusesOf(reply)[0], code: codesOf(reply)[0] };
  }

  async function stillServes(): Promise<void> {
    const reply = await server.call("POST", "/v1/notes", { key: nextKey(), json: { text: "good" } });
    expect(reply.status).to.equal(201);
  }

  const deep = `{"text":"a","more":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`;
  const manyArrays = `{"text":"a","more":{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`;
  const bodies: readonly (readonly [string, string, number, string])[] = [
    ["objects nested 50,000 deep", deep, 400, "request.malformed_json"],
    ["arrays nested 200,000 deep", manyArrays, 400, "request.malformed_json"],
    ["__proto__ as a key", '{"text":"a","__proto__":{"role":"admin"}}', 400, "request.malformed_json"],
    ["__proto__ in other letters", '{"text":"a","\\u005f_proto__":{}}', 400, "request.malformed_json"],
    [
      "constructor.prototype",
      '{"text":"a","more":{"constructor":{"prototype":{"x":1}}}}',
      400,
      "request.malformed_json",
    ],
    ["constructor where it is no field", '{"text":"a","constructor":1}', 400, "request.invalid"],
    ["toString where it is no field", '{"text":"a","toString":1}', 400, "request.invalid"],
    ["a key that stands twice", '{"text":"a","text":"b"}', 400, "request.malformed_json"],
    ["a body that is no JSON", "text=a", 400, "request.malformed_json"],
    ["an empty body", "", 400, "request.invalid"],
    ["a body above the limit", `{"text":"${"a".repeat(limits.bodyBytes)}"}`, 413, "request.too_large"],
  ];
  for (const [what, body, status, code] of bodies) {
    it(`answers ${status} ${code} to ${what}, and does nothing`, async () => {
      expect(await answerTo(post(body))).to.deep.equal({ status, code });
      expect(done).to.deep.equal([]);
      expect(Reflect.get({}, "role")).to.equal(undefined);
      await stillServes();
    });
  }

  it("takes keys that are only data as data, whatever they are called", async () => {
    const text = '{"text":"a","more":{"constructor":1,"toString":2,"hasOwnProperty":3}}';
    expect((await answerTo(post(text))).status).to.equal(201);
    expect(done).to.deep.equal([JSON.parse(text)]);
  });

  const requests: readonly (readonly [string, string, number, string])[] = [
    ["what is no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n", 400, "request.malformed_http"],
    [
      "a header of 64 kB",
      requestText("GET", "/v1/notes", { headers: { X: "a".repeat(65_536) } }),
      431,
      "request.header_too_large",
    ],
    [
      "20,000 header fields",
      requestText("GET", "/v1/notes", {
        headers: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`X-${i}`, "1"])),
      }),
      431,
      "request.header_too_large",
    ],
    ["an address of 64 kB", requestText("GET", `/v1/${"a".repeat(65_536)}`), 431, "request.header_too_large"],
    ["a length that is no number", post(good, { "Content-Length": "1e1" }), 400, "request.malformed_http"],
    ["two lengths", post(good, { "content-length": "99" }), 400, "request.malformed_http"],
    ["a length and chunks", post(good, { "Transfer-Encoding": "chunked" }), 400, "request.malformed_http"],
    ["a method that does not exist", "FETCH /v1/notes HTTP/1.1\r\nHost: x\r\n\r\n", 400, "request.malformed_http"],
    ["a compressed body", post(good, { "Content-Encoding": "gzip" }), 415, "request.unsupported_media_type"],
    ["a path that is no percent-encoding", requestText("GET", "/v1/%E0%A4%A"), 404, "request.not_found"],
  ];
  for (const [what, text, status, code] of requests) {
    it(`answers ${status} ${code} to ${what}, and does nothing`, async () => {
      expect(await answerTo(text)).to.deep.equal({ status, code });
      expect(done).to.deep.equal([]);
      await stillServes();
    });
  }

  it("answers a good request first and the garbage that was pipelined behind it afterwards", async () => {
    const raw = await openRawSocket(server.port);
    raw.write(`${post(good)}\x00\x01 garbage\r\n\r\n`);
    const text = await raw.closed;
    expect(statusesOf(text)).to.deep.equal([201, 400]);
    expect(codesOf(text)).to.deep.equal(["request.malformed_http"]);
    expect(done).to.have.length(1);
  });

  it("answers every one of a hundred pipelined requests, in order", async () => {
    const raw = await openRawSocket(server.port);
    raw.write(Array.from({ length: 100 }, () => post(good)).join(""));
    const text = await raw.replies(100);
    raw.socket.destroy();
    expect([...text.matchAll(/\{"number":(\d+)\}/g)].map(([, number]) => Number(number))).to.deep.equal(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it("ends header and bodies that do not come in time with 408, two hundred of them at once, and serves others meanwhile", async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => openRawSocket(server.port)));
    for (const [index, raw] of slow.entries()) {
      const text = requestText("POST", "/v1/notes", {
        key: nextKey(),
        headers: { "Content-Type": "application/json", "Content-Length": "12" },
      });
      // Half of them stop in the header, half in the body. The last few say nothing at all.
      if (index < 90) raw.write(text.slice(0, 40));
      else if (index < 190) raw.write(`${text}{"te`);
    }
    await stillServes();
    const texts = await Promise.all(slow.map(({ closed }) => closed));
    expect(new Set(texts.flatMap(codesOf))).to.deep.equal(new Set(["request.timeout"]));
    expect(texts.filter((text) => statusesOf(text)[0] === 408).length).to.be.at.least(190);
    expect(done).to.deep.equal([{ text: "good" }]);
  });

  it("refuses more requests of one user at the same time than it may have, and lets others in", async () => {
    const bounded = await startTestServer([addNote], {
      bounds: { requestsPerUser: 3, headerMs: 10_000, requestMs: 10_000 },
    });
    const headers = { "Content-Type": "application/json", "Content-Length": "12" };
    const holding = await Promise.all(Array.from({ length: 3 }, () => openRawSocket(bounded.port)));
    for (const raw of holding) raw.write(requestText("POST", "/v1/notes", { key: nextKey(), headers }));
    const refused = await refusalOf(bounded);
    expect(refused.headers.get("retry-after")).to.equal("1");
    expect(await refused.json()).to.include({ code: "request.too_many", retryable: true, status: 429 });
    expect(
      (await bounded.call("POST", "/v1/notes", { key: nextKey(), json: { text: "b" }, as: "merchant-key" })).status,
    ).to.equal(201);

    holding[0]?.write(good);
    expect(statusesOf((await holding[0]?.replies(1)) ?? "")).to.deep.equal([201]);
    expect((await bounded.call("POST", "/v1/notes", { key: nextKey(), json: { text: "c" } })).status).to.equal(201);
    for (const raw of holding) raw.socket.destroy();
    await bounded.close();
  });

  /** Asks until the requests that are held are counted: they arrive when they arrive. */
  async function refusalOf(bounded: TestServer): Promise<Response> {
    for (;;) {
      const reply = await bounded.call("POST", "/v1/notes", { key: nextKey(), json: { text: "a" } });
      if (reply.status === 429) return reply;
    }
  }

  it("makes room for a new connection by closing the one that was idle longest", async () => {
    const bounded = await startTestServer([addNote], { bounds: { connectionsMax: 20 } });
    const idle = await Promise.all(Array.from({ length: 60 }, () => openRawSocket(bounded.port)));
    const reply = await bounded.call("POST", "/v1/notes", { key: nextKey(), json: { text: "d" } });
    expect(reply.status).to.equal(201);
    await Promise.all(idle.slice(0, 40).map(({ closed }) => closed));
    const last = idle.at(-1);
    last?.write(post(good));
    expect(statusesOf((await last?.replies(1)) ?? "")).to.deep.equal([201]);
    for (const raw of idle) raw.socket.destroy();
    await bounded.close();
  });
});
