import { expect } from "chai";
import type * as z from "zod";
import type { CycleView, MandateView } from "../../../src/features/cycles/queries.ts";
import type { LimitView } from "../../../src/features/payments/queries.ts";
import { daySeconds, describeGateway, instant, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
type Cycle = z.infer<typeof CycleView>;

describeGateway("Settlement cycles", (fixture) => {
  let agent: TestBank;
  let first: TestBank;
  let second: TestBank;
  let third: TestBank;
  let customer: TestParty;
  let payments = 0;

  before(async () => {
    const { system } = fixture;
    agent = await system.bank();
    [first, second, third] = [await system.bank(), await system.bank(), await system.bank()];
    customer = await system.party({ roles: ["merchant"] });
    for (const bank of [first, second, third]) {
      await system.deposit(bank, customer, "1000.00");
      for (const other of [first, second, third]) {
        if (other !== bank) await system.act(bank, "/v1/limits", { debtor: other.id, money: euro("1000.00") });
      }
    }
  });

  async function pay(from: TestBank, to: TestBank, amount: string): Promise<void> {
    payments += 1;
    await fixture.system.act(customer, "/v1/payments", {
      ...{ payerBank: from.id, payee: customer.id, payeeBank: to.id },
      ...{ money: euro(amount), endToEndId: `E2E-${payments}` },
    });
  }
  const cycleOf = (reference: string, banks = [first, second, third]) => ({
    ...{ currency: "EUR", banks: banks.map(({ id }) => id), reference },
  });
  const settle = async (reference: string, banks?: TestBank[]) =>
    (
      await fixture.system
        .as(agent.maker)
        .post<{ code: string; facts: Record<string, unknown> }>("/v1/cycles", cycleOf(reference, banks))
    ).body;
  const positions = async (bank: TestBank) => {
    const { body } = await fixture.system.as(bank.maker).get<Page<z.infer<typeof LimitView>>>("/v1/limits");
    return body.items.map(({ owed }) => owed.amount);
  };
  const cycles = async (bank: TestBank) =>
    (await fixture.system.as(bank.maker).get<Page<Cycle>>("/v1/cycles")).body.items;
  const netsOf = ({ nets }: Cycle) => nets.map(({ bank, net }) => [bank.participantId, net.amount]);

  it("begin with the mandate of each bank, signed by two of its people; only banks give one", async () => {
    const { system } = fixture;
    const body = { agent: agent.id, currency: "EUR" };
    expect((await settle("before anybody joined")).code).to.equal("settlement.not_joined");
    const proposed = await system.as(first.maker).post<{ status: string }>("/v1/settlement-mandates", body);
    expect(proposed.body.status).to.equal("awaiting_approval");
    for (const bank of [first, second, third]) await system.act(bank, "/v1/settlement-mandates", body);
    expect((await system.as(customer.maker).post("/v1/settlement-mandates", body)).status).to.equal(403);
    const self = await system
      .as(first.maker)
      .post<{ code: string }>("/v1/settlement-mandates", { ...body, agent: first.id });
    expect(self.body.code).to.equal("settlement.agent_invalid");

    const { body: known } = await system
      .as(agent.maker)
      .get<Page<z.infer<typeof MandateView>>>("/v1/settlement-mandates");
    expect(known.items.map(({ bank, until }) => [bank.participantId, until])).to.deep.equal([
      [first.id, null],
      [second.id, null],
      [third.id, null],
    ]);
    const { body: own } = await system
      .as(first.maker)
      .get<Page<z.infer<typeof MandateView>>>("/v1/settlement-mandates");
    expect(own.items.map(({ bank }) => bank.participantId)).to.deep.equal([first.id]);
  });

  it("that banks cannot pay leave every position as it was and name who is short by how much", async () => {
    const { system } = fixture;
    expect((await settle("nothing is owed")).code).to.equal("cycle.empty");
    await pay(first, second, "300.00");
    await pay(second, third, "100.00");
    await pay(third, first, "50.00");
    await system.deposit(agent, first, "249.99");
    const before = await positions(first);
    const refused = await settle("too early");
    expect(refused.code).to.equal("cycle.short");
    expect(refused.facts).to.deep.include({ banks: String(first.id), missing: "1" });
    expect(await positions(first)).to.deep.equal(before);
    expect(await cycles(agent)).to.deep.equal([]);
  });

  it("settle all that banks owe each other by one sum each, and each sees its own", async () => {
    const { system } = fixture;
    await system.deposit(agent, first, "0.01");
    const act = await system.act(agent, "/v1/cycles", cycleOf("the first"));
    for (const bank of [first, second, third]) {
      expect((await positions(bank)).filter((owed) => owed !== "0.00")).to.deep.equal([]);
    }
    expect(await system.balance(first, agent)).to.equal("0.00");
    expect(await system.balance(second, agent)).to.equal("200.00");
    expect(await system.balance(third, agent)).to.equal("50.00");

    const [cycle] = await cycles(agent);
    expect(cycle).to.deep.include({ id: act.subject, gross: euro("450.00"), paid: euro("250.00") });
    expect(cycle && netsOf(cycle)).to.deep.equal([
      [first.id, "-250.00"],
      [second.id, "200.00"],
      [third.id, "50.00"],
    ]);
    for (const bank of [first, second, third]) {
      const { body } = await system.as(bank.maker).get<Cycle>(`/v1/cycles/${act.subject}`);
      expect(body.nets.map((net) => net.bank.participantId)).to.deep.equal([bank.id]);
    }
    const outsider = await system.bank();
    expect((await system.as(outsider.maker).get(`/v1/cycles/${act.subject}`)).status).to.equal(404);
    expect((await system.as(customer.maker).get("/v1/cycles")).status).to.equal(403);
    await pay(first, second, "1.00");
    expect((await settle("the first")).code).to.equal("cycle.reference_invalid");
  });

  it("leave out a bank whose notice is over, and one under a moratorium", async () => {
    const { system } = fixture;
    await system.deposit(agent, first, "10.00");
    await system.act(first, "/v1/settlement-mandates/leave", { currency: "EUR" });
    const { body } = await system.as(first.maker).get<Page<z.infer<typeof MandateView>>>("/v1/settlement-mandates");
    expect(body.items[0]?.until).to.be.a("string");
    const twice = await system
      .as(first.maker)
      .post<{ code: string }>("/v1/settlement-mandates/leave", { currency: "EUR" });
    expect(twice.body.code).to.equal("settlement.not_joined");
    await system.act(agent, "/v1/cycles", cycleOf("within the notice", [first, second]));
    await system.act(first, "/v1/settlement-mandates", { agent: agent.id, currency: "EUR" });

    await pay(first, second, "1.00");
    const regulator = await system.party({ roles: ["regulator"], country: "NL" });
    const until = instant((await system.now()) + 30 * daySeconds).replace(".000Z", "Z");
    const path = `/v1/participants/${second.id}/moratorium`;
    await system.act(regulator, path, { until, reason: "Insolvency proceedings were opened." });
    expect((await settle("under a moratorium", [first, second])).code).to.equal("cycle.moratorium");
    await system.act(regulator, `${path}/lift`, { reason: "The proceedings were closed." });
    await system.act(agent, "/v1/cycles", cycleOf("after it", [first, second]));
  });
});
