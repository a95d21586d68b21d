/** Whether everything that went in came out: of a folder whose gateway has stopped. */
import { createAddressBook } from "../../src/chain/decode.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import { checkSequence } from "../../src/chain/indexing/reindex.ts";
import { startLedger } from "../../src/chain/ledger/spawn.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import type { TransactionStatus } from "../../src/domain/transaction.ts";
import { createClock } from "../../src/shared/clock.ts";
import { silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createSequenceCheck } from "../../src/store/reindex.ts";
import type { Store } from "../../src/store/store.ts";
import { prepareFolder, withStore } from "./preparedFolder.ts";
import { openRawLedger, type RawReceipt, readRange } from "./rawLedger.ts";

interface Proof {
  readonly dataDir: string;
  /** Transactions that clients were told of. */
  readonly submitted: ReadonlySet<string>;
  /** Of a ledger outside, which runs; the folder's own is started otherwise. */
  readonly ledgerUrl?: string;
}

const ended: readonly TransactionStatus[] = ["final", "reverted", "cancelled", "replaced", "dead"];

/** Sentences that say what is equal. @throws at the first thing that is not */
export async function proveSets({ dataDir, submitted, ledgerUrl }: Proof): Promise<readonly string[]> {
  const context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  try {
    const url = ledgerUrl ?? (await startLedger({ context, dataDir, genesisSeconds: 1, senders: [] })).url;
    return await withStore(dataDir, async (store) => {
      const receipts = await readReceipts(url);
      return [await proveTransactions(store, submitted, receipts), await proveEvents(store, url, receipts)];
    });
  } finally {
    await context.shutdown.close();
  }
}

const rangeBlocks = 200;

async function readReceipts(url: string): Promise<ReadonlyMap<string, RawReceipt>> {
  const ledger = openRawLedger(url);
  const receipts = new Map<string, RawReceipt>();
  try {
    const head = Number(await ledger.call<string>("eth_blockNumber", []));
    for (let from = 0; from <= head; from += rangeBlocks) {
      const range = await readRange(ledger, from, Math.min(head, from + rangeBlocks - 1));
      for (const receipt of range.receipts) receipts.set(receipt.transactionHash, receipt);
    }
    return receipts;
  } finally {
    await ledger.close();
  }
}

/** submitted = final + reverted + …, and each that is in a block is in one block of the ledger, with the same result. */
async function proveTransactions(
  { db }: Store,
  submitted: ReadonlySet<string>,
  receipts: ReadonlyMap<string, RawReceipt>,
): Promise<string> {
  const { transactionIds: before } = await prepareFolder();
  const rows = await db.selectFrom("transactions").select(["id", "status", "hash"]).execute();
  const fresh = rows.filter(({ id }) => !before.has(id));
  const unknown = fresh.filter(({ id }) => !submitted.has(id));
  const open = fresh.filter(({ status }) => !ended.includes(status));
  assertNone(unknown, "transactions that nobody was told of");
  assertNone(open, "transactions that have not ended");
  if (fresh.length !== submitted.size) throw new Error(`${submitted.size} submitted, ${fresh.length} stored`);
  const wrong = fresh.filter(({ status, hash }) => {
    const receipt = hash === null ? undefined : receipts.get(hash);
    if (status === "final") return receipt?.status !== "0x1";
    return status === "reverted" && receipt?.status !== "0x0";
  });
  assertNone(wrong, "transactions that the ledger tells otherwise");
  const attempts = await db
    .selectFrom("attempts")
    .select("transaction_id")
    .innerJoin("transactions", (join) => join.onRef("transactions.id", "=", "attempts.transaction_id"))
    .select("attempts.hash")
    .execute();
  const mined = Map.groupBy(
    attempts.filter(({ hash }) => receipts.has(hash)),
    ({ transaction_id: id }) => id,
  );
  assertNone(
    [...mined].filter(([, hashes]) => hashes.length > 1),
    "transactions that are in two blocks",
  );
  const counts = Map.groupBy(fresh, ({ status }) => status);
  const parts = [...counts].map(([status, of]) => `${of.length} ${status}`);
  return `${submitted.size} submitted = ${parts.join(" + ") || "0"}`;
}

/** Logs of the ledger = events of the sequences, each for exactly those whom it concerns. */
async function proveEvents(store: Store, url: string, receipts: ReadonlyMap<string, RawReceipt>): Promise<string> {
  const rpc = createRpc({ url });
  try {
    const { addresses } = await prepareFolder();
    const blockStore = createBlockStore(store);
    const differences = await checkSequence({
      source: createSingleSource(rpc),
      book: createAddressBook(addresses, { accounts: [], tokens: [] }),
      store: blockStore,
      finality: { kind: "instant" },
      verify: { mode: "off", headerKind: "none" },
      check: await createSequenceCheck(store.db),
    });
    if (differences.length > 0) throw new Error(differences.join("\n"));
    const head = Number(await rpc.call<string>("eth_blockNumber"));
    const indexed = (await blockStore.checkpoint())?.number ?? -1;
    if (head !== indexed) throw new Error(`the ledger has ${head} blocks, ${indexed} are indexed`);
    const { entries } = await store.db
      .selectFrom("events")
      .select((query) => query.fn.countAll<number>().as("entries"))
      .executeTakeFirstOrThrow();
    const logs = [...receipts.values()].reduce((sum, receipt) => sum + receipt.logs.length, 0);
    return `${head + 1} blocks with ${logs} logs = what is indexed (${entries} entries of all sequences together)`;
  } finally {
    await rpc.close();
  }
}

function assertNone(found: readonly unknown[], what: string): void {
  if (found.length > 0) throw new Error(`${found.length} ${what}: ${JSON.stringify(found.slice(0, 3))}`);
}
