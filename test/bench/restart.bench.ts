/**
 * A gateway that was killed with a thousand acts accepted and none sent, started again beside the ledger that went on:
 * from the beginning of its own start, Node and modules loaded, until all acts are final and it lags behind nothing. The
 * time counts against two seconds and one block.
 */
import { registerBench } from "../../scripts/benches.ts";
import { startLedger } from "../../src/chain/ledger/spawn.ts";
import { createClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { type FaultProxy, startFaultProxy } from "../faults/proxy.ts";
import { actTogether, type Client, openClient } from "./client.ts";
import { startGateway } from "./gatewayProcess.ts";
import { proposal, proposalBody } from "./preparedActs.ts";
import { copyPrepared, type PreparedFolder, prepareFolder } from "./preparedFolder.ts";
import { openRawLedger } from "./rawLedger.ts";
import { proveSets } from "./setEquality.ts";

interface Scene {
  readonly folder: PreparedFolder;
  readonly dataDir: string;
  readonly context: Context;
  readonly ledgerUrl: string;
  /** The same ledger, but it never answers who sends. */
  readonly deaf: FaultProxy;
  readonly submitted: Set<string>;
}

let scene: Promise<Scene> | undefined;

async function open(): Promise<Scene> {
  const context: Context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  const ledger = await startLedger({ context, dataDir: await copyPrepared(), genesisSeconds: 1 });
  const scripted = ({ methods }: { methods: readonly string[] }) =>
    methods.includes("eth_sendRawTransaction") ? (["halfOpen"] as const) : [];
  const deaf = await startFaultProxy({ upstream: ledger.url, scripted });
  const [folder, dataDir] = [await prepareFolder(), await copyPrepared()];
  return { folder, dataDir, context, ledgerUrl: ledger.url, deaf, submitted: new Set() };
}

/** Acts that were acknowledged and never left. */
async function leavePending({ folder, dataDir, deaf, submitted }: Scene, pending: number): Promise<void> {
  const gateway = await startGateway({ dataDir, settings: { HANSA_LEDGER_URLS: deaf.url } });
  const client = openClient(gateway.url, folder.buyer.maker.token, 2);
  for (let left = pending; left > 0; left -= 500) {
    const acts = Array.from({ length: Math.min(500, left) }, () => ({
      path: "/v1/escrows",
      body: proposalBody(folder),
    }));
    for (const id of await actTogether(client, acts, { simulate: false, wait: false })) submitted.add(id);
  }
  await client.close();
  await gateway.kill();
}

const lookMs = 10;

async function hasOpen(client: Client): Promise<boolean> {
  for (const status of ["accepted", "assigned", "signed", "broadcast"]) {
    const { items } = await client.get<{ items: unknown[] }>(`/v1/transactions?limit=1&status=${status}`);
    if (items.length > 0) return true;
  }
  return false;
}

interface Readiness {
  readonly ready: boolean;
}

/** Seconds. */
async function restart({ folder, dataDir, ledgerUrl }: Scene): Promise<number> {
  const gateway = await startGateway({ dataDir, settings: { HANSA_LEDGER_URLS: ledgerUrl } });
  const client = openClient(gateway.url, folder.buyer.maker.token, 2);
  while (await hasOpen(client)) await new Promise((resolve) => setTimeout(resolve, lookMs));
  // On this ledger a final act is in the last block there is; ready says so again.
  while (!(await client.get<Readiness>("/readyz")).ready) await new Promise((resolve) => setTimeout(resolve, lookMs));
  const seconds = (performance.timeOrigin + performance.now() - gateway.startedAtMs) / 1_000;
  await client.close();
  await gateway.close();
  return seconds;
}

/** Seconds from a transaction to its block. */
async function blockSeconds({ folder, ledgerUrl }: Scene): Promise<number> {
  const raw = openRawLedger(ledgerUrl);
  try {
    return 1 / (await raw.sendSingly(await raw.sign(Array.from({ length: 20 }, () => proposal(folder)))));
  } finally {
    await raw.close();
  }
}

registerBench({
  name: "restart",
  figures: [
    {
      name: "to-zero-lag",
      subject: "killed with acts pending, until all are final",
      baseline: "2 s and a block",
      unit: "s",
      target: { atMost: 1 },
    },
  ],
  rounds: 7,
  shortRounds: 1,
  async run({ short }) {
    scene ??= open();
    const ready = await scene;
    await leavePending(ready, short ? 200 : 1_000);
    const baseline = 2 + (await blockSeconds(ready));
    return { "to-zero-lag": { subject: await restart(ready), baseline } };
  },
  async prove() {
    const ready = await scene;
    if (!ready) return [];
    const { dataDir, ledgerUrl, submitted } = ready;
    return proveSets({ dataDir, submitted, ledgerUrl });
  },
  async close() {
    const ready = await scene;
    await ready?.deaf.close();
    await ready?.context.shutdown.close();
  },
});
