/**
 * Indexing a ledger from zero into a fresh store, every block verified or none, against fetching and parsing the same
 * blocks and receipts by the same calls, as many at once, and doing nothing with them.
 */
import { registerBench } from "../../scripts/benches.ts";
import { createAddressBook } from "../../src/chain/decode.ts";
import { createEndpointPool } from "../../src/chain/endpoints.ts";
import { createSingleSource } from "../../src/chain/indexing/blockSource.ts";
import { createIndexer } from "../../src/chain/indexing/indexer.ts";
import { checkSequence } from "../../src/chain/indexing/reindex.ts";
import { createRpc } from "../../src/chain/rpc.ts";
import type { BlockStore } from "../../src/domain/blockStore.ts";
import type { Leadership } from "../../src/domain/leadership.ts";
import { createClock } from "../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../src/shared/context.ts";
import { createShutdown } from "../../src/shared/shutdown.ts";
import { createBlockStore } from "../../src/store/blocks.ts";
import { createLeadership } from "../../src/store/leadership.ts";
import { createSequenceCheck } from "../../src/store/reindex.ts";
import type { Store } from "../../src/store/store.ts";
import { inParallel } from "./client.ts";
import { type FilledChain, openFilledChain, openFreshStore } from "./filledChain.ts";
import { prepareFolder } from "./preparedFolder.ts";
import { openRawLedger, rate, readRange } from "./rawLedger.ts";

/** What the indexer asks for at once when it is in full swing, and how many such ranges it has under way. */
const rangeBlocks = 256;
const rangesAtOnce = 3;

const proofs: string[] = [];

interface Into {
  readonly store: BlockStore;
  readonly leadership: Leadership;
}

/** Takes everything and keeps nothing: what is left are reading, proving and decoding. */
const nowhere: Into = {
  store: {
    checkpoint: () => Promise.resolve(undefined),
    finalized: () => Promise.resolve(undefined),
    blocks: () => Promise.resolve([]),
    knownContracts: () => Promise.resolve({ accounts: [], tokens: [] }),
    ownAttempts: () => Promise.resolve(new Set()),
    commitBlocks: () => Promise.resolve(),
    retractBlocks: () => Promise.resolve({ blocks: 0, events: 0 }),
  },
  leadership: {
    acquire: (name) => Promise.resolve({ name, epoch: 1 }),
    release: () => Promise.resolve(),
    isLost: () => false,
  },
};

/** Blocks per second from nothing to the head. */
async function index(chain: FilledChain, into: Into, verify: "full" | "off"): Promise<number> {
  const context: Context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  const { addresses } = await prepareFolder();
  const pool = createEndpointPool({ context, urls: [chain.url] });
  const caughtUp = Promise.withResolvers<void>();
  const startedMs = performance.now();
  const indexer = createIndexer({
    context,
    source: pool,
    book: createAddressBook(addresses, { accounts: [], tokens: [] }),
    ...into,
    finality: { kind: "instant" },
    verify: { mode: verify, headerKind: "ethereum" },
    isWhole: true,
    onAdvanced() {},
    onCommitted(blocks) {
      if (blocks.at(-1)?.block.number === chain.head) caughtUp.resolve();
    },
  });
  indexer.start();
  await caughtUp.promise;
  const perSecond = rate(chain.head + 1, startedMs);
  await indexer.stop();
  await pool.close();
  return perSecond;
}

async function indexFresh(chain: FilledChain, verify: "full" | "off", isProved: boolean): Promise<number> {
  const store = await openFreshStore("pglite");
  try {
    const perSecond = await index(
      chain,
      { store: createBlockStore(store), leadership: createLeadership(store) },
      verify,
    );
    if (isProved) proofs.push(`${await proveIndex(chain, store)} (verification ${verify})`);
    return perSecond;
  } finally {
    await store.close();
  }
}

/** Logs of the ledger = events of the sequences. */
async function proveIndex({ url, head }: FilledChain, store: Store): Promise<string> {
  const rpc = createRpc({ url });
  try {
    const { addresses } = await prepareFolder();
    const differences = await checkSequence({
      source: createSingleSource(rpc),
      book: createAddressBook(addresses, { accounts: [], tokens: [] }),
      store: createBlockStore(store),
      finality: { kind: "instant" },
      verify: { mode: "off", headerKind: "none" },
      check: await createSequenceCheck(store.db),
    });
    if (differences.length > 0) throw new Error(differences.join("\n"));
    const { events } = await store.db
      .selectFrom("events")
      .select((query) => query.fn.countAll<number>().as("events"))
      .executeTakeFirstOrThrow();
    return `${head + 1} blocks = ${events} entries of the sequences, each with the ledger's log`;
  } finally {
    await rpc.close();
  }
}

/** Blocks per second. */
async function fetchAndParse({ url, head }: FilledChain): Promise<number> {
  const ledger = openRawLedger(url);
  try {
    const startedMs = performance.now();
    await inParallel(rangesAtOnce, Math.ceil((head + 1) / rangeBlocks), async (nth) => {
      // With the block before, as the indexer does to see that the ranges fit together.
      const from = Math.max(0, nth * rangeBlocks - 1);
      const { receipts } = await readRange(ledger, from, Math.min(head, (nth + 1) * rangeBlocks - 1));
      if (receipts.length === 0) throw new Error("a range without receipts");
    });
    return rate(head + 1, startedMs);
  } finally {
    await ledger.close();
  }
}

const baseline = "raw fetch and parse";

registerBench({
  name: "R2",
  figures: [
    { name: "verified", subject: "index, every block proven", baseline, unit: "blocks/s", target: { atLeast: 0.6 } },
    { name: "unverified", subject: "index, nothing proven", baseline, unit: "blocks/s", target: { atLeast: 0.85 } },
    { name: "unstored", subject: "every block proven and decoded, nothing stored", baseline, unit: "blocks/s" },
  ],
  rounds: 7,
  shortRounds: 2,
  async run({ short, round, rounds }) {
    const chain = await openFilledChain(short ? 900 : 6_000);
    const isLast = round === rounds - 1;
    const measure = {
      verified: () => indexFresh(chain, "full", isLast),
      raw: () => fetchAndParse(chain),
      unverified: () => indexFresh(chain, "off", isLast),
      unstored: () => index(chain, nowhere, "full"),
    };
    const names = ["verified", "raw", "unverified", "unstored"] as const;
    const results = { verified: 0, raw: 0, unverified: 0, unstored: 0 };
    for (const name of round % 2 === 0 ? names : names.toReversed()) results[name] = await measure[name]();
    const { raw: fetched, ...subjects } = results;
    return Object.fromEntries(
      Object.entries(subjects).map(([name, subject]) => [name, { subject, baseline: fetched }]),
    );
  },
  prove: () => Promise.resolve(proofs),
});
