import { expect } from "chai";
import type * as z from "zod";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { LimitView, PaymentView } from "../../../src/features/payments/queries.ts";
import type { ApiReply } from "../../fixtures/api.ts";
import { daySeconds, describeGateway, instant, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

describeGateway("Payments between banks", (fixture) => {
  let payerBank: TestBank;
  let payeeBank: TestBank;
  let payer: TestParty;
  let payee: TestParty;
  let regulator: TestParty;

  before(async () => {
    const { system } = fixture;
    payerBank = await system.bank();
    payeeBank = await system.bank();
    payer = await system.party({ roles: ["merchant"] });
    payee = await system.party({ roles: ["merchant"] });
    regulator = await system.party({ roles: ["regulator"], country: "NL" });
    await system.deposit(payerBank, payer, "1000.00");
    await system.act(payeeBank, "/v1/limits", { debtor: payerBank.id, money: euro("500.00") });
  });

  const orderOf = (amount: string, endToEndId: string) => ({
    payerBank: payerBank.id,
    payee: payee.id,
    payeeBank: payeeBank.id,
    money: euro(amount),
    endToEndId,
    purpose: "SUPP",
    remittance: "INVOICE 7 AND 8",
  });
  const pay = (amount: string, endToEndId: string): Promise<ApiReply<ActReply & { code: string; facts: object }>> =>
    fixture.system.as(payer.maker).post("/v1/payments", orderOf(amount, endToEndId));
  const paymentsOf = async (party: TestParty) =>
    (await fixture.system.as(party.maker).get<Page<PaymentView>>("/v1/payments")).body.items;
  const lineOf = async (bank: TestBank, debtor: TestBank) => {
    const { body } = await fixture.system.as(bank.maker).get<Page<z.infer<typeof LimitView>>>("/v1/limits");
    return body.items.find((line) => line.debtor.participantId === debtor.id && line.owed.currency === "EUR");
  };

  it("move money from a customer of one bank to a customer of another, and the banks owe each other the sum", async () => {
    const { system } = fixture;
    const act = await system.act(payer, "/v1/payments", orderOf("120.50", "E2E-1"));
    expect(await system.balance(payer, payerBank)).to.equal("879.50");
    expect(await system.balance(payee, payeeBank)).to.equal("120.50");

    const { body: payment } = await system.as(payee.maker).get<PaymentView>(`/v1/payments/${act.subject}`);
    expect(payment).to.deep.include({
      ...{
        id: act.subject,
        money: euro("120.50"),
        endToEndId: "E2E-1",
        purpose: "SUPP",
        remittance: "INVOICE 7 AND 8",
      },
    });
    expect(
      [payment.payer, payment.payee, payment.payerBank, payment.payeeBank].map((one) => one.participantId),
    ).to.deep.equal([payer.id, payee.id, payerBank.id, payeeBank.id]);
    expect(await lineOf(payeeBank, payerBank)).to.deep.include({
      ...{ granted: euro("500.00"), effective: euro("500.00"), owed: euro("120.50") },
    });
    expect(await lineOf(payerBank, payeeBank)).to.deep.include({ granted: euro("0.00"), owed: euro("-120.50") });
  });

  it("stand on the statements of both, with their ground and the same reference", async () => {
    const { system } = fixture;
    const { subject } = await system.act(payer, "/v1/payments", orderOf("1.00", "E2E-statement"));
    for (const [party, bank, amount] of [
      [payer, payerBank, "-1.00"],
      [payee, payeeBank, "1.00"],
    ] as const) {
      const { body } = await system.as(party.maker).get<Page<{ token: string; bank: number }>>("/v1/accounts");
      const { token } = body.items.find((account) => account.bank === bank.id) ?? { token: "" };
      const statement = await system
        .as(party.maker)
        .get<Page<{ amount: unknown; ground: string; reference: string }>>(`/v1/accounts/${token}/statement`);
      expect(statement.body.items.at(-1)).to.deep.include({
        ...{ amount: euro(amount), ground: "payment", reference: subject },
      });
    }
  });

  it("are seen by payer, payee and their two banks, and by nobody else", async () => {
    const { system } = fixture;
    const { subject } = await system.act(payer, "/v1/payments", orderOf("2.00", "E2E-seen"));
    for (const party of [payer, payee, payerBank, payeeBank]) {
      expect((await paymentsOf(party)).map(({ id }) => id)).to.include(subject);
      const events = await system.as(party.maker).get<Page<{ type: string }>>(`/v1/events?subject=${subject}`);
      expect(events.body.items.map(({ type }) => type)).to.deep.equal(["payment.made"]);
      const line = `${payeeBank.id}:${payerBank.id}:EUR`;
      const positions = await system.as(party.maker).get<Page<{ type: string }>>(`/v1/events?subject=${line}`);
      const isBank = party === payerBank || party === payeeBank;
      expect(positions.body.items.some(({ type }) => type === "position.changed")).to.equal(isBank);
    }
    const other = await system.party({ roles: ["merchant"] });
    expect(await paymentsOf(other)).to.deep.equal([]);
    expect((await system.as(other.maker).get(`/v1/payments/${subject}`)).status).to.equal(404);
    expect((await system.as(payer.maker).get("/v1/limits")).status).to.equal(403);
  });

  it("come in pages, newest first, each once", async () => {
    const { system } = fixture;
    for (const n of [1, 2, 3]) await system.act(payer, "/v1/payments", orderOf("1.00", `E2E-page-${n}`));
    const seen: PaymentView[] = [];
    let cursor = "";
    do {
      const { body } = await system.as(payer.maker).get<Page<PaymentView>>(`/v1/payments?limit=2${cursor}`);
      seen.push(...body.items);
      cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
    } while (cursor !== "");
    expect(seen.slice(0, 3).map(({ endToEndId }) => endToEndId)).to.deep.equal([
      "E2E-page-3",
      "E2E-page-2",
      "E2E-page-1",
    ]);
    expect(new Set(seen.map(({ id }) => id)).size).to.equal(seen.length);
    expect(seen.length).to.equal((await paymentsOf(payer)).length);
  });

  it("within one bank change the holder of its money and no position, with a reference all the same", async () => {
    const { system } = fixture;
    const [before, line] = [await system.balance(payer, payerBank), await lineOf(payeeBank, payerBank)];
    const act = await system.act(payer, "/v1/payments", { ...orderOf("5.00", "E2E-inside"), payeeBank: payerBank.id });
    expect(await system.balance(payee, payerBank)).to.equal("5.00");
    expect(Number(await system.balance(payer, payerBank))).to.equal(Number(before) - 5);
    expect(await lineOf(payeeBank, payerBank)).to.deep.equal(line);
    expect((await paymentsOf(payee)).find(({ id }) => id === act.subject)).to.include({ endToEndId: "E2E-inside" });
  });

  it("are refused beyond the limit, beyond the balance, a second time, and to oneself", async () => {
    const { system } = fixture;
    const codeOf = async (reply: Promise<ApiReply<{ code: string }>>) => (await reply).body.code;
    const beyond = await pay("600.00", "E2E-limit");
    expect(beyond.body.code).to.equal("clearing.limit_exceeded");
    // What the banks grant and owe each other is not for the payer.
    expect(beyond.body.facts).to.have.all.keys("error", "creditor", "debtor", "currency");
    await system.act(payeeBank, "/v1/limits", { debtor: payerBank.id, money: euro("5000.00") });
    expect(await codeOf(pay("4000.00", "E2E-balance"))).to.equal("deposit.insufficient");
    await system.act(payer, "/v1/payments", orderOf("1.00", "E2E-once"));
    expect(await codeOf(pay("2.00", "E2E-once"))).to.equal("deposit.reference_used");
    const toSelf = { ...orderOf("1.00", "E2E-self"), payee: payer.id, payeeBank: payerBank.id };
    expect(await codeOf(system.as(payer.maker).post("/v1/payments", toSelf))).to.equal("payment.to_self");
    const dollars = { ...orderOf("1.00", "E2E-usd"), money: { amount: "1.00", currency: "USD" } };
    expect(await codeOf(system.as(payer.maker).post("/v1/payments", dollars))).to.equal("clearing.token_unknown");
    const fraction = { ...orderOf("0.001", "E2E-fraction") };
    expect((await system.as(payer.maker).post("/v1/payments", fraction)).status).to.be.oneOf([400, 422]);
  });

  it("a bank's limit is signed by two of its people; a customer sets none", async () => {
    const { system } = fixture;
    const body = { debtor: payeeBank.id, money: euro("10.00") };
    await system.act(payerBank, "/v1/limits", { debtor: payeeBank.id, money: euro("7.00") });
    expect(await lineOf(payerBank, payeeBank)).to.deep.include({ granted: euro("7.00") });
    await system.act(payerBank, "/v1/limits", { debtor: payeeBank.id, money: euro("0.00") });
    expect(await lineOf(payerBank, payeeBank), "withdrawn").to.deep.include({ granted: euro("0.00") });
    const proposed = await system.as(payerBank.maker).post<ActReply>("/v1/limits", body);
    expect(proposed.body.status).to.equal("awaiting_approval");
    expect((await system.as(payer.maker).post("/v1/limits", body)).status).to.equal(403);
  });

  it("stop under a moratorium of either bank and go on after it; only a regulator of its country declares one", async () => {
    const { system } = fixture;
    const ends = instant((await system.now()) + 30 * daySeconds);
    const until = ends.replace(".000Z", "Z");
    const path = `/v1/participants/${payeeBank.id}/moratorium`;
    const declared = { until, reason: "Insolvency proceedings were opened." };
    const abroad = await system.party({ roles: ["regulator"], country: "SG" });
    const refused = await system.as(abroad.maker).post<{ code: string }>(path, declared);
    expect(refused.body.code).to.equal("moratorium.not_entitled");
    expect((await system.as(payer.maker).post(path, declared)).status).to.equal(403);
    for (const wrong of ["1969-12-31T23:59:59Z", ends, "2026-13-01T00:00:00Z"]) {
      const reply = await system.as(regulator.maker).post<{ code: string }>(path, { ...declared, until: wrong });
      expect([reply.status, reply.body.code], wrong).to.deep.equal([400, "request.invalid"]);
    }
    await system.act(regulator, path, declared);
    const entry = { to: payee.id, money: euro("1.00"), reference: "under a moratorium" };
    const entered = await system.as(payeeBank.maker).post<{ code: string }>("/v1/deposits", entry);
    expect([entered.status, entered.body.code]).to.deep.equal([409, "deposit.moratorium"]);

    const { body } = await system.as(payer.maker).get<{ moratoriumUntil: string }>(`/v1/participants/${payeeBank.id}`);
    expect(body.moratoriumUntil).to.equal(ends);
    const before = await system.balance(payer, payerBank);
    expect((await pay("1.00", "E2E-moratorium")).body.code).to.equal("deposit.moratorium");
    expect(await system.balance(payer, payerBank)).to.equal(before);

    await system.act(regulator, `${path}/lift`, { reason: "The proceedings were closed." });
    await system.act(payer, "/v1/payments", orderOf("1.00", "E2E-moratorium"));
    const again = await system.as(regulator.maker).post<{ code: string }>(`${path}/lift`, { reason: "Again." });
    expect(again.body.code).to.equal("moratorium.not_in_force");
  });
});
