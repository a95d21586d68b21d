/**
 * Memory of the gateway's process over many transactions: the slope of the second half, after what it keeps has filled
 * up. Measured after a garbage collection, when nothing is under way.
 */
import { registerTrend, type Slope, slopeOf } from "../../scripts/benches.ts";
import { limits } from "../../src/shared/limits.ts";
import { actTogether, inParallel } from "./client.ts";
import type { Memory } from "./gatewayProcess.ts";
import { proposalBody } from "./preparedActs.ts";
import { type Stage, stageFor } from "./stage.ts";

const callers = 2;
const stage = stageFor(callers);

interface Sample extends Memory {
  /** Transactions so far. */
  readonly transactions: number;
}

async function sampleThrough({ gateway, client, folder, submitted }: Stage, samples: number, every: number) {
  const taken: Sample[] = [];
  const acts = Array.from({ length: limits.actsPerBatch }, () => ({ path: "/v1/escrows", body: proposalBody(folder) }));
  for (let sample = 0; sample < samples; sample += 1) {
    await inParallel(callers, every / acts.length, async () => {
      for (const id of await actTogether(client, acts, { simulate: true })) submitted.add(id);
    });
    taken.push({ transactions: submitted.size, ...(await gateway.memory()) });
  }
  return taken;
}

function slope(samples: readonly Sample[], of: keyof Memory): Slope {
  const half = samples.slice(samples.length >> 1);
  return slopeOf(half.map((sample) => [sample.transactions / 1_000, sample[of] / 1_024]));
}

const unit = "kB per 1,000 transactions";

registerTrend({
  name: "memory",
  figures: [
    { name: "heap", what: "live objects grow by", unit, flat: 0 },
    { name: "resident", what: "the process grows by", unit, flat: 0 },
  ],
  async measure(short) {
    const ready = await stage.open();
    const samples = short ? await sampleThrough(ready, 10, 500) : await sampleThrough(ready, 100, 1_000);
    return { heap: slope(samples, "heapUsed"), resident: slope(samples, "rss") };
  },
  prove: stage.prove,
  close: stage.close,
});
