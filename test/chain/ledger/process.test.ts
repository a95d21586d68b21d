import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import { lockJournal } from "../../../src/chain/ledger/journalLock.ts";
import { type LedgerProcess, type LedgerProcessOptions, startLedger } from "../../../src/chain/ledger/spawn.ts";
import { createClock } from "../../../src/shared/clock.ts";
import { type Context, silentLogger } from "../../../src/shared/context.ts";
import { AppError } from "../../../src/shared/errors.ts";
import { createShutdown } from "../../../src/shared/shutdown.ts";
import { call, contracts, createSigner, GENESIS_SECONDS, mine, openTestLedger, withDataDir } from "./ledgerFixture.ts";

const TSX = import.meta.resolve("tsx");
const DAY = 86_400;

function fileBeside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function hashOf(ledger: LedgerProcess, block: string): Promise<string> {
  const { result } = await call(ledger.url, "eth_getBlockByNumber", [block, false]);
  return (result as { hash: string }).hash;
}

async function send(ledger: LedgerProcess, raw: string): Promise<unknown> {
  const { result, error } = await call(ledger.url, "eth_sendRawTransaction", [raw]);
  if (error !== undefined) throw new Error(error.message);
  return result;
}

describe("The ledger's own process", () => {
  let context: Context;

  beforeEach(() => {
    context = { logger: silentLogger, clock: createClock(), shutdown: createShutdown() };
  });

  afterEach(async () => {
    expect(await context.shutdown.close()).to.deep.equal([]);
  });

  function start(dataDir: string, options: Partial<LedgerProcessOptions> = {}): Promise<LedgerProcess> {
    return startLedger({ context, dataDir, genesisSeconds: GENESIS_SECONDS, ...options });
  }

  it("gives the same hashes after a restart, and business time goes on from where it was moved", () =>
    withDataDir(async (dataDir) => {
      const first = await start(dataDir);
      const signer = createSigner();
      for (let count = 0; count < 3; count += 1) await send(first, await signer.sign());
      const { offsetSeconds } = await first.moveClockTo(GENESIS_SECONDS + 30 * DAY);
      expect(first.offsetSeconds()).to.equal(offsetSeconds);
      await send(first, await signer.sign());
      const head = await hashOf(first, "0x4");
      await first.stop();
      expect(await first.exited).to.deep.equal({ code: 0, signal: null, wasAsked: true });

      const second = await start(dataDir, { genesisSeconds: 1 });
      expect(second.pid).not.to.equal(first.pid);
      expect(await hashOf(second, "latest")).to.equal(head);
      expect(second.offsetSeconds()).to.equal(offsetSeconds);
    }));

  it("moves its clock forward only", () =>
    withDataDir(async (dataDir) => {
      const ledger = await start(dataDir);
      const { offsetSeconds } = await ledger.moveClockTo(GENESIS_SECONDS + DAY);
      const outcome = await ledger.moveClockTo(GENESIS_SECONDS).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(AppError).with.property("code", "clock.backwards");
      expect(ledger.offsetSeconds()).to.equal(offsetSeconds);
    }));

  for (const place of ["ledger.journalled", "ledger.executed"] as const) {
    it(`killed at ${place} has the transaction exactly once after a restart`, () =>
      withDataDir(async (dataDir) => {
        const signer = createSigner();
        const counter = getCreateAddress({ from: signer.address, nonce: 0 });
        const raws = [await signer.sign({ to: null, data: contracts.counter }), await signer.sign({ to: counter })];
        const doomed = await start(dataDir, { failpoint: `${place}:2` });
        await send(doomed, raws[0] ?? "");
        const outcome = await send(doomed, raws[1] ?? "").catch((error: unknown) => error);
        expect(outcome).to.be.instanceOf(Error);
        expect(await doomed.exited).to.deep.equal({ code: null, signal: "SIGKILL", wasAsked: false });
        const moved = await doomed.moveClockTo(GENESIS_SECONDS + DAY).catch((error: unknown) => error);
        expect(moved).to.be.instanceOf(AppError).with.property("code", "chain.unavailable");

        const restarted = await start(dataDir);
        expect((await call(restarted.url, "eth_blockNumber")).result).to.equal("0x2");
        const { result } = await call(restarted.url, "eth_getStorageAt", [counter, "0x0", "latest"]);
        expect(Number(result)).to.equal(1);
        const again = await call(restarted.url, "eth_sendRawTransaction", [raws[1]]);
        expect(again.error?.data).to.deep.include({ reason: "already_known" });
        const head = await hashOf(restarted, "latest");
        await restarted.stop();
        expect(await hashOf(await start(dataDir), "latest")).to.equal(head);
      }));
  }

  it("takes no failpoint from its parent's environment", () =>
    withDataDir(async (dataDir) => {
      process.env["HANSA_FAILPOINT"] = "ledger.journalled";
      try {
        const ledger = await start(dataDir);
        await send(ledger, await createSigner().sign());
      } finally {
        delete process.env["HANSA_FAILPOINT"];
      }
    }));

  it("survives Ctrl-C, which reaches the whole group, and ends when it is told to", () =>
    withDataDir(async (dataDir) => {
      const ledger = await start(dataDir);
      process.kill(ledger.pid, "SIGINT");
      await send(ledger, await createSigner().sign());
      await Promise.all([ledger.stop(), ledger.stop()]);
      expect(await ledger.exited).to.deep.equal({ code: 0, signal: null, wasAsked: true });
    }));

  it("says why it does not start", () =>
    withDataDir(async (dataDir) => {
      const ledger = await start(dataDir);
      await send(ledger, await createSigner().sign());
      await ledger.stop();
      const path = join(dataDir, "ledger.journal");
      const journal = await readFile(path);
      journal.writeUInt8(journal.readUInt8(30) ^ 1, 30);
      await writeFile(path, journal);
      const outcome = await start(dataDir).catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(AppError).with.property("code", "ledger.journal_corrupt");
      expect(await readFile(path)).to.deep.equal(journal);
    }));

  it("is the only one that writes its journal, also while it stands still and nobody owns the folder", () =>
    withDataDir(async (dataDir) => {
      const ledger = await start(dataDir);
      process.kill(ledger.pid, "SIGSTOP");
      const other = await lockJournal(dataDir, { waitMs: 0 }).catch((error: unknown) => error);
      expect(other).to.be.instanceOf(AppError).with.property("code", "ledger.still_running");
      process.kill(ledger.pid, "SIGKILL");
      await ledger.exited;
      const lock = await lockJournal(dataDir, { waitMs: 0 });
      const second = start(dataDir);
      lock.release();
      expect((await call((await second).url, "eth_blockNumber")).result).to.equal("0x0");
    }));

  it("ends when its parent is killed", () =>
    withDataDir(async (dataDir) => {
      const args = ["--import", TSX, fileBeside("./parentProcess.ts"), dataDir, String(GENESIS_SECONDS)];
      const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      const [url] = (await once(createInterface(parent.stdout), "line")) as [string];
      expect((await call(url, "eth_blockNumber")).result).to.equal("0x0");
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      await once(socket, "connect");
      const ended = once(socket, "close");
      socket.resume();
      parent.kill("SIGKILL");
      await ended;
    }));

  describe("ends when the channel closes", () => {
    const children: ChildProcess[] = [];
    const entry = fileURLToPath(new URL("../../../src/chain/ledger/process.ts", import.meta.url));

    function forkEntry(dataDir: string): ChildProcess {
      const args = ["--data", dataDir, "--genesis", String(GENESIS_SECONDS)];
      const child = fork(entry, args, { execArgv: ["--import", TSX], stdio: ["ignore", "ignore", "inherit", "ipc"] });
      children.push(child);
      return child;
    }

    afterEach(() => {
      for (const child of children.splice(0)) child.kill("SIGKILL");
    });

    it("before it has loaded", () =>
      withDataDir(async (dataDir) => {
        const child = forkEntry(dataDir);
        const exited = once(child, "exit");
        child.disconnect();
        expect(await exited).to.deep.equal([0, null]);
      }));

    it("in the middle of a replay", () =>
      withDataDir(async (dataDir) => {
        const { ledger, file } = await openTestLedger();
        const signer = createSigner();
        for (let count = 0; count < 1_200; count += 1) await mine(ledger, await signer.sign());
        await ledger.close();
        await writeFile(join(dataDir, "ledger.journal"), file.content());
        const child = forkEntry(dataDir);
        const exited = once(child, "exit");
        const [message] = await once(child, "message");
        expect(message).to.deep.include({ type: "progress" });
        child.disconnect();
        expect(await exited).to.deep.equal([0, null]);
      }));
  });
});
