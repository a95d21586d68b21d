import { expect } from "chai";
import { type Engine, startEngine } from "../../../src/chain/ledger/engine.ts";
import { FRAME_OVERHEAD_BYTES, type JournalRecord, SETTLEMENT_BYTES_MAX } from "../../../src/chain/ledger/frame.ts";
import type { Journal } from "../../../src/chain/ledger/journal.ts";
import { createQueue } from "../../../src/chain/ledger/queue.ts";
import { createWriter, type Writer } from "../../../src/chain/ledger/writer.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createSigner, GENESIS_SECONDS } from "./ledgerFixture.ts";

type Step = readonly [what: string, ...of: unknown[]];

describe("the writer of blocks", () => {
  const signer = createSigner();
  const to = signer.address;
  let real: Engine;
  let steps: Step[];
  let broken: unknown[];
  let businessSeconds: number;
  let append: () => Promise<void>;
  let head: Engine["head"];
  const raws: string[] = [];

  before(async () => {
    for (let nonce = 0; nonce < 3; nonce += 1) raws.push(await signer.signAs({ nonce, to }));
  });
  beforeEach(async () => {
    real = await startEngine(GENESIS_SECONDS);
    steps = [];
    broken = [];
    businessSeconds = GENESIS_SECONDS + 5;
    append = () => Promise.resolve();
    head = real.head;
  });
  afterEach(() => real.close());

  function build(senders?: readonly string[]): Promise<Writer> {
    const engine: Engine = {
      ...real,
      head: () => head(),
      execute(raw, timestamp) {
        steps.push(["execute", raws.indexOf(raw), timestamp]);
        return real.execute(raw, timestamp);
      },
    };
    const journal = {
      append(records: readonly JournalRecord[], reserveBytes?: number) {
        steps.push(["append", records, reserveBytes]);
        return append();
      },
    } as unknown as Journal;
    const logger = {
      ...silentLogger,
      info: (facts: object, message: string) => void steps.push(["say", facts, message]),
    };
    const queue = createQueue((cause) => broken.push(cause));
    return createWriter({ logger, queue, journal, engine, businessSeconds: () => businessSeconds, senders });
  }

  const raw = (index: number): string => raws[index] ?? "";
  const journalled = (indices: readonly number[], timestamp: number): Step => [
    "append",
    indices.map((index) => ({ type: "transaction", raw: raw(index), timestamp })),
    FRAME_OVERHEAD_BYTES + SETTLEMENT_BYTES_MAX * indices.length,
  ];
  const blockRecord = async (number: number) => ({ type: "block", number, hash: await real.blockHash(number) });
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("journals a group with room for its blocks, executes it in order at one time, and journals the blocks", async () => {
    const writer = await build();
    const mined = await Promise.all([writer.submit(raw(0)), writer.submit(raw(1))]);
    const at = GENESIS_SECONDS + 5;
    const blocks = [await blockRecord(1), await blockRecord(2)];
    expect(steps).to.deep.equal([
      journalled([0, 1], at),
      ["execute", 0, at],
      ["execute", 1, at],
      ["append", blocks, undefined],
    ]);
    expect(mined.map((one) => one.kind === "mined" && [one.blockNumber, one.blockHash])).to.deep.equal(
      blocks.map(({ number, hash }) => [number, hash]),
    );
  });

  it("journals what it admits only, and nothing where that is nothing", async () => {
    const writer = await build();
    const answers = await Promise.all(["0x", raw(0), raw(2)].map((one) => writer.submit(one)));
    expect(answers.map((answer) => (answer.kind === "refused" ? answer.reason : answer.kind))).to.deep.equal([
      ...["malformed", "mined", "nonce_too_high"],
    ]);
    expect(steps[0]).to.deep.equal(journalled([0], GENESIS_SECONDS + 5));
    steps = [];
    expect(await writer.submit(raw(0))).to.include({ kind: "refused", reason: "already_known" });
    expect(steps).to.deep.equal([]);
  });

  it("admits the senders that it is told", async () => {
    const writer = await build([`0x${"1".repeat(40)}`]);
    expect(await writer.submit(raw(0))).to.include({ kind: "refused", reason: "sender_not_admitted" });
    expect(await (await build([to.toLowerCase()])).submit(raw(0))).to.include({ kind: "mined" });
  });

  it("tells the sender and the log why the engine refused, journals that, and goes on", async () => {
    const writer = await build();
    const poor = await signer.signAs({ nonce: 0, to, gasLimit: 20_000 });
    const answer = await writer.submit(poor);
    expect(answer).to.include({ kind: "refused", reason: "engine" });
    const reason = answer.kind === "refused" ? answer.message : "";
    expect(reason).to.match(/gas/i);
    expect(steps.slice(2)).to.deep.equal([
      ["say", { reason }, "the engine refused a journalled transaction"],
      ["append", [{ type: "void" }], undefined],
    ]);
    expect(await writer.submit(raw(0))).to.include({ kind: "mined", blockNumber: 1 });
  });

  it("gives blocks the business time, but none before its parent's", async () => {
    const writer = await build();
    expect(writer.nextTimestamp()).to.equal(GENESIS_SECONDS + 5);
    await writer.submit(raw(0));
    businessSeconds = GENESIS_SECONDS + 2;
    expect(writer.nextTimestamp()).to.equal(GENESIS_SECONDS + 5);
    await writer.submit(raw(1));
    expect(await real.head()).to.include({ number: 2, timestamp: GENESIS_SECONDS + 5 });
    businessSeconds = GENESIS_SECONDS + 9;
    expect(writer.nextTimestamp()).to.equal(GENESIS_SECONDS + 9);
  });

  it("completes what is open with the times that it was journalled with, and says so", async () => {
    const writer = await build();
    await writer.complete([]);
    expect(steps).to.deep.equal([]);
    const open = [0, 1].map((index) => ({ raw: raw(index), timestamp: GENESIS_SECONDS + 1 + index }));
    await writer.complete(open);
    expect(steps).to.deep.equal([
      ["say", { transactions: 2 }, "completing transactions that a crash left open"],
      ["execute", 0, GENESIS_SECONDS + 1],
      ["execute", 1, GENESIS_SECONDS + 2],
      ["append", [await blockRecord(1), await blockRecord(2)], undefined],
    ]);
    expect(await writer.submit(raw(2))).to.include({ kind: "mined", blockNumber: 3 });
  });

  it("executes nothing that it could not journal", async () => {
    const writer = await build();
    const full = new AppError("ledger.disk_full");
    append = () => Promise.reject(full);
    expect(await failureOf(writer.submit(raw(0)))).to.equal(full);
    expect(steps).to.deep.equal([journalled([0], GENESIS_SECONDS + 5)]);
    expect(broken, "the ledger goes on").to.deep.equal([]);
  });

  it("is broken when it cannot journal what it executed, a full disk included", async () => {
    const writer = await build();
    const full = new AppError("ledger.disk_full");
    append = () => (steps.length > 1 ? Promise.reject(full) : Promise.resolve());
    const failure = await failureOf(writer.submit(raw(0)));
    expect(failure).to.include({ message: "executed blocks could not be journalled", cause: full });
    expect(broken).to.deep.equal([failure]);
  });

  it("is broken when a transaction made another number of blocks than one", async () => {
    const writer = await build();
    const { number, ...rest } = await real.head();
    for (const more of [0, 2]) {
      head = () => Promise.resolve({ ...rest, number: number + more });
      const failure = await failureOf(writer.complete([{ raw: raw(more / 2), timestamp: GENESIS_SECONDS }]));
      expect(failure).to.have.property("message", "invariant: a transaction makes one block");
    }
  });
});
