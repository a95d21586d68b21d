/**
 * A gateway in a process of its own, as production runs it: argument 1 is its options as JSON. It tells its parent how
 * long its start took, answers how much memory it has, and ends when told to or when its parent has ended.
 */
import { parseConfig } from "../../../src/config.ts";
import { openGateway } from "../../../src/gateway.ts";
import { createLogger } from "../../../src/operations/logger.ts";
import { lockFolder } from "../../../src/store/lock.ts";
import type { FromGateway, GatewayProcessOptions, ToGateway } from "../gatewayProcess.ts";

const { dataDir, settings = {}, alsoSenders = [] } = JSON.parse(process.argv[2] ?? "{}") as GatewayProcessOptions;

function tell(message: FromGateway): void {
  process.send?.(message);
}

const parsed = parseConfig({ HANSA_PORT: "0", ...settings }, { data: dataDir, demo: false });
if (!parsed.ok) throw new Error(parsed.faults.join("\n"));
const { config } = parsed;
const lock = await lockFolder(dataDir);
const startedMs = performance.now();
const gateway = await openGateway({
  config,
  logger: createLogger(config.logLevel),
  // The folder has a ledger already.
  genesisSeconds: 1,
  onProgress() {},
  alsoSenders,
});

async function end(): Promise<void> {
  await gateway.close();
  lock.release();
  process.disconnect();
}

process.on("message", (message: ToGateway) => {
  if (message === "close") return void end();
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  tell({ kind: "memory", rss, heapUsed, arrayBuffers });
});
process.once("disconnect", () => process.exit());
const { url, ledgerUrl } = gateway;
tell({ kind: "ready", url, ledgerUrl, startedAtMs: performance.timeOrigin + startedMs });
