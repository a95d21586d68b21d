import { expect } from "chai";
import { getCreateAddress } from "ethers";
import { decodeFrame, encodeFrame, type JournalRecord } from "../../../src/chain/ledger/frame.ts";
import type { Ledger } from "../../../src/chain/ledger/ledger.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { ask, contracts, createSigner, GENESIS_SECONDS, mine, openTestLedger } from "./ledgerFixture.ts";
import { createMemoryFile, type MemoryFile } from "./memoryFile.ts";

async function hashes(ledger: Ledger): Promise<string[]> {
  const head = Number(await ask(ledger, "eth_blockNumber"));
  const found: string[] = [];
  for (let number = 0; number <= head; number += 1) {
    const block = await ask(ledger, "eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
    found.push((block as { hash: string }).hash);
  }
  return found;
}

/** Reads, changes and writes a journal again, each frame whole. */
function rewritten(file: MemoryFile, change: (record: JournalRecord) => JournalRecord): MemoryFile {
  const lines = file.content().toString().split("\n").slice(0, -1);
  const frames = lines.map((line) => encodeFrame((decodeFrame(Buffer.from(line)) ?? []).map(change)));
  return createMemoryFile(Buffer.concat(frames));
}

async function refusal(file: MemoryFile): Promise<AppError> {
  try {
    await openTestLedger({ file });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("the ledger opened");
}

/** A journal with blocks, simulations between them and a move of the clock, closed in order. */
async function writeHistory(): Promise<{ file: MemoryFile; hashes: string[] }> {
  const { ledger, file, clock } = await openTestLedger();
  const signer = createSigner();
  const counter = getCreateAddress({ from: signer.address, nonce: 0 });
  await mine(ledger, await signer.sign({ to: null, data: contracts.counter }));
  for (let count = 0; count < 5; count += 1) {
    await ask(ledger, "eth_call", [{ to: counter }]);
    await ask(ledger, "eth_estimateGas", [{ to: counter }]);
    await mine(ledger, await signer.sign({ to: counter }));
    clock.advanceMs(1_700);
  }
  await ledger.moveClockTo(GENESIS_SECONDS + 1_000_000);
  await mine(ledger, await signer.sign({ to: counter }));
  const written = await hashes(ledger);
  await ledger.close();
  return { file, hashes: written };
}

describe("The ledger's replay", () => {
  it("gives the same block hashes, whatever was simulated in between, and the same clock", async () => {
    const history = await writeHistory();
    const { ledger } = await openTestLedger({ file: history.file, genesisSeconds: 1 });
    expect(await hashes(ledger)).to.deep.equal(history.hashes);
    expect(ledger.businessSeconds()).to.be.at.least(GENESIS_SECONDS + 1_000_000 - 10);
    await ledger.close();
  });

  it("stops at the first block whose hash differs", async () => {
    const { file } = await writeHistory();
    const altered = rewritten(file, (record) =>
      record.type === "block" && record.number >= 3 ? { ...record, hash: `0x${"ab".repeat(32)}` } : record,
    );
    const error = await refusal(altered);
    expect(error).to.have.property("code", "ledger.hash_differs");
    expect(error.facts).to.include({ number: 3 });
  });

  it("stops when a transaction or its time was altered", async () => {
    const { file } = await writeHistory();
    const altered = rewritten(file, (record) =>
      record.type === "transaction" ? { ...record, timestamp: record.timestamp + 1 } : record,
    );
    expect(await refusal(altered)).to.have.property("code", "ledger.hash_differs");
  });

  it("refuses a journal of another chain, and one whose records contradict each other", async () => {
    const { file } = await writeHistory();
    const foreign = rewritten(file, (record) => (record.type === "genesis" ? { ...record, chainId: 1 } : record));
    expect(await refusal(foreign)).to.have.property("code", "ledger.journal_foreign");
    const doubled = rewritten(file, (record) => (record.type === "clock" ? { type: "void" } : record));
    expect(await refusal(doubled)).to.have.property("code", "ledger.journal_foreign");
    const skipping = rewritten(file, (record) =>
      record.type === "block" && record.number === 4 ? { ...record, number: 5 } : record,
    );
    expect(await refusal(skipping)).to.have.property("code", "ledger.journal_corrupt");
  });

  it("after a power cut at any operation has every acknowledged transaction once, and no other twice", async () => {
    const signer = createSigner();
    const counter = getCreateAddress({ from: signer.address, nonce: 0 });
    const raws = [await signer.sign({ to: null, data: contracts.counter })];
    for (let count = 0; count < 3; count += 1) raws.push(await signer.sign({ to: counter }));

    for (let operations = 2; operations <= 18; operations += 1) {
      const cut = await openTestLedger();
      cut.file.breakAfter(operations - 2);
      let acknowledged = 0;
      for (const raw of raws) {
        const submission = await cut.ledger.submit(raw).catch(() => undefined);
        if (submission?.kind === "mined") acknowledged += 1;
      }
      for (const kept of [0, 40, 100_000]) {
        const image = createMemoryFile(cut.file.afterPowerCut(kept));
        const { ledger } = await openTestLedger({ file: image });
        const nonce = Number(await ask(ledger, "eth_getTransactionCount", [signer.address, "latest"]));
        expect(nonce, `operation ${operations}, ${kept} bytes kept`).to.be.within(acknowledged, acknowledged + 1);
        for (const raw of raws.slice(nonce)) await mine(ledger, raw);
        expect(Number(await ask(ledger, "eth_getStorageAt", [counter, "0x0", "latest"]))).to.equal(3);
        expect(Number(await ask(ledger, "eth_blockNumber"))).to.equal(4);
        const written = await hashes(ledger);
        await ledger.close();
        expect(await hashes((await openTestLedger({ file: image })).ledger)).to.deep.equal(written);
      }
    }
  });
});

describe("A full disk", () => {
  it("lets the ledger refuse a transaction with nothing executed, and go on when there is room", async () => {
    const { ledger, file } = await openTestLedger();
    const signer = createSigner();
    await mine(ledger, await signer.sign());
    const before = file.content();
    const raw = await signer.sign();
    file.limit(before.length + 50);
    const outcome = await ledger.submit(raw).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(AppError).with.property("code", "ledger.disk_full");
    expect(Number(await ask(ledger, "eth_blockNumber"))).to.equal(1);
    file.limit(Number.POSITIVE_INFINITY);
    expect((await mine(ledger, raw)).blockNumber).to.equal(2);
    await ledger.close();
    expect(await hashes((await openTestLedger({ file })).ledger)).to.have.length(3);
  });

  it("cannot come between a transaction's execution and its block record", async () => {
    const { ledger, file } = await openTestLedger();
    const signer = createSigner();
    const raws = await Promise.all([0, 1, 2].map(() => signer.sign()));
    // Room for exactly what the first append asks for.
    const probe = await openTestLedger();
    const ends: number[] = [];
    const write = probe.file.write;
    probe.file.write = async (bytes, position) => {
      ends.push(position + bytes.length);
      await write(bytes, position);
    };
    await Promise.all(raws.map((raw) => mine(probe.ledger, raw)));
    file.limit(ends[0] ?? 0);
    const mined = await Promise.all(raws.map((raw) => mine(ledger, raw)));
    expect(mined).to.have.length(3);
  });
});

describe("A fault of the disk after execution", () => {
  it("shows the block to nobody, ends the ledger, and is cured by the next start", async () => {
    let cause: unknown;
    const { ledger, file } = await openTestLedger({ onBroken: (error) => (cause = error) });
    const signer = createSigner();
    // The first append is a write and a sync.
    file.breakAfter(2);
    const submitted = ledger.submit(await signer.sign()).catch((error: unknown) => error);
    const read = ledger.read("eth_blockNumber", []).catch((error: unknown) => error);
    expect(await submitted).to.be.instanceOf(Error);
    const late = await ledger.submit(await signer.sign()).catch((error: unknown) => error);
    expect(late).to.be.instanceOf(AppError).with.property("code", "chain.unavailable");
    expect(await read)
      .to.be.instanceOf(AppError)
      .with.property("code", "chain.unavailable");
    expect(cause).to.be.instanceOf(Error);
    const again = await openTestLedger({ file: createMemoryFile(file.afterPowerCut(0)) });
    expect(Number(await ask(again.ledger, "eth_blockNumber"))).to.equal(1);
  });
});
