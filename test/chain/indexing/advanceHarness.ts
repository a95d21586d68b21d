/** The leader's steps, one by one, over a scripted ledger and a store in memory. */
import { createAddressBook } from "../../../src/chain/decode.ts";
import { createAdvance } from "../../../src/chain/indexing/advance.ts";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createProgress } from "../../../src/chain/indexing/progress.ts";
import { createQuarantine } from "../../../src/chain/indexing/quarantine.ts";
import type { Rpc } from "../../../src/chain/rpc.ts";
import type { Finality } from "../../../src/domain/blockStore.ts";
import { hash, lease } from "../../store/blockFixture.ts";
import { addresses, contextWith, createMemoryBlocks, createScriptedLedger, soleLeader } from "./indexerHarness.ts";

export const quarantineMs = 5_000;

interface Settings {
  readonly finality?: Finality;
  readonly rpc?: Rpc;
  /** What the store does otherwise. */
  readonly store?: Partial<ReturnType<typeof createMemoryBlocks>>;
}

export type AdvanceWorld = ReturnType<typeof createAdvanceWorld>;

/** A ledger of ten blocks and an empty store. */
export function createAdvanceWorld() {
  const ledger = createScriptedLedger();
  const store = createMemoryBlocks();
  let told = 0;

  function grow(blocks: number): void {
    for (let n = 0; n < blocks; n += 1) ledger.add();
  }

  function build({ finality = { kind: "instant" }, rpc = ledger.rpc, store: changed = {} }: Settings = {}) {
    const context = contextWith();
    const progress = createProgress(context.clock);
    const quarantine = createQuarantine(context, quarantineMs);
    const advance = createAdvance({
      ...{ context, finality, progress, quarantine, leadership: soleLeader, store: { ...store, ...changed } },
      book: createAddressBook(addresses, { accounts: [], tokens: [] }),
      source: createSingleSource(rpc),
      verify: { mode: "off", headerKind: "none" },
      onAdvanced() {
        told += 1;
      },
    });
    return { advance, context, progress, quarantine, step: () => advance.step(lease) };
  }

  grow(10);
  return {
    ...{ ledger, store, grow, build },
    /** How often somebody was told that the index came further, since it was asked last. */
    told(): number {
      const since = told;
      told = 0;
      return since;
    },
    /** Blocks above a number become others, up to a new head. */
    reorganise(above: number, head: number): void {
      ledger.blocks.splice(above + 1);
      while (ledger.blocks.length <= head) {
        const block = ledger.add();
        block.hash = hash(Number(block.number), "d");
      }
    },
    /** Numbers of the blocks in the store. */
    numbers: () => store.committed.map(({ block }) => block.number),
    hashes: () => store.committed.map(({ block }) => block.hash),
    ledgerHashes: () => ledger.blocks.map((block) => block.hash),
  };
}

export const upTo = (last: number) => Array.from({ length: last + 1 }, (_, number) => number);

export const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => Promise.reject(new Error("it went well")),
    (error: unknown) => error,
  );
