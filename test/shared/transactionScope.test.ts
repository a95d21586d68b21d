import { exec } from "node:child_process";
import { createHash, generateKeyPair, pbkdf2, randomBytes, randomUUID, scrypt, sign, webcrypto } from "node:crypto";
import { lookup } from "node:dns";
import { readFile } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { gzip } from "node:zlib";
import { expect } from "chai";
import { createSignal } from "../../src/shared/signal.ts";
import {
  assertOutsideTransaction,
  isInsideTransaction,
  runInsideTransaction,
} from "../../src/shared/transactionScope.ts";

async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await runInsideTransaction(work);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "none";
}

describe("a transaction contains SQL and nothing else", () => {
  let server: Server;
  let url = "";
  let port = 0;

  before(async () => {
    server = createServer((_request, response) => response.end("answer"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    url = `http://127.0.0.1:${port}`;
    // A connection that is open already, for the next request.
    await (await fetch(url)).text();
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const subtle = webcrypto.subtle;
  const waits: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ["reading a file", "a file", () => promisify(readFile)(import.meta.filename)],
    ["writing a file", "a file", () => writeFile("/dev/null", "x")],
    ["opening a file", "a file", async () => (await open("/dev/null")).close()],
    ["a request on an open connection", "the network", async () => (await fetch(url)).text()],
    [
      "a new connection",
      "the network",
      () => new Promise((resolve) => connect(port, "127.0.0.1", () => resolve(0)).end()),
    ],
    ["asking for a name", "the network", () => promisify(lookup)("localhost")],
    ["another process", "another process", () => promisify(exec)("true")],
    [
      "another thread",
      "another thread",
      () => new Promise((resolve) => new Worker("", { eval: true }).on("exit", resolve)),
    ],
    ["compression", "compression", () => promisify(gzip)("x")],
    ["a key from a password (scrypt)", "a key", () => promisify(scrypt)("password", "salt", 32)],
    ["a key from a password (pbkdf2)", "a key", () => promisify(pbkdf2)("password", "salt", 1, 32, "sha256")],
    ["a new key", "a key", () => promisify(generateKeyPair)("ed25519")],
    ["a signature", "a key", async () => promisify(sign)(null, Buffer.from("x"), (await key).privateKey)],
    ["WebCrypto", "a key", () => subtle.digest("SHA-256", new Uint8Array(1))],
  ];
  const key = promisify(generateKeyPair)("ed25519");

  for (const [what, wait, begin] of waits) {
    it(`fails for ${what}, and outside there is no objection`, async () => {
      expect(await failureOf(begin)).to.equal(`invariant: a wait for ${wait} inside a database transaction`);
      await begin();
      // Neither for what was begun and not waited for.
      expect(await failureOf(async () => void begin())).to.include(wait);
    });
  }

  it("throws at once where a wait is known, and lets nobody wait for a wake-up", async () => {
    expect(await failureOf(async () => assertOutsideTransaction("a call"))).to.equal(
      "invariant: a call inside a database transaction",
    );
    expect(await failureOf(() => createSignal().next(1))).to.include("waiting for a signal");
  });

  it("has no objection to what SQL needs: promises, time and computing", async () => {
    const work = async () => {
      await delay(1);
      await new Promise((resolve) => setImmediate(resolve));
      for (let n = 0; n < 300; n += 1) randomUUID();
      randomBytes(32);
      return createHash("sha256").update("x").digest("hex");
    };
    expect(await failureOf(work)).to.equal("none");
  });

  it("keeps the work's own error, and each of two transactions at once its own waits", async () => {
    const own = failureOf(async () => {
      await writeFile("/dev/null", "x");
      throw new Error("refused");
    });
    const other = failureOf(() => delay(5));
    expect(await Promise.all([own, other])).to.deep.equal(["refused", "none"]);
  });

  it("is over at its end also for what it began", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    await runInsideTransaction(() => {
      expect(isInsideTransaction()).to.equal(true);
      setImmediate(() => resolve(isInsideTransaction()));
      return Promise.resolve();
    });
    expect(await promise).to.equal(false);
  });
});
