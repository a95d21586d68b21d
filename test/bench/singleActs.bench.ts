/**
 * Single acts through the API, from acceptance to final: authentication, signature, simulation, one commit, lane, ledger,
 * verified index, and the reply that waits for all of it. Against a loop that sends the same orders, signed before, and
 * does nothing else.
 */
import { registerBench } from "../../scripts/benches.ts";
import { actSingly, inParallel } from "./client.ts";
import { plainTransfer, proposal, proposalBody } from "./preparedActs.ts";
import { rate } from "./rawLedger.ts";
import { type Stage, stageFor } from "./stage.ts";

const callers = 16;
const stage = stageFor(callers);

async function throughGateway({ client, folder, submitted }: Stage, count: number): Promise<number> {
  const body = proposalBody(folder);
  const startedMs = performance.now();
  await inParallel(callers, count, async () => {
    submitted.add(await actSingly(client, "/v1/escrows", body));
  });
  return rate(count, startedMs);
}

async function rawLoops({ ledger, folder }: Stage, count: number): Promise<{ acts: number; transfers: number }> {
  const acts = await ledger.sendSingly(await ledger.sign(Array.from({ length: count }, () => proposal(folder))));
  const transfers = await ledger.sendSingly(await ledger.sign(Array.from({ length: count }, plainTransfer)));
  return { acts, transfers };
}

const common = { subject: `${callers} callers through the gateway`, unit: "acts/s" };

registerBench({
  name: "R1a",
  figures: [
    { name: "acts", ...common, baseline: "raw loop of the same acts", target: { atLeast: 0.6 } },
    { name: "transfers", ...common, baseline: "raw loop of plain transfers" },
  ],
  rounds: 7,
  async run({ short, round }) {
    const ready = await stage.open();
    const count = short ? 100 : 500;
    if (round === 0) await throughGateway(ready, count / 2);
    if (round % 2 === 0) {
      const subject = await throughGateway(ready, count);
      return pairs(subject, await rawLoops(ready, count));
    }
    const raw = await rawLoops(ready, count);
    return pairs(await throughGateway(ready, count), raw);
  },
  prove: stage.prove,
  close: stage.close,
});

function pairs(subject: number, { acts, transfers }: { acts: number; transfers: number }) {
  return { acts: { subject, baseline: acts }, transfers: { subject, baseline: transfers } };
}
