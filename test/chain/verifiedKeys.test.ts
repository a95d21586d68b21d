import { createHash, randomUUID, verify } from "node:crypto";
import { expect } from "chai";
import { concat, hexlify, id } from "ethers";
import type { SignedApproval } from "../../src/chain/approvals.ts";
import { encodeConsent, hashConsent } from "../../src/chain/consents.ts";
import { encodeCall } from "../../src/chain/contractSet.ts";
import { encodeExecute, hashOrder, nonceFor, type Order } from "../../src/chain/orders.ts";
import { AppError } from "../../src/shared/errors.ts";
import { type DeployedChain, deadline, makeKey, openDeployedChain, send } from "./chainFixture.ts";
import { assertion, higher, makeCurveKey, presence, signPrehashed } from "./p256.ts";

const [PROPOSE, APPROVE] = [1, 2];

describe("keys without an address", () => {
  let chain: DeployedChain;
  let account: string;
  const [hardware, passkey] = [makeCurveKey(), makeCurveKey()];
  let signers: { hardware: string; passkey: string };
  const relayer = makeKey();

  before(async () => {
    chain = await openDeployedChain();
    const bank = await chain.admit(["bank"]);
    account = bank.account;
    signers = {
      hardware: concat([chain.addresses.P256Verifier, hardware.point]),
      passkey: concat([chain.addresses.WebAuthnVerifier, passkey.point]),
    };
    const added = await chain.relay(
      account,
      [addKey(signers.passkey, PROPOSE), addKey(signers.hardware, APPROVE)],
      [bank.keys.admin, bank.keys.checker],
    );
    expect(added.status).to.equal("0x1");
  });
  after(() => chain.close());

  function addKey(signer: string, purposes: number) {
    return { target: account, data: encodeCall("ParticipantAccount", "addKey", [signer, purposes]) };
  }

  /** An act that binds the bank: it makes its token. */
  function bindingOrder(): Order {
    const data = encodeCall("BankingCalendar", "publish", [79, [0n], 960, [{ from: 0, offsetMinutes: 0 }]]);
    const calls = [{ target: chain.addresses.BankingCalendar, data }];
    return { account, calls, nonce: nonceFor(randomUUID()), deadline };
  }

  const byHardware = (digest: string): SignedApproval => ({
    signer: signers.hardware,
    signature: signPrehashed(hardware, digest),
  });
  const byPasskey = (digest: string, flags?: number): SignedApproval => ({
    signer: signers.passkey,
    signature: assertion(passkey, digest, flags),
  });

  async function refusalOf(order: Order, approvals: readonly SignedApproval[]): Promise<string> {
    const call = { from: relayer.address, to: account, data: encodeExecute(order, approvals) };
    const failure: unknown = await chain.reads.simulate(call).catch((error: unknown) => error);
    return failure instanceof AppError ? failure.code : "not refused";
  }

  it("are made here as Node's own arithmetic makes them", () => {
    const message = Buffer.from("a message");
    const signature = signPrehashed(hardware, hexlify(createHash("sha256").update(message).digest()));
    const key = { key: hardware.publicKey, dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", message, key, Buffer.from(signature.slice(2), "hex"))).to.equal(true);
  });

  it("bind a bank together: a passkey proposes, a hardware module approves", async () => {
    const order = bindingOrder();
    const digest = hashOrder(order, chain.chainId);
    const data = encodeExecute(order, [byPasskey(digest), byHardware(digest)]);
    expect((await send(chain, relayer.key, { to: account, data })).status).to.equal("0x1");
  });

  it("bind nobody alone (AUTH-1)", async () => {
    const order = bindingOrder();
    const digest = hashOrder(order, chain.chainId);
    expect(await refusalOf(order, [byPasskey(digest)])).to.equal("order.not_authorised");
    expect(await refusalOf(order, [byHardware(digest)])).to.equal("order.not_authorised");
  });

  it("are refused for another order's digest, another key, a mirrored signature, and each other's verifier", async () => {
    const order = bindingOrder();
    const digest = hashOrder(order, chain.chainId);
    const [proposal, approval] = [byPasskey(digest), byHardware(digest)];
    const wrong: readonly (readonly [string, SignedApproval, SignedApproval])[] = [
      ["another digest, module", proposal, byHardware(id("another"))],
      ["another digest, passkey", byPasskey(id("another")), approval],
      ["another module", proposal, { ...approval, signature: signPrehashed(makeCurveKey(), digest) }],
      ["another passkey", { ...proposal, signature: assertion(makeCurveKey(), digest) }, approval],
      ["mirrored", proposal, { ...approval, signature: higher(approval.signature) }],
      ["empty", proposal, { ...approval, signature: "0x" }],
      ["bare bytes for a passkey", { ...proposal, signature: signPrehashed(passkey, digest) }, approval],
    ];
    for (const [what, first, second] of wrong) {
      expect(await refusalOf(order, [first, second]), what).to.equal("order.signature_invalid");
    }
  });

  it("count as passkeys only where the authenticator verified its user", async () => {
    const order = bindingOrder();
    const digest = hashOrder(order, chain.chainId);
    const unverified = byPasskey(digest, presence.present);
    expect(await refusalOf(order, [unverified, byHardware(digest)])).to.equal("order.signature_invalid");
  });

  it("consent for the account like any others", async () => {
    const hash = id("a permit");
    const digest = hashConsent({ account, chainId: chain.chainId, hash });
    const answer = (approvals: readonly SignedApproval[]) => {
      const call = { fn: "isValidSignature", args: [hash, encodeConsent(approvals)] };
      return chain.reads.read<string>("ParticipantAccount", account, call);
    };
    expect(await answer([byHardware(digest), byPasskey(digest)])).to.equal("0x1626ba7e");
    expect(await answer([byHardware(digest)])).to.equal("0xffffffff");
    expect(await answer([byHardware(hash), byPasskey(hash)])).to.equal("0xffffffff");
  });

  it("name a verifier that the registry lists, or are no keys", async () => {
    const bank = await chain.admit(["bank"]);
    const { admin, checker } = bank.keys;
    const signer = concat([chain.addresses.TradeEscrow, hardware.point]);
    const data = encodeCall("ParticipantAccount", "addKey", [signer, APPROVE]);
    expect((await chain.relay(bank.account, [{ target: bank.account, data }], [admin, checker])).status).to.equal(
      "0x0",
    );
  });
});
