import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { backupFolder } from "../../src/backupDesk.ts";
import { parseConfig } from "../../src/config.ts";
import { runReindex } from "../../src/reindexing.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { AppError } from "../../src/shared/errors.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { createApi } from "../fixtures/api.ts";
import { genesisSeconds, startSystem, type TestBank, type TestParty, type TestSystem } from "../fixtures/gateway.ts";
import { openStrictGateway } from "../fixtures/strictGateway.ts";
import { context } from "./folderFixture.ts";

/**
 * The journal is the truth. What is signed and not in it is sent again, and what is in it and not indexed is indexed: the
 * crash suites kill the processes at every such place. Here are the folders that no crash makes: parts of two backups.
 */
describe("store and journal of different moments", function disagreementSuite() {
  this.timeout(240_000);
  let system: TestSystem;
  let bank: TestBank;
  let party: TestParty;
  let journal = "";
  /** The store before the last act, and the journal with it. */
  let earlierStore = "";

  const storeDir = () => path.join(system.dataDir, "store");
  const journalFile = () => path.join(system.dataDir, "ledger.journal");

  before(async () => {
    system = await startSystem();
    bank = await system.bank();
    party = await system.party({ roles: ["merchant"] });
    await system.deposit(bank, party, "1.00");
    await system.stop();
    earlierStore = `${storeDir()}.earlier`;
    await cp(storeDir(), earlierStore, { recursive: true });
    await withGateway(async (url) => {
      const body = { to: party.id, money: { amount: "2.00", currency: "EUR" }, reference: "second" };
      const { body: proposed } = await createApi(url, bank.maker.token).post("/v1/deposits", body, { wait: 20 });
      const approve = `/v1/approvals/${proposed.orderId}/approve`;
      const approved = await createApi(url, bank.checker.token).post(approve, undefined, { wait: 20 });
      expect(approved.body.transaction?.status, approved.text).to.equal("final");
    });
    journal = await readFile(journalFile(), "latin1");
  });
  after(async () => {
    await rm(earlierStore, { recursive: true, force: true });
    await system.close();
  });

  async function withGateway<T>(work: (url: string, complaints: readonly string[]) => Promise<T>): Promise<T> {
    const lock = await lockFolder(system.dataDir);
    const complaints: string[] = [];
    try {
      const gateway = await openStrictGateway({ dataDir: system.dataDir, genesisSeconds, complaints });
      try {
        return await work(gateway.url, complaints);
      } finally {
        await gateway.close();
      }
    } finally {
      lock.release();
    }
  }

  function reindexOf(checkOnly: boolean) {
    const parsed = parseConfig({}, { data: system.dataDir, demo: false });
    if (!parsed.ok) throw new Error(parsed.faults.join());
    return runReindex({ config: parsed.config, logger: silentLogger, checkOnly, onProgress() {} });
  }

  async function balance(url: string): Promise<string> {
    const { body } = await createApi(url, party.maker.token).get<Accounts>("/v1/accounts");
    return body.items.map((account) => account.balance.amount).join();
  }

  it("do not start when the store has indexed what the journal does not have, and both are left as they are", async () => {
    // Without the last act: its transaction, its block, and what follows the last newline.
    const cut = `${journal.split("\n").slice(0, -3).join("\n")}\n`;
    await writeFile(journalFile(), cut, "latin1");
    const failure: unknown = await withGateway(() => Promise.resolve()).catch((error: unknown) => error);
    expect(codesOf(failure)).to.include("start.journal_short");
    for (const checkOnly of [true, false]) {
      const refused: unknown = await reindexOf(checkOnly).catch((error: unknown) => error);
      expect(codesOf(refused)).to.deep.equal(["start.journal_short"]);
    }
    const file = path.join(system.dataDir, "none.tar");
    const backedUp: unknown = await backupFolder({ context, dataDir: system.dataDir, file }).catch(
      (error: unknown) => error,
    );
    expect(codesOf(backedUp)).to.deep.equal(["start.journal_short"]);
    expect(existsSync(file)).to.equal(false);
    expect(await readFile(journalFile(), "latin1")).to.equal(cut);
    await writeFile(journalFile(), journal, "latin1");
    expect(await withGateway(balance)).to.equal("3.00");
  });

  it("index what the journal has and an older store lacks, and send nothing: that store is an old copy", async () => {
    await rm(storeDir(), { recursive: true });
    await cp(earlierStore, storeDir(), { recursive: true });
    await withGateway(async (url, complaints) => {
      expect(await balance(url)).to.equal("3.00");
      const { status, body } = await createApi(url, null).get<Health>("/readyz");
      expect(status, JSON.stringify(body)).to.equal(503);
      expect(body.checks["workers"]?.ok).to.equal(false);
      expect(complaints.join("\n")).to.include("an invariant is broken");
    });
    expect(await readFile(journalFile(), "latin1")).to.equal(journal);
  });
});

interface Accounts {
  readonly items: readonly { readonly balance: { readonly amount: string } }[];
}

interface Health {
  readonly checks: Readonly<Record<string, { readonly ok: boolean }>>;
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  return [...(error instanceof AppError ? [error.code] : []), ...codesOf(error.cause)];
}
