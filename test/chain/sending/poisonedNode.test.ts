import { createServer } from "node:http";
import { expect } from "chai";
import { createEndpointPool, type EndpointPool } from "../../../src/chain/endpoints.ts";
import { createRpc, type RpcClient, RpcError } from "../../../src/chain/rpc.ts";
import { contextWith } from "../indexing/indexerHarness.ts";
import { createFakeNode, type FakeNode } from "./fakeNode.ts";
import { createWorld, look, statusesOf } from "./world.ts";

interface Served {
  readonly node: FakeNode;
  readonly url: string;
  close(): void;
}

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node that speaks JSON-RPC over HTTP, in batches. */
async function serve(): Promise<Served> {
  const node = createFakeNode();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const calls = [JSON.parse(Buffer.concat(chunks).toString()) as Asked | readonly Asked[]].flat();
    const results = await node.rpc.batch(calls);
    const replies = calls.map(({ id }, index) => {
      const result = results[index];
      if (!(result instanceof RpcError)) return { jsonrpc: "2.0", id, result };
      return { jsonrpc: "2.0", id, error: { code: result.code, message: result.message } };
    });
    response.end(JSON.stringify(replies));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    ...{ node, url: `http://127.0.0.1:${port}` },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const everyWording = [
  "Invalid transaction with a lower nonce exists",
  "txpool is full",
  "something new",
  "transaction underpriced",
  "insufficient funds for gas * price + value",
  "already known",
];

describe("a node that holds up a lane, while another would take its transactions (besu #6058, #1891)", () => {
  let poisoned: Served;
  let healthy: Served;
  let pool: EndpointPool;
  let apart: readonly RpcClient[];

  beforeEach(async () => {
    [poisoned, healthy] = await Promise.all([serve(), serve()]);
    const urls = [poisoned.url, healthy.url];
    pool = createEndpointPool({ context: contextWith(), urls });
    apart = urls.map((url) => createRpc({ url }));
  });

  afterEach(async () => {
    await pool.close();
    for (const one of apart) await one.close();
    poisoned.close();
    healthy.close();
  });

  for (const words of everyWording) {
    it(`by "${words}", is passed by: all others are offered the same, from the lowest nonce on`, async () => {
      poisoned.node.refuse = () => words;
      const world = createWorld();
      world.accept(2);
      const process = world.start({ rpc: pool, endpoints: () => apart });
      await process.run();
      expect(healthy.node.offered, "it may be better in a moment").to.deep.equal([]);
      for (let looks = 0; looks < 3; looks += 1) await look(process, world, 10_000);
      expect(healthy.node.inPool().map(({ nonce }) => nonce)).to.deep.equal([0, 1]);
      expect(new Set(Object.values(statusesOf(world)))).to.deep.equal(new Set(["broadcast"]));
    });
  }

  it("is not passed by once the lead is known to be lost: nothing leaves then, wherever to", async () => {
    poisoned.node.refuse = () => {
      isLost = offered.length > 0;
      return "txpool is full";
    };
    let isLost = false;
    const { offered } = poisoned.node;
    const world = createWorld();
    const leadership = { ...world.memory.joinLeadership(), isLost: () => isLost };
    world.accept();
    const process = world.start({ rpc: pool, endpoints: () => apart, leadership });
    await process.run();
    isLost = false;
    world.clock.advanceMs(20_000);
    await process.run();
    expect(offered.length, "asked again, and refused").to.be.greaterThan(1);
    expect(healthy.node.offered).to.deep.equal([]);
    expect(process.steps.state().supersededTotal).to.be.greaterThan(0);
  });
});
