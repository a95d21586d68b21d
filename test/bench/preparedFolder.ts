/**
 * The data folder from which every benchmark starts a copy: contracts, a bank, two merchants and an arbiter, and one
 * issued credit. Made once a run through the API, as any client would; then the gateway is stopped, and the signing keys
 * of the merchants are taken out of its store with their own credentials, so that baselines can send the same orders.
 */
import { randomUUID } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Wallet } from "ethers";
import { atEnd } from "../../scripts/benches.ts";
import type { Addresses } from "../../src/chain/contractSet.ts";
import { openSealedKey } from "../../src/chain/custody.ts";
import type { CreditView } from "../../src/features/credits/schemas.ts";
import { openMasterKey } from "../../src/keyFiles.ts";
import { createClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import {
  daySeconds,
  instant,
  startSystem,
  type TestBank,
  type TestParty,
  type TestSystem,
} from "../fixtures/gateway.ts";

/** A merchant whose own key the benchmark has. */
export interface OpenParty extends TestParty {
  /** Of its maker. */
  readonly signingKey: string;
  readonly signer: string;
}

export interface PreparedFolder {
  readonly dataDir: string;
  readonly chainId: number;
  readonly addresses: Addresses;
  readonly bank: TestBank;
  readonly buyer: OpenParty;
  readonly seller: OpenParty;
  readonly arbiter: TestParty;
  /** Address of the bank's deposit money in EUR. */
  readonly token: string;
  /** Issued by the bank for the buyer. */
  readonly creditId: string;
  /** Every transaction until then. */
  readonly transactionIds: ReadonlySet<string>;
}

/** The raw loops' key, admitted to embedded ledgers beside the lanes. */
export const rawSender = Wallet.createRandom();

let prepared: Promise<PreparedFolder> | undefined;

export function prepareFolder(): Promise<PreparedFolder> {
  prepared ??= prepare();
  return prepared;
}

/** A new folder with the prepared content; removed at the end of the run. */
export async function copyPrepared(): Promise<string> {
  const { dataDir } = await prepareFolder();
  const copy = await mkdtemp(path.join(os.tmpdir(), "hansa-bench-"));
  atEnd(() => rm(copy, { recursive: true, force: true }));
  await cp(dataDir, copy, { recursive: true, filter: (source) => !path.basename(source).startsWith("lock") });
  return copy;
}

/** The store of a folder whose gateway is stopped. */
export async function withStore<T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const context = { logger: silentLogger };
  const store = await openStore({ context, migrations, dataDir: path.join(dataDir, "store") });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function prepare(): Promise<PreparedFolder> {
  const system = await startSystem();
  atEnd(() => system.close());
  const bank = await system.bank();
  const buyer = await system.party({ roles: ["merchant"] });
  const seller = await system.party({ roles: ["merchant"] });
  const arbiter = await system.party({ roles: ["arbiter"] });
  await system.deposit(bank, buyer, "10000000.00");
  // From here on business time is wall time, so that the folder's ledger can be an outside one too.
  await system.moveTo(Math.ceil(createClock().wallMs() / 1000));
  const creditId = await issueCredit(system, { bank, buyer, seller });
  await system.stop();

  const { dataDir } = system;
  const masterKey = openMasterKey({ dataDir, masterKeyFile: undefined });
  return withStore(dataDir, async ({ db }) => {
    const ledger = await db.selectFrom("ledger").selectAll().executeTakeFirstOrThrow();
    const token = await db
      .selectFrom("deposit_tokens")
      .selectAll()
      .where("bank", "=", bank.id)
      .executeTakeFirstOrThrow();
    const transactions = await db.selectFrom("transactions").select("id").execute();
    const open = async (party: TestParty): Promise<OpenParty> => {
      const { userId, secret } = party.maker;
      const user = await db.selectFrom("users").selectAll().where("id", "=", userId).executeTakeFirstOrThrow();
      const signingKey = openSealedKey(user.sealed_key ?? "", { credential: secret, masterKey, userId });
      return { ...party, signingKey, signer: user.signer ?? "" };
    };
    return {
      ...{ dataDir, bank, arbiter, creditId, token: token.address },
      chainId: ledger.chain_id,
      addresses: ledger.addresses as Addresses,
      buyer: await open(buyer),
      seller: await open(seller),
      transactionIds: new Set(transactions.map(({ id }) => id)),
    };
  });
}

async function issueCredit(
  system: TestSystem,
  { bank, buyer, seller }: { bank: TestBank; buyer: TestParty; seller: TestParty },
): Promise<string> {
  const expiryDate = instant((await system.now()) + 90 * daySeconds).slice(0, 10);
  const drafted = await system.as(bank.maker).post<CreditView>("/v1/credits", {
    reference: `LC${randomUUID().slice(0, 8)}`.toUpperCase(),
    parties: { applicant: buyer.id, beneficiary: seller.id, advisingBank: bank.id },
    terms: {
      amount: { amount: "1000.00", currency: "EUR" },
      ...{ confirmation: "without", availableBy: "sight", expiryDate, expiryPlace: "ROTTERDAM" },
    },
    texts: { "45A": ["BEER"], "46A": ["+INVOICE", "+FULL SET OF BILLS OF LADING"] },
    bankOnlyTexts: {},
  });
  if (drafted.status !== 201) throw new Error(drafted.text);
  await system.act(bank, `/v1/credits/${drafted.body.id}/issue`);
  return drafted.body.id;
}
