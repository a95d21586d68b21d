import { connect } from "node:net";
import { expect } from "chai";
import { type Endpoint, openEndpoint } from "../../../src/chain/ledger/endpoint.ts";
import type { Ledger } from "../../../src/chain/ledger/ledger.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { call, post, type RpcBody } from "./ledgerFixture.ts";

describe("The ledger's endpoint, when something goes wrong", () => {
  let endpoint: Endpoint;
  let read: () => Promise<unknown>;
  const said: unknown[] = [];

  beforeEach(async () => {
    said.splice(0);
    read = () => Promise.resolve({ ok: true, result: "0x1" });
    const ledger = { read: () => read() } as unknown as Ledger;
    const logger = { ...silentLogger, error: (facts: object, message: string) => void said.push([facts, message]) };
    endpoint = await openEndpoint({ ledger, logger, port: 0 });
  });
  afterEach(() => endpoint.close());

  const refusalOf = async (reply: Promise<Response>) => {
    const response = await reply;
    const { error } = (await response.json()) as RpcBody;
    return [response.status, error?.code, error?.message];
  };
  const whole = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId" });

  it("answers a fault of its own with 500 and no more of it, and logs it", async () => {
    read = () => Promise.reject(new Error("the engine broke"));
    expect(await refusalOf(post(endpoint.url, whole))).to.deep.equal([500, -32_603, "internal error"]);
    expect(said).to.deep.equal([[{ cause: "Error: the engine broke" }, "a request to the ledger failed"]]);
  });

  it("says what it does not serve", async () => {
    const { url } = endpoint;
    expect(await refusalOf(fetch(url))).to.deep.equal([405, -32_600, "only POST is served"]);
    const text = { "content-type": "text/plain" };
    const typeExpected = [415, -32_600, "content type must be application/json"];
    expect(await refusalOf(post(url, whole, text))).to.deep.equal(typeExpected);
    expect(await refusalOf(post(url, "{"))).to.deep.equal([400, -32_700, "body is not JSON"]);
    expect(await refusalOf(post(url, []))).to.deep.equal([400, -32_600, "a batch has 1 to 1000 requests"]);
    const large = "x".repeat(8 * 1_048_576 + 1);
    expect(await refusalOf(post(url, large))).to.deep.equal([413, -32_600, "body exceeds 8 MiB"]);
  });

  it("takes a content type with parameters and in any case, and the other name of this machine", async () => {
    const typed = await post(endpoint.url, whole, { "content-type": "Application/JSON; charset=utf-8" });
    expect(typed.status).to.equal(200);
    expect((await call(endpoint.url.replace("127.0.0.1", "localhost"), "eth_chainId")).result).to.equal("0x1");
  });

  it("lets a request that was under way have its reply when it is closed, and keeps no connection", async () => {
    const work = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    read = async () => {
      begun.resolve();
      await work.promise;
      return { ok: true, result: "0x7" };
    };
    const reply = post(endpoint.url, whole);
    await begun.promise;
    const closed = endpoint.close();
    work.resolve();
    const response = await reply;
    expect(response.headers.get("connection")).to.equal("close");
    expect(await response.json()).to.include({ result: "0x7" });
    await closed;
    expect(await post(endpoint.url, whole).catch(() => "refused")).to.equal("refused");
  });

  it("waits two seconds at the most for a client that does not come to an end", async () => {
    const { port } = new URL(endpoint.url);
    const socket = connect(Number(port), "127.0.0.1");
    const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`);
    // The server has the request when it answers a later one.
    await post(endpoint.url, whole);
    const begun = performance.now();
    await endpoint.close();
    await ended;
    expect(performance.now() - begun).to.be.within(1_500, 10_000);
    expect(said, "a client that hangs up is no fault of ours").to.deep.equal([]);
  });
});
