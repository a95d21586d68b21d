import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { createRpc, quantity, type Rpc, RpcError } from "../../src/chain/rpc.ts";
import { runInsideTransaction } from "../../src/shared/transactionScope.ts";

interface Request {
  readonly id: number;
  readonly method: string;
}

describe("the JSON-RPC client", () => {
  let server: Server;
  let rpc: Rpc;
  let answer: (body: Request | Request[]) => string;

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => response.end(answer(JSON.parse(Buffer.concat(chunks).toString()))));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    rpc = createRpc({ url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, timeoutMs: 5_000 });
  });
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
    const nobody = createRpc({ url: "http://127.0.0.1:1" });
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
});
