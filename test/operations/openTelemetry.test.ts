import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import * as z from "zod";
import { defineEndpoint } from "../../src/features/endpoint.ts";
import { startTracing, type Tracing } from "../../src/operations/openTelemetry.ts";
import { createTransactionWatch } from "../../src/operations/transactionWatch.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { currentTraceParent, traceStage } from "../../src/shared/tracing.ts";
import { createRecordingLogger, startTestServer, type TestServer } from "../http/testServer.ts";

/** What a collector gets, as OTLP's JSON has it. */
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: WireSpan["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

interface Collector {
  readonly url: string;
  readonly received: WireTraces[];
  readonly paths: (string | undefined)[];
  readonly texts: string[];
  close(): Promise<void>;
}

async function startCollector(): Promise<Collector> {
  const received: WireTraces[] = [];
  const paths: (string | undefined)[] = [];
  const texts: string[] = [];
  const server: Server = createServer((request, response) => {
    paths.push(request.url);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      texts.push(text);
      received.push(JSON.parse(text) as WireTraces);
      response.setHeader("Content-Type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ received, paths, texts },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const callersSpan = "00f067aa0ba902b7";

describe("traces", () => {
  let collector: Collector;
  let tracing: Tracing | undefined;
  let server: TestServer | undefined;
  beforeEach(async () => {
    collector = await startCollector();
  });
  afterEach(async () => {
    await tracing?.close();
    await server?.close();
    await collector.close();
    server = undefined;
    tracing = undefined;
  });

  it("lead from the caller's request over the stored transaction to the index, in the caller's trace", async () => {
    tracing = startTracing({ url: collector.url, version: "1.2.3", logger: silentLogger });
    let stored: string | undefined;
    const accept = defineEndpoint({
      method: "post",
      path: "/v1/things/{name}",
      operationId: "makeThing",
      summary: "Makes a thing.",
      tag: "test",
      params: z.strictObject({ name: z.string() }),
      body: z.strictObject({ text: z.string() }),
      replies: { 200: z.strictObject({}) },
      handle: () =>
        traceStage("transaction.accept", { attributes: { "hansa.transaction_id": "t-1" } }, async () => {
          await Promise.resolve();
          stored = currentTraceParent();
          return { status: 200, body: {} };
        }),
    });
    server = await startTestServer([accept]);
    const response = await server.call("POST", "/v1/things/Acme-secret", {
      key: "tracing-0001",
      json: { text: "text-secret" },
      headers: { traceparent: `00-${traceId}-${callersSpan}-01` },
    });
    expect(response.headers.get("traceparent")).to.match(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    await response.text();

    // Later, elsewhere, maybe in another process: what it has is the transaction's column.
    const traceParent = stored ?? null;
    createTransactionWatch({
      find: async ([hash = ""]) => [
        { hash, id: "t-1", traceParent, acceptedAtMs: 1_000, signedAtMs: 1_500, broadcastAtMs: 2_000 },
      ],
      onStage: () => {},
      wallMs: () => 4_000,
    }).indexed([{ number: 9, minedAtMs: 3_000, hashes: ["0x1"] }]);
    await new Promise((resolve) => setImmediate(resolve));
    // The server's log line, and with it the end of its stage, may come after the client has read the reply.
    await server.close();
    await tracing.close();

    expect(new Set(collector.paths)).to.deep.equal(new Set(["/v1/traces"]));
    const spans = collector.received.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
    );
    expect(new Set(spans.map((span) => span.traceId))).to.deep.equal(new Set([traceId]));
    const byName = new Map(spans.map((span) => [span.name, span]));
    expect([...byName.keys()].sort()).to.deep.equal([
      "POST /v1/things/{name}",
      "transaction.accept",
      "transaction.broadcast",
      "transaction.indexed",
      "transaction.mined",
      "transaction.sign",
    ]);
    const request = byName.get("POST /v1/things/{name}");
    const accepted = byName.get("transaction.accept");
    expect(request?.parentSpanId).to.equal(callersSpan);
    expect(accepted?.parentSpanId).to.equal(request?.spanId);
    for (const name of ["sign", "broadcast", "mined", "indexed"]) {
      expect(byName.get(`transaction.${name}`)?.parentSpanId, name).to.equal(accepted?.spanId);
    }
    expect(JSON.stringify(collector.received[0]?.resourceSpans[0]?.resource)).to.contain('"hansa"');
    expect(collector.texts.join()).not.to.match(/Acme|text-secret|maker-key|secret-of/);
  });

  it("go to the address as it is when it names the path", async () => {
    tracing = startTracing({ url: `${collector.url}/tenant/v1/traces`, version: "1", logger: silentLogger });
    traceStage("work", {}, () => 0);
    await tracing.close();
    expect(collector.paths).to.deep.equal(["/tenant/v1/traces"]);
  });

  it("disturb nobody when the collector is away: one line in the log, and the work is done", async () => {
    await collector.close();
    const logger = createRecordingLogger();
    tracing = startTracing({ url: collector.url, version: "1", logger, everyMs: 1, closeMs: 50 });
    for (let index = 0; index < 2_000; index += 1) expect(traceStage("work", {}, () => index)).to.equal(index);
    await tracing.close();
    expect(logger.lines.length).to.be.at.most(1);
  });

  it("are not recorded before and after", async () => {
    traceStage("before", {}, () => 0);
    tracing = startTracing({ url: collector.url, version: "1", logger: silentLogger });
    await tracing.close();
    traceStage("after", {}, () => 0);
    expect(collector.received).to.deep.equal([]);
  });
});
