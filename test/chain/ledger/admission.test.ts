import { expect } from "chai";
import { Transaction, Wallet } from "ethers";
import { createAdmission } from "../../../src/chain/ledger/admission.ts";
import { type Engine, startEngine, TRANSACTION_GAS_CAP } from "../../../src/chain/ledger/engine.ts";
import { classifyRefusal } from "../../../src/chain/sending/nodeErrors.ts";
import { createSigner, GENESIS_SECONDS } from "./ledgerFixture.ts";

describe("the admission of transactions", () => {
  let engine: Engine;
  const signer = createSigner();
  const to = signer.address;

  before(async () => {
    engine = await startEngine(GENESIS_SECONDS);
    await engine.execute(await signer.signAs({ nonce: 0, to }), GENESIS_SECONDS);
  });
  after(() => engine.close());

  const admit = (raw: unknown, senders?: ReadonlySet<string>) => createAdmission(engine, senders).admit(raw);

  /** Bound to no chain, as before EIP-155. */
  function unprotected(): string {
    const transaction = Transaction.from({ type: 0, nonce: 0, to, gasLimit: 21_000, gasPrice: 0 });
    transaction.signature = new Wallet(Wallet.createRandom().privateKey).signingKey.sign(transaction.unsignedHash);
    return transaction.serialized;
  }

  /** r is no x coordinate of the curve. */
  async function unrecoverable(): Promise<string> {
    const transaction = Transaction.from(await signer.signAs({ nonce: 1, to }));
    transaction.signature = { r: `0x${"0".repeat(63)}5`, s: `0x${"0".repeat(63)}1`, v: 27 };
    return transaction.serialized;
  }

  const sized = (bytes: number) => `0xf9${"00".repeat(bytes - 1)}`;
  const evenHex = "rlp: the transaction must be 0x and an even number of hex digits";
  const cases: readonly (readonly [what: string, raw: () => unknown, reason: string, message: string])[] = [
    ["no text", () => 7, "malformed", evenHex],
    ["half a byte", () => "0x123", "malformed", evenHex],
    ["no bytes", () => "0x", "malformed", evenHex],
    ["digits after a line", () => "\n0xc0", "malformed", evenHex],
    ["digits and more", () => "0xc0zz", "malformed", evenHex],
    ["another prefix", () => "1xc0", "malformed", evenHex],
    ["no transaction", () => "0xc0", "malformed", "rlp: not a signed transaction"],
    ["the largest number of bytes", () => sized(131_072), "malformed", "rlp: not a signed transaction"],
    ["one byte more", () => sized(131_073), "oversized", "oversized data: limit 131072 bytes"],
    ["a blob", () => `0x03${"00".repeat(40)}`, "type_not_served", "transaction type not supported"],
    ["type 0 in an envelope", () => `0x00${"00".repeat(40)}`, "type_not_served", "transaction type not supported"],
    ["type 0x7f", () => `0x7f${"00".repeat(40)}`, "type_not_served", "transaction type not supported"],
    ["no envelope", () => `0x80${"00".repeat(40)}`, "malformed", "rlp: not a signed transaction"],
    [
      "an unsigned one",
      async () => Transaction.from(await signer.signAs({ nonce: 1, to })).unsignedSerialized,
      "malformed",
      "rlp: not the canonical encoding of a signed transaction",
    ],
    ["no chain", unprotected, "unprotected", "only replay-protected (EIP-155) transactions allowed over RPC"],
    [
      "another chain",
      () => signer.signAs({ nonce: 1, to, chainId: 1 }),
      "wrong_chain",
      "invalid chain id for signer: have 1",
    ],
    [
      "too much gas",
      () => signer.signAs({ nonce: 1, to, gasLimit: TRANSACTION_GAS_CAP + 1 }),
      "gas_above_cap",
      `exceeds block gas limit: cap ${TRANSACTION_GAS_CAP}`,
    ],
    ["nobody's signature", unrecoverable, "bad_signature", "invalid sender: the signature recovers to nobody"],
    ["a gap", () => signer.signAs({ nonce: 3, to }), "nonce_too_high", "nonce too high: next nonce 1, tx nonce 3"],
    [
      "a used nonce",
      () => signer.signAs({ nonce: 0, to, data: "0x01" }),
      "nonce_too_low",
      "nonce too low: next nonce 1, tx nonce 0",
    ],
    ["the same bytes", () => signer.signAs({ nonce: 0, to }), "already_known", "already known"],
  ];
  for (const [what, raw, reason, message] of cases) {
    it(`refuses ${what}, in words that clients understand`, async () => {
      expect(await admit(await raw())).to.deep.equal({ kind: "refused", reason, message });
      expect(classifyRefusal({ code: -32_000, message })).to.not.equal("unknown");
    });
  }

  it("refuses any amount of ether, in whichever field", async () => {
    const priced = { gasPrice: null, type: 2, maxFeePerGas: 0, maxPriorityFeePerGas: 0 } as const;
    for (const values of [{ value: 1 }, { gasPrice: 1 }, { ...priced, maxFeePerGas: 1 }]) {
      const raw = await signer.signAs({ nonce: 1, to, ...values });
      expect(await admit(raw)).to.deep.equal({
        kind: "refused",
        reason: "no_funds",
        message: "insufficient funds for gas * price + value: this ledger has no ether, send both as 0",
      });
    }
    expect(await admit(await signer.signAs({ nonce: 1, to, ...priced }))).to.include({ kind: "admitted" });
  });

  it("admits all the gas that a transaction may have, and digits in upper case", async () => {
    const raw = await signer.signAs({ nonce: 1, to, gasLimit: TRANSACTION_GAS_CAP });
    const { hash } = Transaction.from(raw);
    expect(await admit(raw)).to.deep.equal({ kind: "admitted", raw, hash });
    expect(await admit(`0x${raw.slice(2).toUpperCase()}`)).to.deep.equal({ kind: "admitted", raw, hash });
  });

  it("counts the nonces of what it admitted, sender by sender", async () => {
    const admission = createAdmission(engine);
    const other = createSigner();
    for (const [one, nonce, expected] of [
      [signer, 1, "admitted"],
      [other, 0, "admitted"],
      [signer, 2, "admitted"],
      [signer, 2, "refused"],
      [other, 2, "refused"],
      [other, 1, "admitted"],
    ] as const) {
      const answer = await admission.admit(await one.signAs({ nonce, to }));
      expect(answer.kind, `${nonce}`).to.equal(expected);
    }
  });

  it("admits the senders of its list only, when it has one", async () => {
    const raw = await signer.signAs({ nonce: 1, to });
    expect(await admit(raw, new Set([signer.address.toLowerCase()]))).to.include({ kind: "admitted" });
    expect(await admit(raw, new Set())).to.deep.equal({
      kind: "refused",
      reason: "sender_not_admitted",
      message: "the sender is not admitted to this ledger",
    });
  });
});
