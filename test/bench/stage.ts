/** A gateway with its embedded ledger on a copy of the prepared folder, a client of it, and a raw client of its ledger. */
import { actSingly, type Client, openClient } from "./client.ts";
import { type GatewayProcess, startGateway } from "./gatewayProcess.ts";
import { proposalBody } from "./preparedActs.ts";
import { copyPrepared, type PreparedFolder, prepareFolder, rawSender } from "./preparedFolder.ts";
import { openRawLedger, type RawLedger } from "./rawLedger.ts";
import { proveSets } from "./setEquality.ts";

export interface Stage {
  readonly folder: PreparedFolder;
  readonly gateway: GatewayProcess;
  /** The buyer's maker. */
  readonly client: Client;
  readonly ledger: RawLedger;
  /** Ids of all transactions that the client was told of. */
  readonly submitted: Set<string>;
  /** Stops all, and proves that nothing was lost or doubled. */
  prove(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openStage(connections: number): Promise<Stage> {
  const folder = await prepareFolder();
  const dataDir = await copyPrepared();
  const gateway = await startGateway({ dataDir, alsoSenders: [rawSender.address.toLowerCase()] });
  const client = openClient(gateway.url, folder.buyer.maker.token, connections);
  const ledger = openRawLedger(gateway.ledgerUrl);
  const submitted = new Set<string>();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      await client.close();
      await ledger.close();
      await gateway.close();
    })();
    return closed;
  };
  return {
    ...{ folder, gateway, client, ledger, submitted, close },
    async prove() {
      // Blocks are indexed in order: when this one is final, so is everything before it.
      submitted.add(await actSingly(client, "/v1/escrows", proposalBody(folder)));
      await close();
      return proveSets({ dataDir, submitted });
    },
  };
}

/** One stage for all rounds of a benchmark, opened when the first one needs it. */
export function stageFor(connections: number) {
  let opened: Promise<Stage> | undefined;
  return {
    open(): Promise<Stage> {
      opened ??= openStage(connections);
      return opened;
    },
    prove: async () => (await opened)?.prove() ?? [],
    close: async () => (await opened)?.close(),
  };
}
