import { expect } from "chai";
import { keccak256 } from "ethers";
import { openJournalPrefix } from "../../../src/chain/ledger/journalPrefix.ts";

export interface Prefix {
  readonly bytes: Buffer;
  readonly lastBlock: number;
}

/** What a backup takes of the journal in this folder, for a store that knows so much. */
export async function prefixOf(dataDir: string, block: number, known: readonly string[]): Promise<Prefix> {
  const openAttempts = new Set(known.map((raw) => keccak256(raw)));
  const journal = await openJournalPrefix(dataDir, { block, openAttempts });
  if (!journal) throw new Error("there is a journal");
  const pieces: Buffer[] = [];
  for await (const piece of journal.bytes()) pieces.push(piece);
  await journal.close();
  const bytes = Buffer.concat(pieces);
  expect(bytes.length).to.equal(journal.sizeBytes);
  return { bytes, lastBlock: journal.lastBlock };
}
