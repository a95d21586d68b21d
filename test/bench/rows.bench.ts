/**
 * Rows that the index writes a second, with all that it does for them (lease, undo, views, sequences of organisations),
 * against plain multi-row inserts of as many rows with the same content into tables of the same form and indexes, in
 * commits of as many rows.
 */
import { sql } from "kysely";
import { type Figure, registerBench } from "../../scripts/benches.ts";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import { createCommits } from "../../src/chain/indexing/commits.ts";
import { decodeRange } from "../../src/chain/indexing/decodeRange.ts";
import { createRangeReader } from "../../src/chain/indexing/rangeReader.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import type { DecodedBlock } from "../../src/domain/ledgerEvent.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import type { Schema } from "../../src/store/schema.ts";
import type { Store } from "../../src/store/store.ts";
import { type FilledChain, openFilledChain, openFreshStore } from "./filledChain.ts";
import { prepareFolder } from "./preparedFolder.ts";
import { rate } from "./rawLedger.ts";

/** Where the index of these acts writes. */
const tables = [
  ...([
    "blocks",
    "events",
    "participants",
    "calendars",
    "currencies",
    "deposit_tokens",
    "postings",
    "balances",
  ] as const),
  ...(["credits", "escrows", "milestones", "escrow_claimables"] as const),
] satisfies readonly (keyof Schema)[];

type Rows = ReadonlyMap<string, readonly object[]>;

/** Rows of one commit of the baseline: as many as the index writes in one, once it is in full swing. */
const rowsPerCommit = 2_000;
const rangeBlocks = 256;

const decoded = new Map<FilledChain, Promise<readonly DecodedBlock[]>>();

function decode(chain: FilledChain): Promise<readonly DecodedBlock[]> {
  const blocks = decoded.get(chain) ?? readAll(chain);
  decoded.set(chain, blocks);
  return blocks;
}

async function readAll({ url, head }: FilledChain): Promise<readonly DecodedBlock[]> {
  const { addresses } = await prepareFolder();
  const rpc = createRpc({ url });
  const source = createSingleSource(rpc);
  const read = createRangeReader({ mode: "off", headerKind: "none", source, mayReorganise: false, onFault() {} });
  const book = createAddressBook(addresses, { accounts: [], tokens: [] });
  const blocks: DecodedBlock[] = [];
  while (blocks.length <= head) {
    const range = await read(blocks.length, Math.min(head, blocks.length + rangeBlocks - 1));
    blocks.push(...decodeRange(range.blocks, book, new Map()));
  }
  await rpc.close();
  return blocks;
}

async function rowsOf({ db }: Store): Promise<Rows> {
  const rows = new Map<string, readonly object[]>();
  for (const table of tables) rows.set(table, await db.selectFrom(table).selectAll().execute());
  return rows;
}

function count(rows: Rows): number {
  return [...rows.values()].reduce((sum, of) => sum + of.length, 0);
}

interface Indexed {
  readonly perSecond: number;
  readonly rows: Rows;
}

async function index(engine: Store["engine"], blocks: readonly DecodedBlock[]): Promise<Indexed> {
  const store = await openFreshStore(engine);
  try {
    const blockStore = createBlockStore(store);
    const lease = await createLeadership(store).acquire("indexer");
    if (!lease) throw new Error("nobody else has the lead");
    const commits = createCommits();
    const last = blocks.at(-1)?.block.number ?? -1;
    const startedMs = performance.now();
    for (let from = 0; from < blocks.length; from += rangeBlocks) {
      for (const part of commits.partsOf(blocks.slice(from, from + rangeBlocks))) {
        await commits.tried(() => blockStore.commitBlocks(lease, part, last));
      }
    }
    const endedMs = performance.now();
    const rows = await rowsOf(store);
    return { perSecond: count(rows) / ((endedMs - startedMs) / 1_000), rows };
  } finally {
    await store.close();
  }
}

async function insertRaw(engine: Store["engine"], rows: Rows): Promise<number> {
  const store = await openFreshStore(engine);
  try {
    await store.transaction(async (tx) => {
      for (const table of tables) {
        await sql`create table ${sql.table(`raw_${table}`)} (like ${sql.table(table)} including all)`.execute(tx);
      }
    });
    const startedMs = performance.now();
    for (const [table, of] of rows) {
      for (let from = 0; from < of.length; from += rowsPerCommit) {
        const part = JSON.stringify(of.slice(from, from + rowsPerCommit));
        const into = sql.table(`raw_${table}`);
        await store.transaction((tx) =>
          sql`insert into ${into} select * from json_populate_recordset(null::${into}, ${part}::json)`.execute(tx),
        );
      }
    }
    return rate(count(rows), startedMs);
  } finally {
    await store.close();
  }
}

const figure = { subject: "rows of the index", baseline: "plain inserts", unit: "rows/s", target: { atLeast: 0.7 } };
const engines: readonly Store["engine"][] = process.env["HANSA_DATABASE_URL"] ? ["pglite", "postgres"] : ["pglite"];
const known = new Map<FilledChain, Rows>();

registerBench({
  name: "R3",
  figures: engines.map((name): Figure => ({ ...figure, name })),
  rounds: 7,
  shortRounds: 2,
  async run({ short, round }) {
    const chain = await openFilledChain(short ? 900 : 6_000);
    const blocks = await decode(chain);
    const rows = known.get(chain) ?? (await index("pglite", blocks)).rows;
    known.set(chain, rows);
    const results: Record<string, { subject: number; baseline: number }> = {};
    for (const engine of engines) {
      const baselineFirst = round % 2 === 1 ? await insertRaw(engine, rows) : undefined;
      const subject = await index(engine, blocks);
      if (count(subject.rows) !== count(rows)) throw new Error("the index is not the same each time");
      results[engine] = {
        subject: subject.perSecond,
        baseline: baselineFirst ?? (await insertRaw(engine, rows)),
      };
    }
    return results;
  },
});
