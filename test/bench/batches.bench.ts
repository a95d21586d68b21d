/** Acts in batches of 500 through the API, from acceptance to final, against the same acts in raw JSON-RPC batches. */
import { registerBench } from "../../scripts/benches.ts";
import { limits } from "../../src/shared/limits.ts";
import { actTogether, inParallel } from "./client.ts";
import { proposal, proposalBody } from "./preparedActs.ts";
import { rate } from "./rawLedger.ts";
import { type Stage, stageFor } from "./stage.ts";

const { actsPerBatch } = limits;
const rawBatch = 100;
/** Requests under way at once: while one waits for its blocks, the next one is prepared. */
const callers = 2;
const stage = stageFor(callers);

async function throughGateway(
  { client, folder, submitted }: Stage,
  { batches, simulate }: { batches: number; simulate: boolean },
): Promise<number> {
  const acts = Array.from({ length: actsPerBatch }, () => ({ path: "/v1/escrows", body: proposalBody(folder) }));
  const startedMs = performance.now();
  await inParallel(callers, batches, async () => {
    for (const id of await actTogether(client, acts, { simulate })) submitted.add(id);
  });
  return rate(batches * actsPerBatch, startedMs);
}

async function inRawBatches({ ledger, folder }: Stage, count: number): Promise<number> {
  const raws = await ledger.sign(Array.from({ length: count }, () => proposal(folder)));
  return ledger.sendInBatches(raws, rawBatch);
}

const baseline = `the same acts in raw batches of ${rawBatch}`;

registerBench({
  name: "R1b",
  figures: [
    { name: "simulated", subject: "batches with simulation", baseline, unit: "acts/s", target: { atLeast: 0.7 } },
    { name: "unsimulated", subject: "without simulation", baseline, unit: "acts/s", target: { atLeast: 0.7 } },
  ],
  rounds: 7,
  shortRounds: 2,
  async run({ short, round }) {
    const ready = await stage.open();
    const batches = short ? 1 : 4;
    const measure = {
      simulated: () => throughGateway(ready, { batches, simulate: true }),
      raw: () => inRawBatches(ready, batches * actsPerBatch),
      unsimulated: () => throughGateway(ready, { batches, simulate: false }),
    };
    if (round === 0) await throughGateway(ready, { batches: 1, simulate: true });
    const names = ["simulated", "raw", "unsimulated"] as const;
    const results = { simulated: 0, raw: 0, unsimulated: 0 };
    for (const name of round % 2 === 0 ? names : names.toReversed()) results[name] = await measure[name]();
    return {
      simulated: { subject: results.simulated, baseline: results.raw },
      unsimulated: { subject: results.unsimulated, baseline: results.raw },
    };
  },
  prove: stage.prove,
  close: stage.close,
});
