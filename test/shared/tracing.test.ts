import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect } from "chai";
import { AppError } from "../../src/shared/errors.ts";
import {
  currentTraceParent,
  openStage,
  readTraceParent,
  recordStage,
  recordWith,
  traceFacts,
  traceStage,
} from "../../src/shared/tracing.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const caller = `00-${traceId}-00f067aa0ba902b7-01`;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("traceparent of a caller", () => {
  it("is taken as W3C writes it, also from a later version", () => {
    expect(readTraceParent(caller)).to.equal(caller);
    expect(readTraceParent(`cc-${traceId}-00f067aa0ba902b7-01-what-comes-later`)).to.equal(caller);
  });

  for (const [what, header] of [
    ["is absent", undefined],
    ["stands twice", [caller, caller]],
    ["has zeros for a trace", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
    ["has zeros for a parent", `00-${traceId}-${"0".repeat(16)}-01`],
    ["has version ff", `ff-${traceId}-00f067aa0ba902b7-01`],
    ["has capitals", caller.toUpperCase()],
    ["is too long for its version", `${caller}-more`],
    ["is endless", `cc-${traceId}-00f067aa0ba902b7-01-${"x".repeat(10_000)}`],
    ["is something else", "Bearer secret"],
  ] as const) {
    it(`is not taken when it ${what}`, () => expect(readTraceParent(header)).to.equal(undefined));
  }
});

describe("stages that nobody records", () => {
  it("hand the caller's trace on as it came, across waits, and leave it afterwards", async () => {
    await traceStage("request", { traceParent: caller, requestId: "request-1" }, async () => {
      await turn();
      expect(currentTraceParent()).to.equal(caller);
      expect(traceFacts()).to.deep.equal({ requestId: "request-1", traceId });
      await traceStage("inner", {}, async () => {
        await turn();
        expect(traceFacts()).to.deep.equal({ requestId: "request-1", traceId });
      });
    });
    expect(currentTraceParent()).to.equal(undefined);
    expect(traceFacts()).to.deep.equal({});
  });

  it("make a trace of their own where there is none, marked as not recorded", () => {
    const made = openStage("request").traceParent;
    expect(readTraceParent(made)).to.equal(made);
    expect(made).to.match(/-00$/);
    expect(openStage("request").traceParent).not.to.equal(made);
  });

  it("give back what the work gives, and throw what it throws", async () => {
    expect(traceStage("sum", {}, () => 3)).to.equal(3);
    expect(await traceStage("sum", {}, () => Promise.resolve(4))).to.equal(4);
    const fault = new AppError("chain.unavailable");
    expect(() =>
      traceStage("sum", {}, () => {
        throw fault;
      }),
    ).to.throw(fault);
    expect(await traceStage("sum", {}, () => Promise.reject(fault)).catch((error: unknown) => error)).to.equal(fault);
  });
});

describe("stages that are recorded", () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  before(() => recordWith(provider.getTracer("test")));
  beforeEach(() => exporter.reset());
  after(() => {
    recordWith(undefined);
    return provider.shutdown();
  });
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      traceId: span.spanContext().traceId,
      parentId: span.parentSpanContext?.spanId,
      attributes: span.attributes,
    }));

  it("stand in the caller's trace, each under the one that it belongs to", async () => {
    const stored = await traceStage("request", { traceParent: caller }, async () => {
      await turn();
      return traceStage("transaction.accept", {}, () => currentTraceParent());
    });
    traceStage("transaction.sign", { traceParent: stored ?? null, attributes: { "hansa.nonce": 7 } }, () => 0);
    const [accept, request, sign] = spans();
    expect([request?.name, request?.traceId, request?.parentId]).to.deep.equal([
      "request",
      traceId,
      caller.slice(36, 52),
    ]);
    expect(accept?.traceId).to.equal(traceId);
    expect(sign).to.deep.include({ traceId, parentId: stored?.slice(36, 52), attributes: { "hansa.nonce": 7 } });
  });

  it("can be told afterwards, with times from outside", () => {
    recordStage("transaction.mined", { traceParent: caller, startMs: 1_000, endMs: 3_500 });
    const [span] = exporter.getFinishedSpans();
    expect([span?.startTime, span?.endTime]).to.deep.equal([
      [1, 0],
      [3, 500_000_000],
    ]);
  });

  it("say of a fault its code and nothing of its text", async () => {
    const fault = new AppError("chain.unavailable", {}, { cause: new Error("secret of Acme") });
    await traceStage("call", { traceParent: caller }, () => Promise.reject(fault)).catch(() => undefined);
    const [span] = exporter.getFinishedSpans();
    expect(span?.status.code).to.equal(2);
    expect(span?.attributes).to.deep.equal({ "error.type": "chain.unavailable" });
    expect(JSON.stringify([span?.events, span?.status])).not.to.match(/Acme|could not/);
  });

  it("are not recorded where the caller does not record, and hand its flag on", () => {
    const silent = caller.replace(/01$/, "00");
    expect(openStage("request", { traceParent: silent }).traceParent).to.match(new RegExp(`^00-${traceId}-.*-00$`));
    traceStage("request", { traceParent: silent }, () => 0);
    expect(spans()).to.deep.equal([]);
  });
});
