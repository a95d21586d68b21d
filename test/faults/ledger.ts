/** A real ledger with some blocks, behind its own endpoint: what the proxy stands in front of. */
import { openEndpoint } from "../../src/chain/ledger/endpoint.ts";
import type { Ledger } from "../../src/chain/ledger/ledger.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { contracts, createSigner, mine, openTestLedger } from "../chain/ledger/ledgerFixture.ts";

export interface ServedLedger {
  readonly url: string;
  readonly ledger: Ledger;
  /** Mines one block that has this many logs. */
  emit(logs: number): Promise<string>;
  /** The first transaction of a new account, not sent. */
  sign(): Promise<string>;
  close(): Promise<void>;
}

/** Init code that emits so many logs with two topics each, the number of the log as data, and deploys nothing. */
function emitting(logs: number): string {
  const one = (index: number): string => `60${index.toString(16).padStart(2, "0")}5f52334360205fa2`;
  return `0x${Array.from({ length: logs }, (_, index) => one(index + 1)).join("")}00`;
}

export async function serveLedger(options: { blocks?: number; genesisSeconds?: number } = {}): Promise<ServedLedger> {
  const { blocks = 0, ...rest } = options;
  const { ledger } = await openTestLedger(rest);
  const endpoint = await openEndpoint({ ledger, logger: silentLogger, port: 0 });
  const signer = createSigner();
  const emit = async (logs: number): Promise<string> =>
    (await mine(ledger, await signer.sign({ to: null, data: emitting(logs) }))).hash;
  for (let block = 0; block < blocks; block += 1) {
    // Every fifth fails, the others have no to three logs.
    if (block % 5 === 4)
      await mine(ledger, await signer.sign({ to: null, data: contracts.burner.slice(0, 2).concat("fe") }));
    else await emit(block % 4);
  }
  return {
    ...{ url: endpoint.url, ledger, emit },
    sign: () => createSigner().sign(),
    async close() {
      await endpoint.close();
      await ledger.close();
    },
  };
}
