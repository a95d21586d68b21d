import { expect } from "chai";
import { keccak256, Wallet } from "ethers";
import { type Engine, startEngine } from "../../../src/chain/ledger/engine.ts";
import { contracts, GENESIS_SECONDS } from "./ledgerFixture.ts";

/** Keys and signatures that are the same in every run. */
const wallet = new Wallet(`0x${"11".repeat(32)}`);
const signed = (values: { nonce: number; to?: string; data?: string; gasLimit?: number }) =>
  wallet.signTransaction({ chainId: 61_337, type: 0, gasPrice: 0, gasLimit: 10_000_000, ...values });

describe("the engine of the ledger", () => {
  let engine: Engine;

  beforeEach(async () => {
    engine = await startEngine(GENESIS_SECONDS);
  });
  afterEach(() => engine.close().catch(() => undefined));

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("makes the blocks that it has always made: journals hold their hashes", async () => {
    const genesis = "0xb9d2041b843ca6940291fae1600568425caace1284a449fe8dac5b13da614dd8";
    expect(await engine.head()).to.deep.equal({ number: 0, hash: genesis, timestamp: GENESIS_SECONDS });
    expect(await engine.execute(await signed({ nonce: 0, to: wallet.address }), GENESIS_SECONDS + 1)).to.deep.equal({
      kind: "mined",
    });
    const first = "0x2c3deb5c34146d7fc46a3797c46db24c8d279b3ccbf431cece38cdd6d97e6f55";
    expect(await engine.head()).to.deep.equal({ number: 1, hash: first, timestamp: GENESIS_SECONDS + 1 });
    expect(
      await engine.execute(await signed({ nonce: 1, data: contracts.counter }), GENESIS_SECONDS + 1),
    ).to.deep.equal({
      kind: "mined",
    });
    const second = "0x73d57acb99e6c4f08a4a3de414951827f198121dd55d75e98a9de913a4fd4ec1";
    expect(await engine.head()).to.deep.equal({ number: 2, hash: second, timestamp: GENESIS_SECONDS + 1 });
    expect(await Promise.all([0, 1, 2, 3].map((number) => engine.blockHash(number)))).to.deep.equal([
      ...[genesis, first, second],
      undefined,
    ]);
  });

  it("finds blocks by number beyond the ninth", async () => {
    for (let nonce = 0; nonce < 11; nonce += 1) {
      await engine.execute(await signed({ nonce, to: wallet.address }), GENESIS_SECONDS);
    }
    const { number, hash } = await engine.head();
    expect(number).to.equal(11);
    expect(await engine.blockHash(11)).to.equal(hash);
    expect(await engine.blockHash(17), "not read as hex").to.equal(undefined);
  });

  it("is one chain with one number, with the rules of public networks", async () => {
    expect(await engine.request("eth_chainId", [])).to.deep.equal({ ok: true, result: "0xef99" });
    expect(await engine.request("net_version", [])).to.deep.equal({ ok: true, result: "61337" });
    // As many bytes of code as a contract may have, and one more.
    for (const [nonce, size, status] of [
      [0, "6000", "0x1"],
      [1, "6001", "0x0"],
    ] as const) {
      const raw = await signed({ nonce, data: `0x61${size}5ff3` });
      await engine.execute(raw, GENESIS_SECONDS);
      const receipt = await engine.request("eth_getTransactionReceipt", [keccak256(raw)]);
      expect(receipt).to.have.nested.property("result.status", status);
    }
  });

  it("takes half of a block's gas for a transaction, and no more", async () => {
    const raws = [30_000_001, 30_000_000].map((gasLimit) => signed({ nonce: 0, to: wallet.address, gasLimit }));
    const kinds: string[] = [];
    for (const raw of raws) kinds.push((await engine.execute(await raw, GENESIS_SECONDS)).kind);
    expect(kinds).to.deep.equal(["refused", "mined"]);
  });

  it("says what it is, reports to nobody, and prints nothing of what it does", async () => {
    delete process.env["HARDHAT_DISABLE_TELEMETRY"];
    const other = await startEngine(GENESIS_SECONDS);
    const printed: unknown[] = [];
    const { log } = console;
    console.log = (...line: unknown[]) => void printed.push(line);
    try {
      await other.execute(await signed({ nonce: 0, to: wallet.address }), GENESIS_SECONDS);
      await other.request("eth_chainId", []);
    } finally {
      console.log = log;
      await other.close();
    }
    expect(printed).to.deep.equal([]);
    expect(engine.version).to.match(/^hardhat \d+\.\d+\.\d+, edr \d+\.\d+\.\d+$/);
    expect(process.env["HARDHAT_DISABLE_TELEMETRY"]).to.equal("true");
  });

  it("gives the pending block the time that it is told, until another or a block comes", async () => {
    const pending = async () => {
      const outcome = await engine.request("eth_getBlockByNumber", ["pending", false]);
      return Number(outcome.ok && (outcome.result as { timestamp: string }).timestamp);
    };
    for (const later of [5, 5, 9, 7]) {
      await engine.prepare(GENESIS_SECONDS + later);
      expect(await pending()).to.equal(GENESIS_SECONDS + later);
    }
    await engine.execute(await signed({ nonce: 0, to: wallet.address }), GENESIS_SECONDS + 20);
    await engine.prepare(GENESIS_SECONDS + 20);
    expect(await pending()).to.equal(GENESIS_SECONDS + 20);
    await engine.execute(await signed({ nonce: 1, to: wallet.address }), GENESIS_SECONDS + 20);
    expect(await engine.head()).to.include({ number: 2, timestamp: GENESIS_SECONDS + 20 });
    expect(await failureOf(engine.prepare(GENESIS_SECONDS)))
      .to.be.instanceOf(Error)
      .with.property("message", "invariant: the engine refuses evm_setNextBlockTimestamp");
  });

  it("mines nothing when it refuses a transaction, and says why", async () => {
    const raw = await signed({ nonce: 1, to: wallet.address });
    const refused = await engine.execute(raw, GENESIS_SECONDS + 3);
    expect(refused).to.have.property("kind", "refused");
    expect(refused).to.have.property("message").that.matches(/nonce/i);
    expect(await engine.head()).to.include({ number: 0 });
  });

  it("answers what it refuses with code and words, and with data where there is some", async () => {
    const revert = await engine.request("eth_call", [{ data: "0x63deadbeef60e01b5f5260045ffd" }, "latest"]);
    expect(revert).to.deep.include({ ok: false }).and.to.have.nested.property("error.data", "0xdeadbeef");
    const malformed = await engine.request("eth_sendRawTransaction", ["0x00"]);
    expect(malformed).to.deep.equal({ ok: false, error: { code: -32_602, message: "Invalid transaction type 0." } });
  });

  it("breaks, instead of refusing, on what is no answer of the engine", async () => {
    expect(await failureOf(engine.request("eth_getBlockByNumber", [1n]))).to.be.instanceOf(TypeError);
    await engine.close();
    expect(await failureOf(engine.head())).to.be.instanceOf(Error);
    expect(await failureOf(engine.request("eth_chainId", [])))
      .to.have.property("message")
      .that.includes("closed");
  });
});
