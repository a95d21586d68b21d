import type { LedgerProcess, LedgerProcessOptions } from "./chain/ledger/spawn.ts";
import { startLedger } from "./chain/ledger/spawn.ts";
import type { Config } from "./config.ts";
import type { Failpoint } from "./shared/failpoint.ts";

/** Where the ledger is: in a process of our own, or outside. */
export interface LedgerSource {
  readonly urls: readonly string[];
  /** The embedded ledger's process. */
  readonly process: LedgerProcess | undefined;
  /** Seconds from wall time to business time; always zero outside. */
  offsetSeconds(): number;
}

export async function openLedgerSource(
  config: Config,
  embedded: Omit<LedgerProcessOptions, "failpoint" | "failpointKills">,
): Promise<LedgerSource> {
  const { ledger } = config;
  if (ledger.kind === "external") return { urls: ledger.urls, process: undefined, offsetSeconds: () => 0 };
  const child = await startLedger({
    ...embedded,
    ...(config.ledgerFailpoint && { failpoint: config.ledgerFailpoint as Failpoint }),
    failpointKills: config.failpointKills,
  });
  return { urls: [child.url], process: child, offsetSeconds: () => child.offsetSeconds() };
}
