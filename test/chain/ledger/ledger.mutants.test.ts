import { expect } from "chai";
import { CHAIN_ID } from "../../../src/chain/ledger/engine.ts";
import { decodeFrame, encodeFrame } from "../../../src/chain/ledger/frame.ts";
import { type LedgerOptions, openLedger } from "../../../src/chain/ledger/ledger.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { silentLogger } from "../../../src/shared/context.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";
import { ask, createSigner, GENESIS_SECONDS, mine, WALL_SECONDS } from "./ledgerFixture.ts";
import { createMemoryFile } from "./memoryFile.ts";

describe("The embedded ledger, in what it says and writes", () => {
  const said: unknown[] = [];
  beforeEach(() => void said.splice(0));

  async function open(file = createMemoryFile(), more: Partial<LedgerOptions> = {}) {
    const note = (facts: object, message: string) => void said.push([message, facts]);
    const logger = { ...silentLogger, info: note, error: note };
    // Half a second past a whole one.
    const clock = createFixedClock(WALL_SECONDS * 1000 + 500);
    const context = { logger, clock, shutdown: createShutdown() };
    return { file, clock, ledger: await openLedger({ context, genesisSeconds: GENESIS_SECONDS, ...more, file }) };
  }
  const framesOf = (content: Buffer) => {
    const lines = content.toString().split("\n").slice(0, -1);
    return lines.map((line) => decodeFrame(Buffer.from(line)));
  };
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("begins its journal with genesis and clock in one frame, in whole seconds", async () => {
    const { ledger, file } = await open();
    const [first, ...rest] = framesOf(file.content());
    const { hash } = (await ask(ledger, "eth_getBlockByNumber", ["0x0", false])) as { hash: string };
    const engine = first?.[0]?.type === "genesis" ? first[0].engine : "";
    expect(engine).to.match(/^hardhat .*edr /);
    expect(first).to.deep.equal([
      { type: "genesis", chainId: CHAIN_ID, genesisSeconds: GENESIS_SECONDS, engine, hash },
      { type: "clock", offsetSeconds: GENESIS_SECONDS - WALL_SECONDS },
    ]);
    expect(rest).to.deep.equal([]);
    expect(ledger.businessSeconds()).to.equal(GENESIS_SECONDS);
    expect(ledger.offsetSeconds()).to.equal(GENESIS_SECONDS - WALL_SECONDS);
    await ledger.close();
  });

  it("says how much of an unfinished append it cut off, and says nothing where nothing was", async () => {
    const { ledger, file } = await open();
    await ledger.close();
    await (await open(file)).ledger.close();
    expect(said).to.deep.equal([]);
    const torn = Buffer.concat([file.content(), encodeFrame([{ type: "void" }]).subarray(0, 9)]);
    await (await open(createMemoryFile(torn))).ledger.close();
    expect(said).to.deep.equal([["an unfinished append was cut off", { bytes: 9 }]]);
  });

  it("moves its clock to whole seconds only, writes a move down once, and says where a clock stands that it keeps", async () => {
    const { ledger, file } = await open();
    expect(await failureOf(ledger.moveClockTo(GENESIS_SECONDS + 0.5))).to.have.property(
      "message",
      "invariant: business time is whole seconds",
    );
    const offsetSeconds = GENESIS_SECONDS + 60 - WALL_SECONDS;
    for (const _ of ["first", "again"]) {
      expect(await ledger.moveClockTo(GENESIS_SECONDS + 60)).to.deep.equal({ offsetSeconds });
      expect(ledger.offsetSeconds()).to.equal(offsetSeconds);
    }
    expect(framesOf(file.content()).slice(1)).to.deep.equal([[{ type: "clock", offsetSeconds }]]);
    expect(await failureOf(ledger.moveClockTo(GENESIS_SECONDS + 59))).to.deep.include({
      code: "clock.backwards",
      facts: { requestedSeconds: GENESIS_SECONDS + 59, businessSeconds: GENESIS_SECONDS + 60 },
    });
    await ledger.close();
  });

  it("answers a fault of the engine without its words, logs them, and goes on", async () => {
    const { ledger } = await open();
    expect(await ledger.read("eth_getBlockByNumber", [1n])).to.deep.equal({
      ok: false,
      error: { code: -32_603, message: "internal error" },
    });
    expect(said).to.deep.equal([
      [
        "the engine failed a read",
        { method: "eth_getBlockByNumber", cause: "TypeError: Do not know how to serialize a BigInt" },
      ],
    ]);
    expect(await ask(ledger, "eth_blockNumber")).to.equal("0x0");
    await ledger.close();
  });

  it("closes its file and its engine after what is under way, and gives unused room back", async () => {
    let closings = 0;
    const memory = createMemoryFile();
    const file = {
      ...memory,
      close() {
        closings += 1;
        return Promise.resolve();
      },
    };
    const { ledger } = await open(file);
    const signer = createSigner();
    const submitted = mine(ledger, await signer.sign());
    await ledger.close();
    expect(await submitted).to.include({ blockNumber: 1 });
    expect(closings).to.equal(1);
    expect(memory.content().at(-1), "a line, and no zeros behind it").to.equal(0x0a);
    const read = await ledger.read("eth_blockNumber", []).catch((error: unknown) => error);
    expect(read, "the engine is gone").to.not.deep.include({ ok: true });
  });

  it("needs nobody who listens to its progress or its end", async () => {
    const { ledger, file } = await open();
    await ledger.close();
    const progress: unknown[] = [];
    const again = await open(file, { onProgress: (made) => progress.push(made) });
    expect(progress).to.have.length(1);
    again.file.breakAfter(0);
    expect(await failureOf(again.ledger.moveClockTo(GENESIS_SECONDS + 5))).to.have.property("code", "EIO");
    expect(await failureOf(again.ledger.moveClockTo(GENESIS_SECONDS + 5))).to.have.property(
      "code",
      "chain.unavailable",
    );
  });
});
