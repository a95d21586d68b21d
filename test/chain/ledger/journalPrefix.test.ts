import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { openJournalFile } from "../../../src/chain/ledger/journalFile.ts";
import { openJournalPrefix } from "../../../src/chain/ledger/journalPrefix.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { ask, createSigner, mine, openTestLedger, withDataDir } from "./ledgerFixture.ts";
import { createMemoryFile } from "./memoryFile.ts";
import { type Prefix, prefixOf } from "./prefixFixture.ts";

/** The blocks that a ledger has which starts from this journal. */
async function replayed(bytes: Buffer): Promise<string[]> {
  const { ledger } = await openTestLedger({ file: createMemoryFile(bytes) });
  const height = Number(await ask(ledger, "eth_blockNumber"));
  const hashes: string[] = [];
  for (let number = 0; number <= height; number += 1) {
    const block = await ask(ledger, "eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
    hashes.push((block as { hash: string }).hash);
  }
  await ledger.close();
  return hashes;
}

describe("a journal as far as a store knows it", () => {
  /** Two blocks one by one, then five transactions at once, which share their syncs and frames. */
  async function withJournal(
    test: (made: { dataDir: string; raws: string[]; hashes: string[]; whole: Buffer }) => Promise<void>,
  ): Promise<void> {
    await withDataDir(async (dataDir) => {
      const { ledger, file } = await openTestLedger();
      const signer = createSigner();
      const raws: string[] = [];
      for (let n = 0; n < 7; n += 1) raws.push(await signer.sign());
      await mine(ledger, raws[0] ?? "");
      await mine(ledger, raws[1] ?? "");
      await Promise.all(raws.slice(2).map((raw) => mine(ledger, raw)));
      const whole = file.content();
      await writeFile(join(dataDir, "ledger.journal"), whole);
      const hashes = await replayed(whole);
      await ledger.close();
      await test({ dataDir, raws, hashes, whole });
    });
  }

  it("ends at the first transaction that the store does not know, also inside a group, and replays", async () => {
    await withJournal(async ({ dataDir, raws, hashes }) => {
      for (let block = 0; block <= raws.length; block += 1) {
        for (const signedBeyond of [0, 1, 2].filter((more) => block + more <= raws.length)) {
          const end = block + signedBeyond;
          const { bytes, lastBlock } = await prefixOf(dataDir, block, raws.slice(block, end));
          expect(lastBlock, `${block} and ${signedBeyond}`).to.equal(end);
          expect(await replayed(bytes), `${block} and ${signedBeyond}`).to.deep.equal(hashes.slice(0, end + 1));
        }
      }
    });
  });

  it("is the whole journal, byte for byte, for a store that knows everything, without the reserve behind it", async () => {
    await withJournal(async ({ dataDir, raws, whole }) => {
      const { bytes } = await prefixOf(dataDir, 2, raws.slice(2));
      expect(whole.subarray(0, bytes.length).equals(bytes)).to.equal(true);
      expect(whole.subarray(bytes.length).every((byte) => byte === 0)).to.equal(true);
    });
  });

  it("keeps a transaction that was journalled and not executed yet", async () => {
    await withJournal(async ({ dataDir, raws, hashes, whole }) => {
      // Without the last line: the settlement of the group.
      const frames = whole.toString("latin1").replace(/\0+$/, "").split("\n");
      const cut = Buffer.from(`${frames.slice(0, -2).join("\n")}\n`, "latin1");
      await writeFile(join(dataDir, "ledger.journal"), cut);
      const { bytes, lastBlock } = await prefixOf(dataDir, 2, raws.slice(2, 4));
      expect(lastBlock).to.equal(2);
      expect(await replayed(bytes)).to.deep.equal(hashes.slice(0, 5));
    });
  });

  it("can be read at any moment while the ledger goes on writing", async () => {
    await withDataDir(async (dataDir) => {
      const file = await openJournalFile(dataDir);
      const { ledger } = await openTestLedger({ file: file as never });
      const signer = createSigner();
      const raws: string[] = [];
      let isOver = false;
      const writing = (async () => {
        while (!isOver) {
          const some = await Promise.all(Array.from({ length: 4 }, () => signer.sign()));
          raws.push(...some);
          await Promise.all(some.map((raw) => mine(ledger, raw)));
        }
      })();
      let last: Prefix | undefined;
      for (let round = 0; round < 150; round += 1) {
        const next = await prefixOf(dataDir, -1, raws);
        expect(next.lastBlock).to.be.at.least(last?.lastBlock ?? 0);
        last = next;
      }
      isOver = true;
      await writing;
      const blocks = await replayed(last?.bytes ?? Buffer.alloc(0));
      expect(blocks.length).to.be.at.least((last?.lastBlock ?? 0) + 1);
      await ledger.close();
    });
  });

  it("is refused when the journal is damaged before its end, and absent where there is none", async () => {
    await withJournal(async ({ dataDir, whole }) => {
      const damaged = Buffer.from(whole);
      damaged[Math.floor(whole.length / 3)] = 0x20;
      await writeFile(join(dataDir, "ledger.journal"), damaged);
      const failure: unknown = await prefixOf(dataDir, 7, []).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(AppError).with.property("code", "ledger.journal_corrupt");
    });
    await withDataDir(async (dataDir) => {
      expect(await openJournalPrefix(dataDir, { block: 0, openAttempts: new Set() })).to.equal(undefined);
    });
  });
});
