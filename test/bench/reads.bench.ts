/**
 * Reads of one credit and of pages of the list, with authentication, what a party may see, names, deadlines and the
 * check of the reply, against bare Express with one indexed SELECT over the same engine and the same rows.
 */

import path from "node:path";
import { registerBench } from "../../scripts/benches.ts";
import { startBareServer } from "./bareServer.ts";
import { type Client, openClient } from "./client.ts";
import { copyWithCredits, creditIdOf, cursorAfter, openCreditGateway } from "./manyCredits.ts";
import { prepareFolder } from "./preparedFolder.ts";

const connections = 32;
const credits = 10_000;

interface Servers {
  readonly gateway: Client;
  readonly bare: Client;
  close(): Promise<void>;
}

let opened: Promise<Servers> | undefined;

async function open(): Promise<Servers> {
  const gateway = await openCreditGateway(await copyWithCredits(credits), connections);
  const bareServer = await startBareServer(path.join(await copyWithCredits(credits), "store"));
  const bare = openClient(bareServer.url, null, connections);
  return {
    ...{ gateway: gateway.client, bare },
    async close() {
      await gateway.close();
      await bare.close();
      await bareServer.close();
    },
  };
}

/** Answers a second, all connections busy for so long. */
async function readsPerSecond(client: Client, pathOf: () => string, durationMs: number): Promise<number> {
  const startedMs = performance.now();
  let reads = 0;
  async function reader(): Promise<void> {
    while (performance.now() - startedMs < durationMs) {
      await client.read(pathOf());
      reads += 1;
    }
  }
  await Promise.all(Array.from({ length: connections }, reader));
  return reads / ((performance.now() - startedMs) / 1_000);
}

function anyCredit(): string {
  return creditIdOf(1 + Math.floor(Math.random() * credits));
}

const baseline = "bare Express with one SELECT";

registerBench({
  name: "R5",
  figures: [
    { name: "credit", subject: "GET /v1/credits/{id}", baseline, unit: "reads/s", target: { atLeast: 0.7 } },
    { name: "list", subject: "GET /v1/credits", baseline, unit: "reads/s", target: { atLeast: 0.7 } },
  ],
  rounds: 7,
  async run({ short, round }) {
    opened ??= open();
    const { gateway, bare } = await opened;
    const durationMs = short ? 1_000 : 4_000;
    const { bank } = await prepareFolder();
    // Anywhere in the list, since equal reads that wait at the same time get one answer.
    const measures = [
      ["subject", gateway, "/v1/credits", () => `/v1/credits?limit=50&cursor=${cursorAfter(bank, anyCredit())}`],
      ["baseline", bare, "/credits", () => `/credits?limit=50&after=${anyCredit()}`],
    ] as const;
    const credit = { subject: 0, baseline: 0 };
    const list = { subject: 0, baseline: 0 };
    for (const [which, client, of, page] of round % 2 === 0 ? measures : measures.toReversed()) {
      if (round === 0) await readsPerSecond(client, () => `${of}/${anyCredit()}`, durationMs / 2);
      credit[which] = await readsPerSecond(client, () => `${of}/${anyCredit()}`, durationMs);
      list[which] = await readsPerSecond(client, page, durationMs);
    }
    return { credit, list };
  },
  close: async () => (await opened)?.close(),
});
