import { expect } from "chai";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { RedemptionView } from "../../../src/features/redemptions/queries.ts";
import { daySeconds, describeGateway, instant, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

interface Account {
  readonly bank: number;
  readonly balance: unknown;
  readonly frozen: unknown;
  readonly setAside: unknown;
}

describeGateway("Redemptions", (fixture) => {
  let bank: TestBank;
  let holder: TestParty;
  let regulator: TestParty;

  before(async () => {
    const { system } = fixture;
    bank = await system.bank();
    holder = await system.party({ roles: ["merchant"] });
    regulator = await system.party({ roles: ["regulator"], country: "NL" });
    await system.deposit(bank, holder, "1000.00");
  });

  const ask = async (amount: string, reference: string) => {
    const body = { bank: bank.id, money: euro(amount), reference };
    return (await fixture.system.act(holder, "/v1/redemptions", body)).subject;
  };
  const read = async (party: TestParty, id: string) =>
    (await fixture.system.as(party.maker).get<RedemptionView>(`/v1/redemptions/${id}`)).body;
  const list = async (party: TestParty, query = "") =>
    (await fixture.system.as(party.maker).get<Page<RedemptionView>>(`/v1/redemptions${query}`)).body.items;
  const account = async (source: string) => {
    const { body } = await fixture.system.as(holder.maker).get<Page<Account>>(`/v1/accounts?source=${source}`);
    return body.items.find((one) => one.bank === bank.id);
  };

  it("set the money aside until the bank confirms that it paid, which destroys it", async () => {
    const { system } = fixture;
    const before = await system.balance(holder, bank);
    const id = await ask("100.00", "R-1");
    for (const source of ["index", "ledger"]) {
      const found = await account(source);
      expect([found?.balance, found?.setAside, found?.frozen], source).to.deep.equal([
        euro((Number(before) - 100).toFixed(2)),
        euro("100.00"),
        euro("0.00"),
      ]);
    }
    const asked = await read(bank, id);
    expect(asked).to.deep.include({
      ...{ id, money: euro("100.00"), status: "requested", overdue: false, reference: "R-1", endedAt: null },
      ...{ payoutReference: null, reason: null },
    });
    expect([asked.bank.participantId, asked.holder.participantId]).to.deep.equal([bank.id, holder.id]);
    expect(Date.parse(asked.dueAt)).to.be.greaterThan(Date.parse(asked.requestedAt) + 2 * daySeconds * 1_000);

    const path = `/v1/redemptions/${id}/confirm`;
    const proposed = await system.as(bank.maker).post<ActReply>(path, { payoutReference: "PAYOUT-1" });
    expect(proposed.body.status, "two people of the bank sign").to.equal("awaiting_approval");
    await system.act(bank, path, { payoutReference: "PAYOUT-1" });
    expect(await read(holder, id)).to.deep.include({
      ...{ status: "paid", overdue: false, payoutReference: "PAYOUT-1", reason: null },
    });
    expect((await account("index"))?.setAside).to.deep.equal(euro("0.00"));
    const events = await system.as(holder.maker).get<Page<{ type: string }>>(`/v1/events?subject=${id}`);
    expect(events.body.items.map(({ type }) => type)).to.deep.equal(["redemption.requested", "redemption.paid"]);
  });

  it("end with the money back where the bank gives it back or the holder withdraws", async () => {
    const { system } = fixture;
    const before = await system.balance(holder, bank);
    const returned = await ask("10.00", "R-back");
    await system.act(bank, `/v1/redemptions/${returned}/give-back`, { reason: "The account details are wrong." });
    expect(await read(holder, returned)).to.deep.include({
      ...{ status: "given_back", reason: "The account details are wrong.", payoutReference: null },
    });
    const withdrawn = await ask("10.00", "R-withdrawn");
    await system.act(holder, `/v1/redemptions/${withdrawn}/withdraw`);
    expect(await read(bank, withdrawn)).to.deep.include({ status: "withdrawn", reason: null });
    expect(await system.balance(holder, bank)).to.equal(before);
  });

  it("are read by holder, bank and the regulator of the bank's country, and by nobody else", async () => {
    const { system } = fixture;
    const id = await ask("1.00", "R-seen");
    for (const party of [holder, bank, regulator]) {
      expect((await read(party, id)).id).to.equal(id);
      expect((await list(party)).map((one) => one.id)).to.include(id);
    }
    const abroad = await system.party({ roles: ["regulator"], country: "SG" });
    const other = await system.party({ roles: ["merchant"] });
    for (const party of [abroad, other]) {
      expect(await list(party)).to.deep.equal([]);
      expect((await system.as(party.maker).get(`/v1/redemptions/${id}`)).status).to.equal(404);
    }
    await system.act(holder, `/v1/redemptions/${id}/withdraw`);
  });

  it("come in pages, newest first, each once", async () => {
    const { system } = fixture;
    const made = [await ask("1.00", "R-page-1"), await ask("1.00", "R-page-2"), await ask("1.00", "R-page-3")];
    const seen: string[] = [];
    let cursor = "";
    do {
      const path = `/v1/redemptions?limit=2${cursor}`;
      const { body } = await system.as(regulator.maker).get<Page<RedemptionView>>(path);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
    } while (cursor !== "");
    expect(seen.slice(0, 3)).to.deep.equal(made.toReversed());
    expect(new Set(seen).size).to.equal(seen.length);
    const hostile = await system.as(bank.maker).get<{ code: string }>("/v1/redemptions?cursor=WyIxOjI6MyJd");
    expect(hostile.body.code).to.equal("request.cursor_invalid");
    for (const id of made) await system.act(holder, `/v1/redemptions/${id}/withdraw`);
  });

  it("are refused beyond the balance, under a used reference, at an unknown bank, and to strangers", async () => {
    const { system } = fixture;
    const body = { bank: bank.id, money: euro("5000.00"), reference: "R-refused" };
    const codeOf = async (party: TestParty, path: string, sent: object) =>
      (await system.as(party.maker).post<{ code: string }>(path, sent)).body.code;
    expect(await codeOf(holder, "/v1/redemptions", body)).to.equal("deposit.insufficient");
    const id = await ask("1.00", "R-once");
    const again = { ...body, money: euro("1.00"), reference: "R-once" };
    expect(await codeOf(holder, "/v1/redemptions", again)).to.equal("redemption.exists");
    expect(await codeOf(holder, "/v1/redemptions", { ...again, bank: holder.id })).to.equal("token.currency_unknown");
    const other = await system.bank();
    const confirm = `/v1/redemptions/${id}/confirm`;
    expect(await codeOf(other, confirm, { payoutReference: "P" })).to.equal("request.not_found");
    expect((await system.as(holder.maker).post(confirm, { payoutReference: "P" })).status).to.equal(403);
    const unknown = `/v1/redemptions/0x${"0".repeat(64)}/confirm`;
    expect(await codeOf(bank, unknown, { payoutReference: "P" })).to.equal("request.not_found");
    await system.act(holder, `/v1/redemptions/${id}/withdraw`);
    expect(await codeOf(bank, confirm, { payoutReference: "P" })).to.equal("redemption.wrong_status");
  });

  it("stay under a moratorium, become overdue in their time, and show so to the regulator", async () => {
    const { system } = fixture;
    const id = await ask("7.00", "R-late");
    expect((await list(regulator, "?overdue=true")).map((one) => one.id)).not.to.include(id);
    const { dueAt } = await read(holder, id);
    const until = instant(Date.parse(dueAt) / 1_000 + 30 * daySeconds).replace(".000Z", "Z");
    const moratorium = `/v1/participants/${bank.id}/moratorium`;
    await system.act(regulator, moratorium, { until, reason: "Insolvency proceedings were opened." });
    const path = `/v1/redemptions/${id}/confirm`;
    const refused = await system.as(bank.maker).post<{ code: string }>(path, { payoutReference: "P" });
    expect(refused.body.code).to.equal("deposit.moratorium");

    await system.moveTo(Date.parse(dueAt) / 1_000);
    for (const party of [holder, bank, regulator]) {
      expect(await read(party, id)).to.deep.include({ status: "requested", overdue: true });
      expect((await list(party, "?overdue=true")).map((one) => one.id)).to.deep.equal([id]);
    }
    await system.act(regulator, `${moratorium}/lift`, { reason: "The proceedings were closed." });
    await system.act(bank, path, { payoutReference: "PAYOUT-LATE" });
    expect(await read(regulator, id)).to.deep.include({ status: "paid", overdue: false });
    expect(await list(regulator, "?overdue=true")).to.deep.equal([]);
  });
});
