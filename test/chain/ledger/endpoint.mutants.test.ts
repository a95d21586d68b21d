import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { type Endpoint, openEndpoint } from "../../../src/chain/ledger/endpoint.ts";
import type { Ledger } from "../../../src/chain/ledger/ledger.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { call, post } from "./ledgerFixture.ts";

const whole = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId" });
const bodyMax = 8 * 1_048_576;

describe("The ledger's endpoint, byte by byte", () => {
  let endpoint: Endpoint;
  let read: () => Promise<unknown>;
  const said: string[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    said.splice(0);
    read = () => Promise.resolve({ ok: true, result: "0x1" });
    const ledger = { read: () => read() } as unknown as Ledger;
    const logger = { ...silentLogger, error: (_: object, message: string) => void said.push(message) };
    endpoint = await openEndpoint({ ledger, logger, port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await endpoint.close();
    expect(said).to.deep.equal([]);
  });

  const portOf = () => Number(new URL(endpoint.url).port);

  function opened(): Socket {
    const socket = connect(portOf(), "127.0.0.1").setEncoding("latin1");
    socket.on("error", () => undefined);
    sockets.push(socket);
    return socket;
  }

  /** What comes back until the server ends the connection. */
  async function endOf(socket: Socket): Promise<string> {
    let text = "";
    socket.on("data", (more) => {
      text += String(more);
    });
    await once(socket, "close");
    return text;
  }

  function head(lines: readonly string[], protocol = "1.1"): string {
    return [`POST / HTTP/${protocol}`, ...lines, "", ""].join("\r\n");
  }
  const json = "content-type: application/json";
  const host = "host: 127.0.0.1";
  const length = `content-length: ${whole.length}`;

  it("says the type and the length of its reply, and keeps the connection, also after a refusal", async () => {
    const good = await post(endpoint.url, whole);
    expect(good.headers.get("content-type")).to.equal("application/json");
    expect(good.headers.get("content-length")).to.equal(String((await good.text()).length));
    expect(good.headers.get("connection")).to.equal("keep-alive");
    const refused = await post(endpoint.url, "[]");
    expect(refused.headers.get("connection")).to.equal("keep-alive");
    await refused.text();
    read = () => Promise.resolve({ ok: true, result: "é" });
    expect((await call(endpoint.url, "eth_chainId")).result).to.equal("é");
  });

  it("refuses a client that does not say for whom or of what type its request is", async () => {
    const nameless = opened();
    nameless.end(`${head([json, length], "1.0")}${whole}`);
    expect(await endOf(nameless)).to.match(/^HTTP\/1.1 403 /);
    const untyped = opened();
    untyped.end(`${head([host, length, "connection: close"])}${whole}`);
    expect(await endOf(untyped)).to.match(/^HTTP\/1.1 415 /);
  });

  it("takes a content type with a space before its parameters", async () => {
    const typed = await post(endpoint.url, whole, { "content-type": "application/json ; charset=utf-8" });
    expect(typed.status).to.equal(200);
    await typed.text();
  });

  it("refuses a body by the length that it is to have, without waiting for it, and ends the connection", async () => {
    const socket = opened();
    socket.write(head([host, json, `content-length: ${bodyMax + 1}`]));
    const reply = await endOf(socket);
    expect(reply).to.match(/^HTTP\/1.1 413 /);
    expect(reply.toLowerCase()).to.include("\r\nconnection: close\r\n");
  });

  it("takes a body of 8 MiB, and refuses one byte more, also where no length is said", async () => {
    const sized = (bytes: number) => `${whole}${" ".repeat(bytes - whole.length)}`;
    const inChunks = (body: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
        const asked = request(endpoint.url, { method: "POST", headers }, (reply) => {
          reply.resume().once("end", () => resolve(reply.statusCode));
        });
        asked.on("error", reject);
        asked.end(body);
      });
    expect(await inChunks(sized(bodyMax))).to.equal(200);
    expect(await inChunks(sized(bodyMax + 1))).to.equal(413);
    const told = await post(endpoint.url, sized(bodyMax));
    expect(told.status).to.equal(200);
    await told.text();
  });

  it("is not moved by a client that hangs up in the middle of its request, or while it waits", async () => {
    const work = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    read = () => {
      begun.resolve();
      return work.promise;
    };
    const waiting = opened();
    waiting.write(`${head([host, json, length])}${whole}`);
    await begun.promise;
    read = () => Promise.resolve({ ok: true, result: "0x1" });
    waiting.destroy();
    const half = opened();
    half.write(`${head([host, json, length])}{`);
    // The server has both when it answers a later one.
    await (await post(endpoint.url, whole)).text();
    half.destroy();
    await (await post(endpoint.url, whole)).text();
    work.resolve({ ok: true, result: "0x2" });
    expect((await call(endpoint.url, "eth_chainId")).result).to.equal("0x1");
  });

  it("answers a request that was on its way when it was closed, and then ends the connection", async () => {
    const socket = opened();
    const request = `${head([host, json, length])}${whole}`;
    socket.write(request.slice(0, 30));
    await (await post(endpoint.url, whole)).text();
    const closed = endpoint.close();
    socket.write(request.slice(30));
    const reply = await endOf(socket);
    expect(reply).to.match(/^HTTP\/1.1 200 /);
    expect(reply.toLowerCase()).to.include("\r\nconnection: close\r\n");
    await closed;
  });

  it("closes while a client does not take its reply", async () => {
    read = () => Promise.resolve({ ok: true, result: "x".repeat(64 * 1_048_576) });
    const socket = opened();
    socket.write(`${head([host, json, length])}${whole}`);
    await once(socket, "data");
    socket.pause();
    await endpoint.close();
  });

  it("does not keep the process alive once it is closed", async () => {
    const cuts: NodeJS.Timeout[] = [];
    const { setTimeout: real, clearTimeout: clear } = globalThis;
    const spied = (work: () => void, ms: number) => {
      const timer = real(work, ms);
      if (ms === 2_000) cuts.push(timer);
      return timer;
    };
    const cleared: unknown[] = [];
    Object.assign(globalThis, {
      setTimeout: spied,
      clearTimeout(timer: NodeJS.Timeout) {
        cleared.push(timer);
        clear(timer);
      },
    });
    try {
      await endpoint.close();
    } finally {
      Object.assign(globalThis, { setTimeout: real, clearTimeout: clear });
    }
    expect(cuts).to.have.length(1);
    expect(cleared).to.include(cuts[0]);
  });

  it("does not open on a port that is taken", async () => {
    const options = { ledger: {} as Ledger, logger: silentLogger, port: portOf() };
    const failure: unknown = await openEndpoint(options).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "EADDRINUSE");
  });
});
