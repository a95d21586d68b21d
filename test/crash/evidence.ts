/** What a data folder holds once its gateway has ended: the driver's list, the store, the journal and the ledger. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keccak256, Transaction } from "ethers";
import { sql } from "kysely";
import type { Addresses } from "../../src/chain/contractSet.ts";
import { createAddressBook, decodeLog, type WireLog } from "../../src/chain/decode.ts";
import { createJournal } from "../../src/chain/ledger/journal.ts";
import { openJournalFile } from "../../src/chain/ledger/journalFile.ts";
import { startLedger } from "../../src/chain/ledger/spawn.ts";
import { createRpc, quantity, type Rpc } from "../../src/chain/rpc.ts";
import type { LedgerEvent } from "../../src/domain/ledgerEvent.ts";
import { createClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { verifyAudit } from "../../src/store/audit.ts";
import { lockFolder } from "../../src/store/lock.ts";
import { migrations } from "../../src/store/migrations/all.ts";
import { type Db, openStore } from "../../src/store/store.ts";

/** One success that the driver was told. */
export interface DriverReply {
  readonly key: string;
  readonly path: string;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export type StoreEvidence = Awaited<ReturnType<typeof readStore>>;
export type LedgerEvidence = Awaited<ReturnType<typeof readLedger>>;

export interface Journalled {
  readonly hash: string;
  readonly nonce: number;
  /** Address in lower case. */
  readonly sender: string;
}

export interface Evidence {
  readonly replies: readonly DriverReply[];
  readonly store: StoreEvidence;
  readonly journal: readonly Journalled[];
  /** Journalled transactions that no block record settles, and those that the engine refused. */
  readonly unsettled: number;
  readonly ledger: LedgerEvidence;
}

export async function readEvidence(dataDir: string): Promise<Evidence> {
  const lock = await lockFolder(dataDir);
  const context: Context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  try {
    const journal = await readJournal(dataDir);
    const store = await openStore({ context, dataDir: join(dataDir, "store"), migrations });
    context.shutdown.add("store", () => store.close());
    const rows = await readStore(store.db);
    const ledger = await startLedger({ context, dataDir, genesisSeconds: 1 });
    const read = await readLedger(createRpc({ url: ledger.url }), rows);
    return { replies: readReplies(dataDir), store: rows, ...journal, ledger: read };
  } finally {
    await context.shutdown.close();
    lock.release();
  }
}

export function readReplies(dataDir: string): readonly DriverReply[] {
  const lines = readFileSync(join(dataDir, "demo.replies.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as DriverReply);
}

async function readJournal(dataDir: string): Promise<Pick<Evidence, "journal" | "unsettled">> {
  const journal = await createJournal(await openJournalFile(dataDir));
  const transactions: Journalled[] = [];
  let blocks = 0;
  for await (const { records } of journal.read()) {
    for (const record of records) {
      if (record.type === "transaction") {
        const { nonce, from } = Transaction.from(record.raw);
        transactions.push({ hash: keccak256(record.raw), nonce, sender: from?.toLowerCase() ?? "" });
      }
      if (record.type === "block") blocks += 1;
    }
  }
  await journal.close();
  return { journal: transactions, unsettled: transactions.length - blocks };
}

async function readStore(db: Db) {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`.execute(db);
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(name)}`.execute(db);
    counts[name] = rows[0]?.count ?? 0;
  }
  return {
    counts,
    binding: await db.selectFrom("ledger").selectAll().executeTakeFirstOrThrow(),
    organisations: await db.selectFrom("organisations").selectAll().execute(),
    orders: await db.selectFrom("orders").selectAll().execute(),
    transactions: await db.selectFrom("transactions").selectAll().orderBy("position").execute(),
    lanes: await db.selectFrom("lanes").selectAll().orderBy("number").execute(),
    blocks: await db.selectFrom("blocks").selectAll().orderBy("number").execute(),
    events: await db.selectFrom("events").selectAll().orderBy("sequence").execute(),
    sequences: await db.selectFrom("event_sequences").selectAll().execute(),
    audit: await db.selectFrom("audit").selectAll().orderBy("position").execute(),
    attempts: await db.selectFrom("attempts").select(["hash", "transaction_id", "lane", "nonce", "kind"]).execute(),
    auditVerdict: await verifyAudit(db),
    idempotency: await db.selectFrom("idempotency").select("key").orderBy("key").execute(),
  };
}

interface WireBlock {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly transactions: readonly string[];
}

interface WireReceipt {
  readonly transactionHash: string;
  readonly blockHash: string;
  readonly status: string;
  readonly logs: readonly WireLog[];
}

/** Every block of the ledger, made again from the journal, and the events that its receipts hold. */
async function readLedger(rpc: Rpc, { binding, lanes }: StoreEvidence) {
  const book = createAddressBook(binding.addresses as Addresses, { accounts: [], tokens: [] });
  const head = Number(await rpc.call<string>("eth_blockNumber"));
  const blocks: WireBlock[] = [];
  const receipts: WireReceipt[] = [];
  const events: LedgerEvent[] = [];
  for (let number = 0; number <= head; number += 1) {
    const block = await rpc.call<WireBlock>("eth_getBlockByNumber", [quantity(number), false]);
    blocks.push(block);
    for (const hash of block.transactions) {
      const receipt = await rpc.call<WireReceipt>("eth_getTransactionReceipt", [hash]);
      receipts.push(receipt);
      for (const log of receipt.logs) {
        const name = book.nameOf(log.address);
        const header = { number, hash: block.hash, timestamp: Number(block.timestamp) };
        const event = name ? decodeLog(log, name, header) : undefined;
        if (!event) continue;
        book.learn(event);
        events.push(event);
      }
    }
  }
  const nonces = new Map<string, number>();
  for (const { address } of lanes) {
    nonces.set(address, Number(await rpc.call<string>("eth_getTransactionCount", [address, "latest"])));
  }
  return { blocks, receipts, events, nonces };
}
