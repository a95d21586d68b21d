import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { expect } from "chai";
import {
  createRpc,
  quantity,
  type RpcClient,
  RpcError,
  type RpcObservation,
  type RpcOptions,
} from "../../src/chain/rpc.ts";
import { unavailabilityOf } from "../../src/chain/rpcTransport.ts";
import { runInsideTransaction } from "../../src/shared/transactionScope.ts";

interface Request {
  readonly id: number;
  readonly method: string;
}

interface Received {
  readonly body: Request | Request[];
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
}

describe("the JSON-RPC client", () => {
  let server: Server;
  let url: string;
  let rpc: RpcClient;
  const clients: RpcClient[] = [];
  const received: Received[] = [];
  let answer: (body: Request | Request[]) => string;
  /** In place of `answer`, where a reply is more than its text. */
  let respond: ((response: ServerResponse, received: Received) => void) | undefined;

  function connect(options: Partial<RpcOptions> = {}): RpcClient {
    const client = createRpc({ url, timeoutMs: 5_000, ...options });
    clients.push(client);
    return client;
  }

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Request | Request[];
        const one = { body, headers: request.headers, url: request.url ?? "" };
        received.push(one);
        if (respond) respond(response, one);
        else response.end(answer(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  });
  beforeEach(() => {
    rpc = connect();
    respond = undefined;
    received.length = 0;
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
  const calls = ["a", "b", "c"].map((method) => ({ method, params: [] }));

  it("gives each call of a batch its own answer, whatever the order of the replies", async () => {
    answer = (body) =>
      JSON.stringify((body as Request[]).map(({ id, method }) => ({ jsonrpc: "2.0", id, result: method })).reverse());
    expect(await rpc.batch(calls)).to.deep.equal(["a", "b", "c"]);
    expect(await rpc.batch([]), "and asks nothing for nothing").to.deep.equal([]);
  });

  it("gives a refusal of one call of a batch as its result, with code and revert data", async () => {
    answer = (body) =>
      JSON.stringify(
        (body as Request[]).map(({ id, method }) => {
          if (method === "b") return { id, error: { code: 3, message: "reverted", data: "0xdead" } };
          if (method === "c") return { id, error: { code: -32_000, message: "no", data: { data: "0xbeef" } } };
          return { id, result: null };
        }),
      );
    const [first, second, third] = await rpc.batch(calls);
    expect(first).to.equal(null);
    expect(second).to.be.instanceOf(RpcError).and.to.include({ code: 3, data: "0xdead" });
    expect(third, "some nodes nest it").to.include({ code: -32_000, data: "0xbeef" });
  });

  it("takes a batch with a missing reply for no answer: what became of that call is unknown", async () => {
    answer = (body) => JSON.stringify((body as Request[]).slice(1).map(({ id }) => ({ id, result: "x" })));
    expect(await failureOf(rpc.batch(calls))).to.have.property("code", "chain.unavailable");
  });

  it("takes what is no answer for none: an error for the whole batch, no JSON, a closed connection", async () => {
    for (const text of ['{"id":null,"error":{"code":-32600,"message":"too many"}}', "<html>", ""]) {
      answer = () => text;
      expect(await failureOf(rpc.batch(calls)), text).to.have.property("code", "chain.unavailable");
    }
    answer = () => "null";
    expect(await failureOf(rpc.call("a"))).to.have.property("code", "chain.unavailable");
    const nobody = connect({ url: "http://127.0.0.1:1" });
    expect(await failureOf(nobody.call("a"))).to.have.property("code", "chain.unavailable");
  });

  it("throws a refusal of a single call", async () => {
    answer = (body) =>
      JSON.stringify({ id: (body as Request).id, error: { code: 3, message: "reverted", data: "0x01" } });
    expect(await failureOf(rpc.call("eth_call")))
      .to.be.instanceOf(RpcError)
      .and.to.include({ data: "0x01" });
  });

  it("is never used inside a database transaction", async () => {
    const failure = await failureOf(runInsideTransaction(() => rpc.call("eth_blockNumber")));
    expect(failure)
      .to.have.property("message")
      .that.matches(/^invariant: .*inside a database transaction/);
  });

  it("writes quantities as the nodes want them", () => {
    expect([quantity(0), quantity(255), quantity(2n ** 64n)]).to.deep.equal(["0x0", "0xff", "0x10000000000000000"]);
  });

  const echo = (body: Request | Request[]): string => {
    const reply = ({ id, method }: Request) => ({ jsonrpc: "2.0", id, result: method });
    return JSON.stringify(Array.isArray(body) ? body.map(reply) : reply(body));
  };
  const reasonOf = async (work: Promise<unknown>): Promise<unknown> => unavailabilityOf(await failureOf(work));

  it("takes no reply to another call, no reply twice and none of another form", async () => {
    const bent: ((replies: { id: unknown }[]) => unknown)[] = [
      (replies) => [...replies.slice(1), { ...replies[0], id: 77 }],
      (replies) => [...replies, replies[0]],
      (replies) => [replies[0], replies[0], replies[1]],
      (replies) => replies.map(({ id }) => ({ id, jsonrpc: "2.0" })),
      (replies) => replies.map((reply) => ({ ...reply, id: String(reply.id) })),
      () => [null, 1, "x"],
      () => ({ jsonrpc: "2.0", id: null, error: { code: -32_600, message: "batch too large" } }),
    ];
    for (const [index, bend] of bent.entries()) {
      answer = (body) => JSON.stringify(bend(JSON.parse(echo(body)) as { id: unknown }[]));
      expect(await reasonOf(rpc.batch(calls)), String(index)).to.equal("not_json_rpc");
    }
    answer = (body) => JSON.stringify({ id: (body as Request).id + 1, result: "0x1" });
    expect(await reasonOf(rpc.call("a"))).to.equal("not_json_rpc");
  });

  it("takes an error without words for an error (evmconnect#12), and an error of null for none", async () => {
    answer = (body) => JSON.stringify({ id: (body as Request).id, error: { code: -32_000, message: "" } });
    expect(await failureOf(rpc.call("a")))
      .to.be.instanceOf(RpcError)
      .and.to.include({ code: -32_000, message: "" });
    answer = (body) => JSON.stringify({ id: (body as Request).id, error: {} });
    expect(await failureOf(rpc.call("a")))
      .to.be.instanceOf(RpcError)
      .and.to.include({ code: -32_603 });
    answer = (body) => JSON.stringify({ id: (body as Request).id, error: null, result: "0x1" });
    expect(await rpc.call("a")).to.equal("0x1");
  });

  it("takes an error without a text for one without words, and what is no revert data for none", async () => {
    const errors = [
      { code: -32_000, message: 7, data: { data: { data: "0x01" } } },
      { code: 1, data: 5 },
      { code: "x" },
    ];
    answer = (body) => JSON.stringify((body as Request[]).map(({ id }, index) => ({ id, error: errors[index] })));
    const found = (await rpc.batch(calls)) as readonly RpcError[];
    const expected = [[-32_000, "", "0x01"], ...[[1, "", undefined]], ...[[-32_603, "", undefined]]];
    expect(found.map(({ code, message, data }) => [code, message, data])).to.deep.equal(expected);
  });

  it("gives up who never answers, who begins and does not end, and who drips", async () => {
    const hurried = connect({ timeoutMs: 150 });
    const drips: NodeJS.Timeout[] = [];
    const slow: ((response: ServerResponse) => unknown)[] = [
      () => {},
      (response) => response.write("["),
      (response) => drips.push(setInterval(() => response.write(" "), 20)),
    ];
    for (const [index, reply] of slow.entries()) {
      respond = reply;
      expect(await reasonOf(hurried.call("a")), String(index)).to.equal("timeout");
    }
    for (const drip of drips) clearInterval(drip);
  });

  it("reads no more of a reply than it may have", async () => {
    answer = (body) => `${" ".repeat(100_000)}${echo(body)}`;
    expect(await reasonOf(connect({ responseBytesMax: 50_000 }).call("a"))).to.equal("too_large");
    expect(await connect({ responseBytesMax: 200_000 }).call("a")).to.equal("a");
  });

  describe("where the node says too many requests", () => {
    const waits: number[] = [];
    const patient = (options: Partial<RpcOptions> = {}): RpcClient =>
      connect({ wait: (ms) => Promise.resolve(waits.push(ms)), ...options });
    /** Refuses so many times with these headers, then answers. */
    function limit(times: number, headers: Record<string, string>): void {
      waits.length = 0;
      respond = (response, { body }) => {
        if (received.length > times) response.end(echo(body));
        else response.writeHead(429, headers).end("slow down");
      };
    }

    it("waits as long as it is told, in seconds or until a date of the node's own clock", async () => {
      limit(2, { "retry-after": "3" });
      expect(await patient().call("a")).to.equal("a");
      expect(waits).to.deep.equal([3_000, 3_000]);
      received.length = 0;
      limit(1, { date: "Sat, 01 Jan 2000 00:00:00 GMT", "retry-after": "Sat, 01 Jan 2000 00:00:04 GMT" });
      expect(await patient().call("a")).to.equal("a");
      expect(waits).to.deep.equal([4_000]);
    });

    it("waits a little and then longer where it is not told", async () => {
      limit(3, {});
      expect(await patient({ attemptsMax: 4 }).call("a")).to.equal("a");
      expect(waits).to.deep.equal([250, 500, 1_000]);
    });

    it("does not wait longer than it may, nor come again for ever", async () => {
      limit(1, { "retry-after": "6" });
      expect(await reasonOf(patient({ retryAfterMaxMs: 5_000 }).call("a"))).to.equal("limited");
      expect(waits).to.deep.equal([]);
      received.length = 0;
      limit(3, { "retry-after": "0" });
      expect(await reasonOf(patient().call("a"))).to.equal("limited");
      expect(received.length).to.equal(3);
    });
  });

  it("opens a long batch into several round trips, one after the other", async () => {
    answer = echo;
    const many = Array.from({ length: 7 }, (_, index) => ({ method: `m${index}`, params: [] }));
    expect(await connect({ batchMax: 3 }).batch(many)).to.deep.equal(many.map(({ method }) => method));
    expect(received.map(({ body }) => (body as Request[]).length)).to.deep.equal([3, 3, 1]);
  });

  it("tells what became of each round trip, without the address", async () => {
    const seen: RpcObservation[] = [];
    const watched = connect({ onCall: (observation) => seen.push(observation), name: "node", timeoutMs: 200 });
    answer = echo;
    await watched.call("a");
    await watched.batch(calls);
    await watched.batch([calls[0], calls[0]].flatMap((call) => call ?? []));
    answer = (body) => JSON.stringify({ id: (body as Request).id, error: { code: 3, message: "reverted" } });
    await failureOf(watched.call("b"));
    respond = () => {};
    await failureOf(watched.call("c"));
    expect(seen.map(({ method, calls: count, outcome }) => [method, count, outcome])).to.deep.equal([
      ...[
        ["a", 1, "ok"],
        ["mixed", 3, "ok"],
        ["a", 2, "ok"],
      ],
      ...[
        ["b", 1, "refused"],
        ["c", 1, "timeout"],
      ],
    ]);
    expect(seen.every(({ endpoint, seconds }) => endpoint === "node" && seconds >= 0 && seconds < 5)).to.equal(true);
  });

  it("sends the trace of the work under way, credentials as a header, and the path as it is", async () => {
    answer = echo;
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    let current: string | undefined = traceparent;
    const address = url.replace("http://", "http://bank:p%40ss@");
    const client = connect({ url: `${address}/v1/key?x=1`, traceparent: () => current });
    await client.call("a");
    current = undefined;
    await client.call("a");
    const [first, second] = received;
    expect(first?.headers).to.include({ traceparent, authorization: `Basic ${btoa("bank:p@ss")}` });
    expect(first?.headers.host, "not in the address").to.equal(new URL(url).host);
    expect(second?.headers).to.not.have.property("traceparent");
    expect(first?.url).to.equal("/v1/key?x=1");
  });

  it("keeps its connections, and ends them when it is closed", async () => {
    const ports = new Set<unknown>();
    respond = (response, { body }) => {
      ports.add(response.socket?.remotePort);
      response.end(echo(body));
    };
    for (let round = 0; round < 10; round += 1) await rpc.call("a");
    expect(ports.size, "not one for each call").to.be.at.most(3);
    respond = () => {};
    const underWay = reasonOf(rpc.call("a"));
    await rpc.close();
    expect(await underWay).to.equal("unreachable");
    expect(await reasonOf(rpc.call("a"))).to.equal("unreachable");
  });
});
