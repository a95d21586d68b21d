import { expect } from "chai";
import * as fc from "fast-check";
import { type VerifyOptions, verifyBlock } from "../../../src/chain/verify/verifyBlock.ts";
import type { VerifiableBlock, VerifiableReceipt } from "../../../src/chain/verify/wire.ts";
import { changed, leavesOf, type Path, valueAt } from "./change.ts";
import { type ManualLedger, type MinedBlock, openManualLedger } from "./manualLedger.ts";

const full: VerifyOptions = { mode: "full", headerKind: "ethereum" };

/**
 * What neither the header's hash nor the receipts root covers, so that no verification can tell. Nothing of the gateway
 * takes these from a node (README.md of src/chain/verify).
 */
const unprovable: ReadonlySet<unknown> = new Set([
  ...["size", "totalDifficulty", "uncles", "withdrawals"],
  ...["from", "to", "contractAddress", "effectiveGasPrice", "blockTimestamp"],
]);

function isProvable(path: Path): boolean {
  return !path.some((key) => unprovable.has(key));
}

describe("the verification of a block", () => {
  let ledger: ManualLedger;
  /** With receipts of all types, failed ones, none to five logs, and a contract created. */
  let mixed: MinedBlock;
  let other: MinedBlock;
  before(async () => {
    ledger = await openManualLedger();
    mixed = await ledger.mine(33);
    other = await ledger.mine(9);
  });
  after(() => ledger.close());

  const check = (block: unknown, receipts: unknown, options: Partial<VerifyOptions> = {}) =>
    verifyBlock(block as VerifiableBlock, receipts as readonly VerifiableReceipt[], { ...full, ...options })?.check;
  const bend = (path: Path, value: unknown) => changed(mixed.receipts, path, value);

  it("finds nothing in honest blocks of any size: their roots are computed by another implementation", async () => {
    for (const count of [0, 1, 2, 15, 16, 17, 127, 128, 129, 300]) {
      const { block, receipts } = await ledger.mine(count);
      expect(receipts.length).to.equal(count);
      const parent = await ledger.read(Number(block.number) - 1);
      const options = { ...full, parentHash: parent.block.hash, number: Number(block.number) };
      expect(verifyBlock(block, receipts, options), `${count} transactions`).to.equal(undefined);
    }
    const types = new Set(mixed.receipts.map(({ type }) => type));
    expect([...types].sort(), "all types that the engine takes").to.deep.equal(["0x0", "0x1", "0x2", "0x4"]);
    expect(new Set(mixed.receipts.map(({ status }) => status)).size, "failed ones too").to.equal(2);
    expect(Math.max(...mixed.receipts.map(({ logs }) => logs.length))).to.equal(5);
  });

  it("finds nothing in blocks whose transactions came in full", () => {
    const transactions = mixed.block.transactions.map((hash) => ({ hash, input: "0x" }));
    expect(check({ ...mixed.block, transactions }, mixed.receipts)).to.equal(undefined);
  });

  it("names what is wrong", () => {
    const { block, receipts } = mixed;
    const logged = receipts.findIndex(({ logs }) => logs.length > 1);
    const [first, second, ...rest] = receipts;
    const logs = receipts[logged]?.logs ?? [];
    const cases: Record<string, ReturnType<typeof check>> = {
      header_hash: check({ ...block, timestamp: "0x1" }, receipts),
      number: check(other.block, other.receipts, { number: 7 }),
      parent: check(block, receipts, { parentHash: other.block.hash }),
      receipt_missing: check(block, receipts.slice(1).concat([])) && check(block, receipts.slice(0, -1)),
      receipt_surplus: check(block, [...receipts, receipts[0]]),
      receipt_order: check(block, [second, first, ...rest]),
      receipt_of_other_block: check(block, bend([0, "blockHash"], other.block.hash)),
      log_of_other_block: check(block, bend([logged, "logs", 0, "blockHash"], other.block.hash)),
      log_of_other_transaction: check(block, bend([logged, "logs", 0, "transactionHash"], other.block.transactions[0])),
      log_removed: check(block, bend([logged, "logs", 0, "removed"], true)),
      log_index: check(block, bend([logged, "logs", 1, "logIndex"], "0x99")),
      gas_used: check(block, bend([3, "gasUsed"], "0x1")),
      bloom: check(block, bend([logged, "logs", 0, "address"], `0x${"00".repeat(20)}`)),
      receipts_root: check(block, bend([logged, "logs", 0, "data"], `${logs[0]?.data}00`)),
      malformed: check(block, bend([0, "logs"], null)),
    };
    for (const [expected, found] of Object.entries(cases)) expect(found).to.equal(expected);
    expect(check(block, [null, ...receipts.slice(1)]), "a node that does not know it").to.equal("receipt_missing");
    expect(check(block, bend([5, "transactionIndex"], "0x6"))).to.equal("receipt_order");
    expect(check(block, bend([logged, "logs", 0, "transactionIndex"], "0x63"))).to.equal("log_of_other_transaction");
    expect(check(block, bend([1, "logsBloom"], block.logsBloom)), "of a receipt").to.equal("bloom");
  });

  it("says where, what was expected and what came, without repeating everything that a liar wrote", () => {
    const fault = verifyBlock(mixed.block, bend([2, "blockNumber"], "x".repeat(10_000)), full);
    expect(fault).to.include({ at: "receipts[2]", blockNumber: mixed.block.number, blockHash: mixed.block.hash });
    expect(fault?.expected).to.include(mixed.block.number);
    expect(fault?.actual.length).to.be.at.most(80);
  });

  it("notices a log left out of receipt, bloom and numbering alike", () => {
    const { block, receipts } = other;
    const logged = receipts.findLastIndex(({ logs }) => logs.length > 0);
    const lied = changed(receipts, [logged, "logs"], receipts[logged]?.logs.slice(0, -1));
    // The last one repeats topics of the others, so the bloom may stay as it is; the root does not.
    expect(check(block, lied)).to.be.oneOf(["bloom", "receipts_root"]);
  });

  it("notices every single change of what hash and root cover", () => {
    const targets = [
      ...leavesOf(mixed.block).map((path) => ({ of: "block", path })),
      ...leavesOf(mixed.receipts).map((path) => ({ of: "receipts", path })),
    ].filter(({ path }) => path.length > 0 && isProvable(path));
    const bent = fc.oneof(
      fc.constantFrom("0x", "0x0", "0x1", "0x2", "0x5", "0x7f", null, 0, "", false, {}, [], [[]]),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
      fc.bigInt({ min: 0n, max: 2n ** 64n }).map((number) => `0x${number.toString(16)}`),
      fc.constant("flip"),
      fc.constant("longer"),
      fc.constant("upper"),
    );
    void fc.assert(
      fc.property(fc.constantFrom(...targets), bent, ({ of, path }, value) => {
        const root = of === "block" ? mixed.block : mixed.receipts;
        const before = valueAt(root, path);
        const after = bendValue(before, value);
        fc.pre(JSON.stringify(after) !== JSON.stringify(before));
        // A fork's number of zero and its absence before a later field are the same bytes (header.ts).
        fc.pre(!(of === "block" && before === "0x0" && (after === null || after === undefined)));
        const lied = changed<unknown>(root, path, after);
        const found = of === "block" ? check(lied, mixed.receipts) : check(mixed.block, lied);
        expect(found, `${of} ${path.join(".")}: ${String(before)} → ${String(after)}`).to.be.a("string");
      }),
      { numRuns: 4_000 },
    );
  });

  it("notices receipts and logs that change places, come twice or are left out", () => {
    const count = mixed.receipts.length;
    const place = fc.nat({ max: count - 1 });
    void fc.assert(
      fc.property(place, place, fc.constantFrom("swap", "repeat", "drop", "swap logs"), (one, two, how) => {
        const { receipts } = mixed;
        const [a, b] = [receipts[one], receipts[two]];
        fc.pre(one !== two && a !== undefined && b !== undefined);
        const lied = {
          swap: () => receipts.with(one, b).with(two, a),
          repeat: () => receipts.with(one, b),
          drop: () => receipts.toSpliced(one, 1),
          "swap logs": () => receipts.with(one, { ...a, logs: b.logs }).with(two, { ...b, logs: a.logs }),
        }[how]();
        fc.pre(how !== "swap logs" || a.logs.length + b.logs.length > 0);
        expect(check(mixed.block, lied)).to.be.a("string");
      }),
      { numRuns: 300 },
    );
  });

  it("never throws, whatever a node sends in place of a block or receipts", () => {
    const junk = fc.oneof(fc.anything({ withNullPrototype: true }), fc.constant(undefined));
    const options = fc.record({
      mode: fc.constantFrom("full" as const, "sampled" as const, "off" as const),
      headerKind: fc.constantFrom("ethereum" as const, "qbft" as const, "subnet-evm" as const, "none" as const),
    });
    void fc.assert(
      fc.property(junk, junk, options, (one, two, modes) => {
        expect(check(one, two, modes)).to.be.oneOf([
          undefined,
          "malformed",
          "header_hash",
          "number",
          "receipt_missing",
        ]);
        expect(check(mixed.block, one, { mode: modes.mode })).to.be.a("string");
        expect(check(mixed.block, [one, two], { mode: modes.mode })).to.be.a("string");
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Keeps the form where it can: one digit flipped, one more byte, digits in upper case. */
function bendValue(before: unknown, value: unknown): unknown {
  if (typeof before !== "string" || typeof value !== "string") return value === "flip" ? null : value;
  if (value === "flip") return `${before.slice(0, -1)}${before.endsWith("0") ? "1" : "0"}`;
  if (value === "longer") return `${before}00`;
  return value === "upper" ? before.toUpperCase().replace("0X", "0x") : value;
}

describe("the modes of verification", () => {
  let ledger: ManualLedger;
  const blocks: MinedBlock[] = [];
  before(async () => {
    ledger = await openManualLedger();
    for (let count = 0; count < 64; count += 1) blocks.push(await ledger.mine(2));
  });
  after(() => ledger.close());

  /** A lie that only the receipts root shows. */
  function liedTo({ receipts }: MinedBlock): readonly VerifiableReceipt[] {
    const logged = receipts.findIndex(({ logs }) => logs.length > 0);
    return changed(receipts, [logged, "logs", 0, "data"], "0xbadbad");
  }

  it("full proves every block, off none", () => {
    for (const one of blocks) {
      expect(verifyBlock(one.block, liedTo(one), full)?.check).to.equal("receipts_root");
      expect(verifyBlock(one.block, liedTo(one), { ...full, mode: "off" })).to.equal(undefined);
    }
  });

  it("sampled proves about one block in so many, and the same ones each time", () => {
    const sampled = (one: MinedBlock) =>
      verifyBlock(one.block, liedTo(one), { ...full, mode: "sampled", sampleEvery: 4 }) !== undefined;
    const first = blocks.map(sampled);
    expect(first.filter(Boolean).length).to.be.within(5, 30);
    expect(blocks.map(sampled)).to.deep.equal(first);
    const every = blocks.map((one) =>
      verifyBlock(one.block, liedTo(one), { ...full, mode: "sampled", sampleEvery: 1 }),
    );
    expect(every.every((fault) => fault?.check === "receipts_root")).to.equal(true);
  });

  it("sampled checks everything but the root on every block", () => {
    for (const { block, receipts } of blocks) {
      const logged = receipts.findIndex(({ logs }) => logs.length > 0);
      const options = { ...full, mode: "sampled", sampleEvery: 1_000_000 } as const;
      const lied = changed(receipts, [logged, "logs", 0, "topics", 0], `0x${"77".repeat(32)}`);
      expect(verifyBlock(block, receipts, options)).to.equal(undefined);
      expect(verifyBlock(block, lied, options)?.check).to.equal("bloom");
      expect(verifyBlock(block, changed(receipts, [logged, "logs", 0, "logIndex"], "0x9"), options)?.check).to.equal(
        "log_index",
      );
    }
  });

  it("off still asks that header, parent, transactions and receipts belong together", () => {
    const [one, two] = blocks;
    if (!one || !two) throw new Error("there are blocks");
    const off = { ...full, mode: "off" } as const;
    expect(verifyBlock({ ...one.block, timestamp: "0x5" }, one.receipts, off)?.check).to.equal("header_hash");
    expect(verifyBlock(two.block, two.receipts, { ...off, parentHash: two.block.hash })?.check).to.equal("parent");
    expect(verifyBlock(one.block, two.receipts, off)?.check).to.equal("receipt_order");
    expect(verifyBlock(one.block, [], off)?.check).to.equal("receipt_missing");
  });

  it("none takes the hash as given, and holds receipts to the root that came with it all the same", () => {
    const [one] = blocks;
    if (!one) throw new Error("there are blocks");
    const none = { mode: "full", headerKind: "none" } as const;
    expect(verifyBlock({ ...one.block, timestamp: "0x5" }, one.receipts, none)).to.equal(undefined);
    expect(verifyBlock(one.block, liedTo(one), none)?.check).to.equal("receipts_root");
  });
});
