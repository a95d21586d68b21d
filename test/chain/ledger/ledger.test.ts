import { expect } from "chai";
import { getCreateAddress, Transaction, Wallet } from "ethers";
import { TRANSACTION_GAS_CAP } from "../../../src/chain/ledger/engine.ts";
import { answer } from "../../../src/chain/ledger/methods.ts";
import { AppError } from "../../../src/shared/errors.ts";
import {
  ask,
  contracts,
  createSigner,
  GENESIS_SECONDS,
  mine,
  openTestLedger,
  type TestLedger,
} from "./ledgerFixture.ts";

const DAY = 86_400;

/** Returns the two words of the clock contract: block.timestamp and block.number, as a call sees them. */
async function seen(test: TestLedger, to: string, block?: string): Promise<{ timestamp: number; number: number }> {
  const params = block === undefined ? [{ to }] : [{ to }, block];
  const outcome = await answer(test.ledger, { id: 1, method: "eth_call", params });
  const words = String(outcome.ok ? outcome.result : outcome.error.message);
  return { timestamp: Number(`0x${words.slice(2, 66)}`), number: Number(`0x${words.slice(66)}`) };
}

async function latest(
  test: TestLedger,
): Promise<{ timestamp: number; number: number; baseFee: number; gasUsed: number }> {
  const block = (await ask(test.ledger, "eth_getBlockByNumber", ["latest", false])) as Record<string, string>;
  return {
    timestamp: Number(block["timestamp"]),
    number: Number(block["number"]),
    baseFee: Number(block["baseFeePerGas"]),
    gasUsed: Number(block["gasUsed"]),
  };
}

async function receiptOf(test: TestLedger, hash: string): Promise<Record<string, string>> {
  return (await ask(test.ledger, "eth_getTransactionReceipt", [hash])) as Record<string, string>;
}

