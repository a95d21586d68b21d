import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { concat, Wallet } from "ethers";
import { encodeCall } from "../../../src/chain/contractSet.ts";
import { ActReply } from "../../../src/features/actReply.ts";
import type { ApiReply } from "../../fixtures/api.ts";
import { daySeconds, describeGateway, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

type Outcome = ApiReply<ActReply & { code: string; facts: Record<string, unknown> }>;

interface Domain {
  readonly domain: { name: string; version: string; chainId: number; verifyingContract: string };
  readonly types: Record<string, { name: string; type: string }[]>;
}

interface Unsigned {
  readonly mode: "all_or_nothing" | "one_by_one";
  readonly calls: readonly { readonly target: string; readonly data: string }[];
  readonly nonce: string;
  readonly deadline: number;
}

describeGateway("Orders that clients sign", (fixture) => {
  let bank: TestBank;
  let merchant: TestParty;
  const [proposer, approver, own, stranger] = [1, 2, 3, 4].map(() => Wallet.createRandom()) as unknown as [
    Wallet,
    Wallet,
    Wallet,
    Wallet,
  ];
  let lanes = 0;

  before(async () => {
    const { system } = fixture;
    bank = await system.bank();
    merchant = await system.party({ roles: ["merchant"] });
    await addKey(bank, proposer, ["propose", "administer"]);
    await addKey(bank, approver, ["approve"]);
    await addKey(merchant, own, ["operate", "administer"]);
  });

  /** The administrator proposes the key; a bank's checker approves it. */
  async function addKey(party: TestParty, key: Wallet, purposes: readonly string[]): Promise<void> {
    const { system } = fixture;
    const body = { signer: key.address.toLowerCase(), purposes };
    const proposed = await system.as(party.admin).post<ActReply>("/v1/account-keys", body, { wait: 20 });
    expect(proposed.status, proposed.text).to.equal(202);
    if (proposed.body.status !== "awaiting_approval") return;
    const approve = `/v1/approvals/${proposed.body.orderId}/approve`;
    const approved = await system.as(party.checker).post<ActReply>(approve, undefined, { wait: 20 });
    expect(approved.body.transaction?.status, approved.text).to.equal("final");
  }

  /** A threshold that concerns nothing yet: an act of which every party's account is the target. */
  function threshold({ account }: TestParty, above: number, keys = 1) {
    const values = { target: `0x${"0".repeat(40)}`, selector: "0x00000000", currency: "0x455552", keys, above };
    return { target: account, data: encodeCall("ParticipantAccount", "setThreshold", [values]) };
  }

  async function orderOf(calls: Unsigned["calls"], mode: Unsigned["mode"] = "all_or_nothing"): Promise<Unsigned> {
    lanes += 1;
    const nonce = (BigInt(lanes) << 64n).toString();
    return { mode, calls, nonce, deadline: (await fixture.system.now()) + daySeconds };
  }

  async function sign(party: TestParty, order: Unsigned, keys: readonly Wallet[]) {
    const { body } = await fixture.system.as(party.maker).get<Domain>("/v1/orders/domain");
    const { Order = [], Batch = [], Call = [] } = body.types;
    const types = order.mode === "one_by_one" ? { Batch, Call } : { Order, Call };
    const { mode: _, ...message } = order;
    return Promise.all(
      keys.map(async (key) => ({
        signer: key.address.toLowerCase(),
        signature: await key.signTypedData(body.domain, types, message),
      })),
    );
  }

  async function send(party: TestParty, order: Unsigned, keys: readonly Wallet[]): Promise<Outcome> {
    const body = { ...order, approvals: await sign(party, order, keys) };
    return fixture.system.as(party.maker).post("/v1/orders", body, { wait: 20 });
  }

  it("are executed like any act when the account's own keys signed them", async () => {
    const { status, body, text } = await send(merchant, await orderOf([threshold(merchant, 1)]), [own]);
    expect(status, text).to.equal(202);
    expect(ActReply.parse(body).transaction?.status, text).to.equal("final");
    const { items } = (
      await fixture.system
        .as(merchant.maker)
        .get<{ items: readonly { type: string; data: Record<string, unknown> }[] }>("/v1/events")
    ).body;
    const types = items.map(({ type }) => type);
    expect(types).to.include.members(["account.threshold_set", "account.order_executed"]);
    expect(items.find(({ type }) => type === "account.threshold_set")?.data).to.deep.nested.include({
      "threshold.currency": "EUR",
      "threshold.keys": 1,
      "threshold.above": "1",
    });
  });

  it("bind a bank with two keys and with nothing less (AUTH-1)", async () => {
    const order = await orderOf([threshold(bank, 2)]);
    const alone = await send(bank, order, [proposer]);
    expect([alone.status, alone.body.code]).to.deep.equal([403, "order.not_authorised"]);
    const unknown = await send(bank, order, [proposer, stranger]);
    expect([unknown.status, unknown.body.code]).to.deep.equal([403, "order.signer_unknown"]);
    const together = await send(bank, order, [approver, proposer]);
    expect(together.body.transaction?.status, together.text).to.equal("final");
  });

  it("are refused at another account, altered, late, and when they were executed before", async () => {
    const order = await orderOf([threshold(merchant, 3)]);
    const approvals = await sign(merchant, order, [own]);
    const post = (party: TestParty, body: unknown): Promise<Outcome> =>
      fixture.system.as(party.maker).post("/v1/orders", body, { wait: 20 });
    const codeOf = async (party: TestParty, body: unknown) => (await post(party, body)).body.code;
    expect(await codeOf(bank, { ...order, approvals })).to.equal("order.signer_unknown");
    expect(await codeOf(merchant, { ...order, deadline: order.deadline + 1, approvals })).to.equal(
      "order.signature_invalid",
    );
    expect(await codeOf(merchant, { ...order, mode: "one_by_one", approvals })).to.equal("order.signature_invalid");
    expect(await codeOf(merchant, { ...order, deadline: 1, approvals })).to.equal("order.expired");
    expect((await post(merchant, { ...order, approvals })).body.transaction?.status).to.equal("final");
    expect(await codeOf(merchant, { ...order, approvals })).to.equal("order.replayed");
  });

  it("one by one: what fails alone is told, and the others happen", async () => {
    const impossible = threshold(merchant, 4, 200);
    const order = await orderOf([impossible, threshold(merchant, 5)], "one_by_one");
    const { body, text } = await send(merchant, order, [own]);
    expect(body.transaction?.status, text).to.equal("final");
    const { items } = (
      await fixture.system
        .as(merchant.maker)
        .get<{ items: readonly { type: string; data: Record<string, unknown> }[] }>("/v1/events?limit=100")
    ).body;
    const failed = items.find(({ type }) => type === "account.call_failed");
    expect(failed?.data).to.include({ index: "0" });
    expect(items.filter(({ type }) => type === "account.threshold_set").at(-1)?.data).to.deep.nested.include({
      "threshold.above": "5",
    });
  });

  it("are one order for one Idempotency-Key, and are refused where a part is no such thing", async () => {
    const { system } = fixture;
    const order = await orderOf([threshold(merchant, 6)]);
    const approvals = await sign(merchant, order, [own]);
    const bad: readonly Record<string, unknown>[] = [
      { calls: [] },
      { calls: [{ target: merchant.account, data: "0x010203" }] },
      { nonce: "1e3" },
      { nonce: (1n << 256n).toString() },
      { deadline: 2 ** 48 },
      // The first second of the year 10000, which no instant can be written for.
      { deadline: 253_402_300_800 },
      { mode: "some" },
      { approvals: [] },
      { approvals: [{ signer: "0x1234", signature: "0x" }] },
      { approvals: [{ signer: concat([own.address, "0x00"]), signature: "0x" }] },
      { account: bank.account },
    ];
    for (const part of bad) {
      const reply = await system.as(merchant.maker).post("/v1/orders", { ...order, approvals, ...part });
      expect(reply.status, JSON.stringify(part)).to.equal(400);
    }
    const key = { key: randomUUID(), wait: 20 };
    const post = () => system.as(merchant.maker).post<ActReply>("/v1/orders", { ...order, approvals }, key);
    const [first, second] = [await post(), await post()];
    expect(first.status, first.text).to.equal(202);
    expect(second.body.orderId).to.equal(first.body.orderId);
    expect(second.body.transaction?.status, second.text).to.equal("final");
  });

  it("need keys that stand on the account; the last that it needs cannot be removed", async () => {
    const { system } = fixture;
    const remove = (signer: string): Promise<Outcome> =>
      system.as(merchant.admin).post("/v1/account-keys/remove", { signer }, { wait: 20 });
    const spare = Wallet.createRandom();
    expect((await remove(spare.address.toLowerCase())).body.code).to.equal("key.unknown");
    await addKey(merchant, spare as unknown as Wallet, ["operate"]);
    expect((await remove(spare.address.toLowerCase())).body.transaction?.status).to.equal("final");
    const again: Outcome = await system
      .as(merchant.admin)
      .post("/v1/account-keys", { signer: bank.account, purposes: ["operate"] });
    expect(again.body.code, "another party's account is no key").to.equal("key.signer_invalid");
  });
});
