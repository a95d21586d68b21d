import { expect } from "chai";
import { createAddressBook } from "../../../src/chain/decode.ts";
import { createSingleSource } from "../../../src/chain/indexing/blockSource.ts";
import { createCommitter, lastOf } from "../../../src/chain/indexing/committer.ts";
import type { DecodedBlock } from "../../../src/domain/ledgerEvent.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { hash, lease } from "../../store/blockFixture.ts";
import {
  addresses,
  contextWith,
  createMemoryBlocks,
  createScriptedLedger,
  type MemoryBlocks,
  soleLeader,
} from "./indexerHarness.ts";

/** Blocks with so many events each. */
const blocksOf = (...events: readonly number[]): DecodedBlock[] =>
  events.map((count, number) => ({
    block: { number, hash: hash(number, "b"), parentHash: hash(number - 1, "b"), timestamp: number },
    events: Array.from({ length: count }, () => ({ type: "test" })) as unknown as DecodedBlock["events"],
    transactions: [],
  }));

/** Everything that happens, in order. */
function build(changed: Partial<MemoryBlocks> = {}) {
  const happened: string[] = [];
  const store: MemoryBlocks = {
    ...createMemoryBlocks(),
    commitBlocks(_lease, blocks, final) {
      happened.push(`commit ${blocks.map(({ block }) => block.number)} final ${final}`);
      return Promise.resolve();
    },
    ...changed,
  };
  const options = {
    ...{ context: contextWith(), store, leadership: soleLeader, finality: { kind: "instant" } as const },
    source: createSingleSource(createScriptedLedger().rpc),
    book: createAddressBook(addresses, { accounts: [], tokens: [] }),
    verify: { mode: "off", headerKind: "none" } as const,
    place: {
      now: () => undefined,
      moveToCheckpoint: () => Promise.reject(new Error("not asked for")),
      committed: ({ number, hash: of }: { number: number; hash: string }, isFinal: boolean) =>
        void happened.push(`at ${number} ${of === hash(number, "b")} ${isFinal}`),
      readFinalized: () => Promise.reject(new Error("not asked for")),
      leave: () => undefined,
    },
    quarantine: {
      add: () => undefined,
      until: () => Number.POSITIVE_INFINITY,
      passed: (number: number) => void happened.push(`passed ${number}`),
      isWaiting: () => false,
      state: () => undefined,
    },
    onAdvanced: () => void happened.push("advanced"),
  };
  return { happened, options };
}

describe("committing blocks", () => {
  it("moves on with each commit, and tells of it after that", async () => {
    const { happened, options } = build();
    const parts: number[] = [];
    const commit = createCommitter({ ...options, onCommitted: (part) => parts.push(part.length) });
    await commit(lease, blocksOf(200, 200, 200, 0), 1);
    expect(happened).to.deep.equal([
      ...["commit 0,1 final 1", "at 1 true true", "passed 1", "advanced"],
      ...["commit 2,3 final 1", "at 3 true false", "passed 3", "advanced"],
    ]);
    expect(parts).to.deep.equal([2, 2]);
  });

  it("needs nobody who listens", async () => {
    const { happened, options } = build();
    await createCommitter(options)(lease, blocksOf(0), 5);
    expect(happened).to.deep.equal(["commit 0 final 5", "at 0 true true", "passed 0", "advanced"]);
  });

  it("moves nowhere with a commit that failed, and makes the next ones shorter when that took too long", async () => {
    const sizes: number[] = [];
    const { happened, options } = build({
      commitBlocks(_lease, blocks) {
        sizes.push(blocks.length);
        return Promise.reject(new AppError("store.transaction_timeout"));
      },
    });
    const commit = createCommitter(options);
    const blocks = blocksOf(...Array.from({ length: 600 }, () => 0));
    for (let time = 0; time < 2; time += 1) {
      const error = await commit(lease, blocks, 5).catch((caught: unknown) => caught);
      expect(error).to.have.property("code", "store.transaction_timeout");
    }
    expect(sizes).to.deep.equal([500, 250]);
    expect(happened).to.deep.equal([]);
  });

  it("does nothing for no blocks", async () => {
    const { happened, options } = build();
    await createCommitter(options)(lease, [], 5);
    expect(happened).to.deep.equal([]);
    expect(lastOf([])).to.equal(undefined);
    expect(lastOf(blocksOf(0, 0, 3))).to.deep.equal({ number: 2, hash: hash(2, "b") });
  });
});