describe("The embedded ledger", () => {
  let test: TestLedger;

  beforeEach(async () => {
    test = await openTestLedger();
  });

  afterEach(() => test.ledger.close());

  it("mines a transaction of an account that has no money, one block for each", async () => {
    const signer = createSigner();
    expect(await ask(test.ledger, "eth_getBalance", [signer.address, "latest"])).to.equal("0x0");
    for (const number of [1, 2, 3]) {
      const mined = await mine(test.ledger, await signer.sign());
      expect(mined.blockNumber).to.equal(number);
      expect(await receiptOf(test, mined.hash)).to.include({ status: "0x1", blockHash: mined.blockHash });
    }
  });

  it("has no account, no well-known balance and nothing unlocked", async () => {
    expect(await ask(test.ledger, "eth_accounts")).to.deep.equal([]);
    const wellKnown = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    expect(await ask(test.ledger, "eth_getBalance", [wellKnown, "latest"])).to.equal("0x0");
  });

  it("mines a transaction that reverts, with status 0", async () => {
    const signer = createSigner();
    const to = signer.nextContract();
    await mine(test.ledger, await signer.sign({ to: null, data: contracts.reverting }));
    const { hash } = await mine(test.ledger, await signer.sign({ to }));
    expect((await receiptOf(test, hash))["status"]).to.equal("0x0");
  });

  it("keeps a revert's data in the error of a simulation, so that a custom error can be decoded", async () => {
    const signer = createSigner();
    const to = signer.nextContract();
    await mine(test.ledger, await signer.sign({ to: null, data: contracts.reverting }));
    for (const method of ["eth_call", "eth_estimateGas"]) {
      const outcome = await answer(test.ledger, { id: 1, method, params: [{ to }] });
      expect(outcome).to.deep.include({ ok: false });
      expect(outcome).to.have.nested.include({ "error.code": 3, "error.data": "0xdeadbeef" });
    }
  });

  it("keeps the base fee at zero over blocks as full as one transaction can make them", async () => {
    const signer = createSigner();
    const to = signer.nextContract();
    await mine(test.ledger, await signer.sign({ to: null, data: contracts.burner }));
    for (let count = 0; count < 8; count += 1) {
      await mine(test.ledger, await signer.sign({ to, gasLimit: TRANSACTION_GAS_CAP }));
      expect(await latest(test)).to.include({ baseFee: 0, gasUsed: TRANSACTION_GAS_CAP });
    }
    const { hash } = await mine(test.ledger, await signer.sign());
    expect((await receiptOf(test, hash))["effectiveGasPrice"]).to.equal("0x0");
  });

  describe("keeps business time", () => {
    it("in every block: wall time plus offset, not one second more for each block", async () => {
      const signer = createSigner();
      for (let count = 0; count < 5; count += 1) await mine(test.ledger, await signer.sign());
      expect((await latest(test)).timestamp).to.equal(GENESIS_SECONDS);
      test.clock.advanceMs(90_500);
      await mine(test.ledger, await signer.sign());
      expect((await latest(test)).timestamp).to.equal(GENESIS_SECONDS + 90);
    });

    it("in a simulation on an idle ledger: what execution now would see", async () => {
      const signer = createSigner();
      const to = signer.nextContract();
      await mine(test.ledger, await signer.sign({ to: null, data: contracts.clock }));
      for (const seconds of [0, 7, 40 * DAY]) {
        test.clock.advanceMs(seconds * 1000);
        const now = { timestamp: test.ledger.businessSeconds(), number: 2 };
        expect(await seen(test, to)).to.deep.equal(now);
        expect(await seen(test, to, "latest")).to.deep.equal(now);
        expect(await seen(test, to, "pending")).to.deep.equal(now);
      }
      await mine(test.ledger, await signer.sign());
      expect((await latest(test)).timestamp).to.equal(test.ledger.businessSeconds());
    });

    it("in a simulation in a past block: that block's", async () => {
      const signer = createSigner();
      const to = signer.nextContract();
      await mine(test.ledger, await signer.sign({ to: null, data: contracts.clock }));
      test.clock.advanceMs(DAY * 1000);
      expect(await seen(test, to, "0x1")).to.deep.equal({ timestamp: GENESIS_SECONDS, number: 1 });
    });

    it("not before the parent's when the wall clock steps back", async () => {
      const signer = createSigner();
      test.clock.advanceMs(60_000);
      await mine(test.ledger, await signer.sign());
      test.clock.advanceMs(-30_000);
      await mine(test.ledger, await signer.sign());
      expect(await latest(test)).to.include({ number: 2, timestamp: GENESIS_SECONDS + 60 });
    });

    it("and moves it forward only", async () => {
      const moved = await test.ledger.moveClockTo(GENESIS_SECONDS + DAY);
      expect(moved.offsetSeconds).to.equal(test.ledger.offsetSeconds());
      expect(test.ledger.businessSeconds()).to.equal(GENESIS_SECONDS + DAY);
      const before = test.file.content();
      try {
        await test.ledger.moveClockTo(GENESIS_SECONDS + DAY - 1);
        expect.fail("a move backwards was accepted");
      } catch (error) {
        expect(error).to.be.instanceOf(AppError).with.property("code", "clock.backwards");
      }
      expect(test.ledger.businessSeconds()).to.equal(GENESIS_SECONDS + DAY);
      expect(test.file.content()).to.deep.equal(before);
    });
  });

  describe("refuses before the journal", () => {
    const signer = createSigner();

    async function expectRefusal(raw: unknown, reason: string): Promise<void> {
      const before = test.file.content();
      const submission = await test.ledger.submit(raw);
      expect(submission).to.include({ kind: "refused", reason });
      expect(test.file.content()).to.deep.equal(before);
    }

    it("a nonce that is used or that leaves a gap", async () => {
      await mine(test.ledger, await signer.signAs({ nonce: 0, to: signer.address }));
      await expectRefusal(await signer.signAs({ nonce: 0, to: signer.address, data: "0x01" }), "nonce_too_low");
      await expectRefusal(await signer.signAs({ nonce: 2, to: signer.address }), "nonce_too_high");
    });

    it("the same bytes again, and says that it knows them", async () => {
      const raw = await signer.signAs({ nonce: 0, to: signer.address });
      await mine(test.ledger, raw);
      await expectRefusal(raw, "already_known");
    });

    it("another chain id, and a transaction bound to no chain", async () => {
      await expectRefusal(await signer.signAs({ nonce: 0, to: signer.address, chainId: 1 }), "wrong_chain");
      const unprotected = Transaction.from({ type: 0, nonce: 0, to: signer.address, gasLimit: 21_000, gasPrice: 0 });
      unprotected.signature = new Wallet(Wallet.createRandom().privateKey).signingKey.sign(unprotected.unsignedHash);
      await expectRefusal(unprotected.serialized, "unprotected");
    });

    it("a signature that is missing or that no key can have made", async () => {
      const signed = Transaction.from(await signer.signAs({ nonce: 0, to: signer.address }));
      await expectRefusal(signed.unsignedSerialized, "malformed");
      // r is no x coordinate of the curve.
      signed.signature = { r: `0x${"0".repeat(63)}5`, s: `0x${"0".repeat(63)}1`, v: 27 };
      await expectRefusal(signed.serialized, "bad_signature");
    });

    it("what is no transaction, and one that is too large", async () => {
      for (const raw of [undefined, 7, "", "0x", "0xzz", "0xc0", `0x02${"00".repeat(9)}`]) {
        await expectRefusal(raw, "malformed");
      }
      const signed = await signer.signAs({ nonce: 0, to: signer.address });
      await expectRefusal(`${signed}00`, "malformed");
      await expectRefusal(`0xf9${"00".repeat(131_072)}`, "oversized");
    });

    it("a type that is not served, gas above the cap, and any amount of ether", async () => {
      await expectRefusal(`0x03${"00".repeat(40)}`, "type_not_served");
      const to = signer.address;
      await expectRefusal(await signer.signAs({ nonce: 0, to, gasLimit: TRANSACTION_GAS_CAP + 1 }), "gas_above_cap");
      await expectRefusal(await signer.signAs({ nonce: 0, to, value: 1 }), "no_funds");
      await expectRefusal(await signer.signAs({ nonce: 0, to, gasPrice: 1 }), "no_funds");
    });
  });

  it("marks as void what only the engine could refuse, and goes on", async () => {
    const signer = createSigner();
    const tooLittleGas = await signer.signAs({ nonce: 0, to: signer.address, gasLimit: 20_000 });
    const rest = [await signer.sign(), await signer.sign()];
    expect(await test.ledger.submit(tooLittleGas)).to.include({ kind: "refused", reason: "engine" });
    for (const raw of rest) await mine(test.ledger, raw);
    const again = await openTestLedger({ file: test.file });
    expect(await latest(again)).to.include({ number: 2 });
  });

  it("accepts the other transaction types without a price", async () => {
    const signer = createSigner();
    const { hash } = await mine(test.ledger, await signer.sign({ type: 1, accessList: [] }));
    const fees = { type: 2, maxFeePerGas: 0, maxPriorityFeePerGas: 0 };
    const wallet = new Wallet(Wallet.createRandom().privateKey);
    const raw = await wallet.signTransaction({
      ...fees,
      chainId: 61337,
      nonce: 0,
      gasLimit: 100_000,
      to: wallet.address,
    });
    expect((await receiptOf(test, hash))["type"]).to.equal("0x1");
    expect((await receiptOf(test, (await mine(test.ledger, raw)).hash))["type"]).to.equal("0x2");
  });

  it("takes transactions that wait together in order, with two syncs for all of them", async () => {
    const signer = createSigner();
    const counter = getCreateAddress({ from: signer.address, nonce: 0 });
    const raws = [await signer.sign({ to: null, data: contracts.counter })];
    for (let count = 0; count < 99; count += 1) raws.push(await signer.sign({ to: counter }));
    const before = test.file.operations();
    const mined = await Promise.all(raws.map((raw) => mine(test.ledger, raw)));
    expect(mined.map(({ blockNumber }) => blockNumber)).to.deep.equal(raws.map((_, index) => index + 1));
    // Two writes and two syncs.
    expect(test.file.operations() - before).to.equal(4);
    expect(Number(await ask(test.ledger, "eth_getStorageAt", [counter, "0x0", "latest"]))).to.equal(99);
  });
});
