/** Ledgers that no gateway owns, over one history: a copy of one goes on otherwise, as after a reorganisation. */
import { cpSync, mkdirSync } from "node:fs";
import { startLedger } from "../../src/chain/ledger/spawn.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import { createClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createSigner } from "../chain/ledger/ledgerFixture.ts";

export interface Outside {
  readonly url: string;
  /** Blocks with transactions of somebody else. */
  extend(blocks: number): Promise<void>;
  head(): Promise<number>;
  /** Transactions of a lane in blocks. */
  countOf(lane: string): Promise<number>;
  /** Everything so far, in a folder and a process of its own. Nobody may send meanwhile. */
  fork(folder: string): Promise<Outside>;
  close(): Promise<void>;
}

export async function startOutside(folder: string): Promise<Outside> {
  mkdirSync(folder, { recursive: true });
  const context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  const genesisSeconds = Math.floor(context.clock.wallMs() / 1000);
  const { url } = await startLedger({ context, dataDir: folder, genesisSeconds });
  const rpc = createRpc({ url });
  const stranger = createSigner();
  return {
    url,
    async extend(blocks) {
      for (let block = 0; block < blocks; block += 1) {
        await rpc.call("eth_sendRawTransaction", [await stranger.sign()]);
      }
    },
    head: async () => Number(await rpc.call<string>("eth_blockNumber")),
    countOf: async (lane) => Number(await rpc.call<string>("eth_getTransactionCount", [lane, "latest"])),
    fork(other) {
      cpSync(folder, other, { recursive: true });
      return startOutside(other);
    },
    async close() {
      await rpc.close();
      await context.shutdown.close();
    },
  };
}
