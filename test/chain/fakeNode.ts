import { createServer, type ServerResponse } from "node:http";

/**
 * *silent*: accepts and never answers. *html*: answers something else. *refusing*: answers each call with an error.
 * *accepting_in_silence*: does what is asked and ends the connection.
 */
export type NodeMode = "normal" | "silent" | "html" | "refusing" | "accepting_in_silence";

/** A node of a chain that has no blocks, only a head. */
export interface FakeNode {
  readonly url: string;
  mode: NodeMode;
  head: number;
  chainId: number;
  genesis: string;
  /** Methods in the order they came, batches opened. */
  readonly asked: string[];
  close(): Promise<void>;
}

interface Call {
  readonly id: number;
  readonly method: string;
}

export async function startFakeNode(start: { head: number; genesis: string }): Promise<FakeNode> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => respond(response, JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[]));
  });

  function answer({ id, method }: Call): object {
    node.asked.push(method);
    if (node.mode === "refusing") return { jsonrpc: "2.0", id, error: { code: -32_000, message: "no" } };
    const results: Record<string, unknown> = {
      eth_blockNumber: `0x${node.head.toString(16)}`,
      eth_chainId: `0x${node.chainId.toString(16)}`,
      eth_getBlockByNumber: { hash: node.genesis },
    };
    return { jsonrpc: "2.0", id, result: results[method] ?? `${method} of ${node.head}` };
  }

  function respond(response: ServerResponse, body: Call | Call[]): void {
    const text = JSON.stringify(Array.isArray(body) ? body.map(answer) : answer(body));
    if (node.mode === "silent") return;
    if (node.mode === "accepting_in_silence") response.destroy();
    else response.end(node.mode === "html" ? "<html>" : text);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const node: FakeNode = {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    mode: "normal",
    chainId: 5,
    ...start,
    asked: [],
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return node;
}
