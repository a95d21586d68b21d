import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect } from "chai";
import { createTransactionWatch } from "../../src/operations/transactionWatch.ts";
import { recordWith } from "../../src/shared/tracing.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceParent = `00-${traceId}-00f067aa0ba902b7-01`;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A store in which every transaction was accepted at second 1, signed at 1.5, and broadcast at second 2. */
function watch(find?: (hashes: readonly string[]) => Promise<void>) {
  const stages: [string, number][] = [];
  const asked: (readonly string[])[] = [];
  const transactions = createTransactionWatch({
    async find(hashes) {
      asked.push(hashes);
      await find?.(hashes);
      return hashes.map((hash) => ({
        hash,
        id: `id of ${hash}`,
        traceParent,
        acceptedAtMs: 1_000,
        signedAtMs: 1_500,
        broadcastAtMs: 2_000,
      }));
    },
    onStage: (stage, seconds) => stages.push([stage, seconds]),
    wallMs: () => 7_000,
  });
  return { transactions, stages, asked };
}

describe("time of transactions", () => {
  it("is measured from stage to stage by what the store remembers", async () => {
    const { transactions, stages } = watch();
    transactions.indexed([{ number: 5, minedAtMs: 6_500, hashes: ["0x1"] }]);
    await turn();
    expect(stages).to.deep.equal([
      ["accepted_to_broadcast", 1],
      ["broadcast_to_mined", 4.5],
      ["mined_to_indexed", 0.5],
    ]);
  });

  it("is never negative, although a ledger's time has whole seconds and may run ahead", async () => {
    const { transactions, stages } = watch();
    transactions.indexed([{ number: 5, minedAtMs: 1_000, hashes: ["0x1"] }]);
    await turn();
    transactions.indexed([{ number: 6, minedAtMs: 9_000, hashes: ["0x2"] }]);
    await turn();
    expect(stages.slice(1, 3)).to.deep.equal([
      ["broadcast_to_mined", 0],
      ["mined_to_indexed", 5],
    ]);
    expect(stages.slice(4)).to.deep.equal([
      ["broadcast_to_mined", 5],
      ["mined_to_indexed", 0],
    ]);
  });

  it("is measured of samples under load: one reading at a time, of a bounded size", async () => {
    const slow = Promise.withResolvers<void>();
    const { transactions, asked } = watch(() => slow.promise);
    const hashes = Array.from({ length: 1_000 }, (_, index) => `0x${index}`);
    transactions.indexed([{ number: 5, minedAtMs: 0, hashes }]);
    transactions.indexed([{ number: 6, minedAtMs: 0, hashes: ["0xaa"] }]);
    slow.resolve();
    await turn();
    expect(asked.map(({ length }) => length)).to.deep.equal([200]);
  });

  it("disturbs nobody when the store does not answer, and goes on with the next block", async () => {
    let broken = true;
    const { transactions, stages } = watch(() =>
      broken ? Promise.reject(new Error("the store went away")) : Promise.resolve(),
    );
    transactions.indexed([{ number: 5, minedAtMs: 0, hashes: ["0x1"] }]);
    await turn();
    expect(stages).to.deep.equal([]);
    broken = false;
    transactions.indexed([
      { number: 6, minedAtMs: 0, hashes: [] },
      { number: 7, minedAtMs: 0, hashes: ["0x2"] },
    ]);
    await turn();
    expect(stages.length).to.equal(3);
  });

  it("adds the stages after the request to the trace of each, without leaving one out", async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    recordWith(provider.getTracer("test"));
    const { transactions, asked } = watch();
    transactions.indexed([{ number: 5, minedAtMs: 3_000, hashes: Array.from({ length: 250 }, (_, n) => `0x${n}`) }]);
    transactions.indexed([{ number: 6, minedAtMs: 3_000, hashes: ["0xaa"] }]);
    await turn();
    recordWith(undefined);
    expect(asked.map(({ length }) => length)).to.deep.equal([200, 50, 1]);
    const spans = exporter.getFinishedSpans();
    expect(spans.length).to.equal(4 * 251);
    expect(new Set(spans.map((span) => span.spanContext().traceId))).to.deep.equal(new Set([traceId]));
    expect(spans.slice(-4).map(({ name, attributes }) => [name, attributes])).to.deep.equal([
      ["transaction.sign", { "hansa.transaction_id": "id of 0xaa", "hansa.block_number": 6 }],
      ["transaction.broadcast", { "hansa.transaction_id": "id of 0xaa", "hansa.block_number": 6 }],
      ["transaction.mined", { "hansa.transaction_id": "id of 0xaa", "hansa.block_number": 6 }],
      ["transaction.indexed", { "hansa.transaction_id": "id of 0xaa", "hansa.block_number": 6 }],
    ]);
    await provider.shutdown();
  });
});
