import { expect } from "chai";
import type * as z from "zod";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { EntryLimitView, PostingView } from "../../../src/features/deposits/queries.ts";
import type { FrozenView } from "../../../src/features/enforcement/queries.ts";
import { daySeconds, describeGateway, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });
const reason = "Order 17/2026 of the court";

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

interface Account {
  readonly token: string;
  readonly bank: number;
  readonly balance: unknown;
  readonly frozen: unknown;
}

describeGateway("What a bank does to its money in others' hands", (fixture) => {
  let bank: TestBank;
  let holder: TestParty;
  let other: TestParty;

  before(async () => {
    const { system } = fixture;
    bank = await system.bank();
    holder = await system.party({ roles: ["merchant"] });
    other = await system.party({ roles: ["merchant"] });
    await system.deposit(bank, holder, "100.00");
  });

  const codeOf = async (party: TestParty, path: string, body: object) =>
    (await fixture.system.as(party.maker).post<{ code: string }>(path, body)).body.code;
  const account = async (party: TestParty, source = "index") => {
    const { body } = await fixture.system.as(party.maker).get<Page<Account>>(`/v1/accounts?source=${source}`);
    return body.items.find((one) => one.bank === bank.id);
  };
  const frozenHolders = async () => {
    const reply = await fixture.system.as(bank.maker).get<Page<z.infer<typeof FrozenView>>>("/v1/frozen-money");
    return reply.body.items.map((one) => [one.holder.participantId, one.balance, one.frozen]);
  };
  const eventsOf = async (party: TestParty, type: string) => {
    const path = `/v1/events?subject=${(await account(party))?.token}&limit=100`;
    const { body } = await fixture.system.as(party.maker).get<Page<{ type: string; data: object }>>(path);
    return body.items.filter((event) => event.type === type).map(({ data }) => data);
  };

  it("is frozen with a reason by two of its people, and shows on the holder's balance", async () => {
    const { system } = fixture;
    const body = { holder: holder.id, money: euro("70.00"), reason };
    const proposed = await system.as(bank.maker).post<ActReply>("/v1/frozen-money", body);
    expect(proposed.body.status).to.equal("awaiting_approval");
    await system.act(bank, "/v1/frozen-money", body);
    for (const source of ["index", "ledger"]) {
      const found = await account(holder, source);
      expect([found?.balance, found?.frozen], source).to.deep.equal([euro("100.00"), euro("70.00")]);
    }
    expect(await frozenHolders()).to.deep.equal([[holder.id, euro("100.00"), euro("70.00")]]);
    const [frozen] = await eventsOf(holder, "deposit.frozen");
    expect(frozen).to.deep.include({ was: "0", isNow: "7000" });
    expect(JSON.stringify(frozen), "the ledger has no words").not.to.contain("court");
    const redemption = { bank: bank.id, money: euro("30.01"), reference: "too much" };
    expect(await codeOf(holder, "/v1/redemptions", redemption)).to.equal("deposit.frozen");
  });

  it("is moved by force, unfrozen money first, and then so much less is frozen", async () => {
    const { system } = fixture;
    await system.act(bank, "/v1/forced-transfers", { from: holder.id, to: other.id, money: euro("60.00"), reason });
    expect([(await account(holder))?.balance, (await account(holder))?.frozen]).to.deep.equal([
      euro("40.00"),
      euro("40.00"),
    ]);
    expect((await account(other))?.balance).to.deep.equal(euro("60.00"));
    for (const party of [holder, other, bank]) {
      if (party !== bank) expect(await eventsOf(party, "deposit.forced")).to.have.length(1);
    }
    const toOneself = { from: holder.id, to: holder.id, money: euro("1.00"), reason };
    expect(await codeOf(bank, "/v1/forced-transfers", toOneself)).to.equal("enforcement.not_to_oneself");
    const tooMuch = { ...toOneself, to: other.id, money: euro("40.01") };
    expect(await codeOf(bank, "/v1/forced-transfers", tooMuch)).to.equal("deposit.insufficient");
  });

  it("is free again when the bank says so", async () => {
    const { system } = fixture;
    await system.act(bank, "/v1/frozen-money", { holder: holder.id, money: euro("0.00"), reason: "Lifted." });
    expect((await account(holder))?.frozen).to.deep.equal(euro("0.00"));
    expect(await frozenHolders()).to.deep.equal([]);
  });

  it("is touched by the bank alone, and never without a reason", async () => {
    const { system } = fixture;
    const body = { holder: holder.id, money: euro("1.00"), reason };
    expect((await system.as(holder.maker).post("/v1/frozen-money", body)).status).to.equal(403);
    expect((await system.as(holder.maker).get("/v1/frozen-money")).status).to.equal(403);
    expect((await system.as(bank.maker).post("/v1/frozen-money", { ...body, reason: " " })).status).to.equal(400);
    const unknown = { ...body, holder: 9_999 };
    expect((await system.as(bank.maker).post("/v1/frozen-money", unknown)).status).to.equal(404);
    const dollars = { ...body, money: { amount: "1.00", currency: "USD" } };
    expect(await codeOf(bank, "/v1/frozen-money", dollars)).to.equal("token.currency_unknown");
  });

  it("is taken back where an entry was wrong: whole, once, and named on the statement", async () => {
    const { system } = fixture;
    const entry = { to: other.id, money: euro("5.00"), reference: "WRONG-1" };
    await system.act(bank, "/v1/deposits", entry);
    const reversal = { ...entry, contraReference: "CONTRA-1" };
    const path = "/v1/deposits/reversals";
    expect(await codeOf(bank, path, { ...reversal, money: euro("4.99") })).to.equal("entry.unknown");
    await system.act(bank, path, reversal);
    expect((await account(other))?.balance).to.deep.equal(euro("60.00"));
    const statement = `/v1/accounts/${(await account(other))?.token}/statement?limit=100`;
    const { body } = await system.as(other.maker).get<Page<PostingView>>(statement);
    expect(body.items.at(-1)).to.deep.include({ amount: euro("-5.00"), ground: "reversal" });
    expect(await codeOf(bank, path, { ...reversal, contraReference: "CONTRA-2" })).to.equal("entry.reversed_before");
    const spent = { to: other.id, money: euro("6.00"), reference: "WRONG-2" };
    await system.act(bank, "/v1/deposits", spent);
    await system.act(bank, "/v1/frozen-money", { holder: other.id, money: euro("61.00"), reason });
    expect(await codeOf(bank, path, { ...spent, contraReference: "CONTRA-3" })).to.equal("entry.not_free");
    expect((await system.as(other.maker).post(path, reversal)).status).to.equal(403);
  });

  it("is created by its own entries within a limit of a day, which falls at once and rises after a day", async () => {
    const { system } = fixture;
    const limits = async () =>
      (await system.as(bank.maker).get<{ items: z.infer<typeof EntryLimitView>[] }>("/v1/entry-limits")).body.items[0];
    expect((await limits())?.limit).to.deep.equal(euro("1000000000000.00"));
    await system.act(bank, "/v1/entry-limits", { money: euro("50.00") });
    const entry = { to: other.id, money: euro("50.01"), reference: "LIMIT-1" };
    expect(await codeOf(bank, "/v1/deposits", entry)).to.equal("entry.limit_exceeded");
    await system.act(bank, "/v1/entry-limits", { money: euro("80.00") });
    const waiting = await limits();
    expect([waiting?.limit, waiting?.raisedTo]).to.deep.equal([euro("50.00"), euro("80.00")]);
    expect(await codeOf(bank, "/v1/deposits", entry)).to.equal("entry.limit_exceeded");
    // What was entered before flows back too, at the rate of the limit of its time.
    await system.moveTo(Date.parse(waiting?.raisedAt ?? "") / 1_000 + daySeconds);
    await system.act(bank, "/v1/deposits", entry);
    const raised = await limits();
    expect([raised?.limit, raised?.raisedTo, raised?.raisedAt]).to.deep.equal([euro("80.00"), null, null]);
    expect((await system.as(other.maker).get("/v1/entry-limits")).status).to.equal(403);
    const huge = { currency: "EUR", entryLimitMinor: String(2n ** 128n) };
    expect((await system.as(bank.maker).post("/v1/deposit-tokens", huge)).status).to.equal(400);
  });
});
