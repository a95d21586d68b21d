import { expect } from "chai";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { ApprovalView } from "../../../src/features/approvals/queries.ts";
import type { CreditView } from "../../../src/features/credits/schemas.ts";
import type { DocumentView } from "../../../src/features/documents/queries.ts";
import type { SettlementView, SimulationView } from "../../../src/features/settlements/queries.ts";
import type { UndertakingView } from "../../../src/features/undertakings/queries.ts";
import { type ApiReply, refusal } from "../../fixtures/api.ts";
import { describeGateway, instant, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

function ok<T>(reply: ApiReply<T>): T {
  expect(reply.status, reply.text).to.be.within(200, 299);
  return reply.body;
}

describeGateway("Settlements, over HTTP", (fixture) => {
  let issuer: TestBank;
  let adviser: TestBank;
  let importer: TestParty;
  let exporter: TestParty;
  let outsider: TestParty;

  before(async function castParties() {
    this.timeout(120_000);
    const { system } = fixture;
    issuer = await system.bank();
    adviser = await system.bank();
    importer = await system.party({ roles: ["merchant"] });
    exporter = await system.party({ roles: ["merchant"] });
    outsider = await system.party({ roles: ["merchant"] });
    await system.deposit(issuer, importer, "100.00");
    await system.deposit(adviser, exporter, "100.00");
    await system.deposit(adviser, adviser, "2000.00");
  });

  const as = (party: TestParty) => fixture.system.as(party.maker);
  const at = (id: string) => `/v1/settlements/${id}`;
  const later = async () => instant((await fixture.system.now()) + 3_600);

  /** The importer gives money at its bank, the exporter money at its own. */
  const swap = async (gives: string, takes: string) => ({
    deadline: await later(),
    legs: [
      { from: importer.id, to: exporter.id, money: euro(gives), bank: issuer.id },
      { from: exporter.id, to: importer.id, money: euro(takes), bank: adviser.id },
    ],
  });
  const propose = async (party: TestParty, body: object) =>
    ok(await as(party).post<SettlementView>("/v1/settlements", body)).id;
  const consent = (party: TestParty, id: string) =>
    as(party).post<ActReply>(`${at(id)}/consent`, undefined, { wait: 20 });
  const view = async (party: TestParty, id: string) => ok(await as(party).get<SettlementView>(at(id)));
  const balances = async () => [
    await fixture.system.balance(exporter, issuer),
    await fixture.system.balance(importer, adviser),
  ];

  it("move nothing until all have consented, and then everything in one transaction", async () => {
    const id = await propose(importer, await swap("30.00", "25.00"));
    const proposed = await view(exporter, id);
    expect(proposed).to.deep.include({ id, status: "proposed", endedAt: null, cancelledBy: null });
    expect(proposed.legs?.map(({ money, bank }) => [money, bank?.participantId])).to.deep.equal([
      [euro("30.00"), issuer.id],
      [euro("25.00"), adviser.id],
    ]);
    const legsFor = async (party: TestParty) =>
      ok(await as(party).get<SimulationView>(`${at(id)}/simulation`)).legs.map((leg) => leg.ok);
    expect(await legsFor(importer), "what the exporter has is not the importer's to try out").to.deep.equal([
      true,
      null,
    ]);
    expect(await legsFor(exporter)).to.deep.equal([null, null]);

    const first = ok(await consent(importer, id));
    expect([first.status, first.transaction]).to.deep.equal(["signed", null]);
    expect(
      (await view(importer, id)).parties.map((one) => [one.party.participantId, one.consented]),
    ).to.have.deep.members([
      [importer.id, true],
      [exporter.id, false],
    ]);
    expect(await balances(), "nothing moved").to.deep.equal(["0.00", "0.00"]);

    expect(await legsFor(exporter), "now that the importer has consented").to.deep.equal([true, true]);
    const last = ok(await consent(exporter, id));
    expect([last.status, last.transaction?.status]).to.deep.equal(["submitted", "final"]);
    expect(await balances()).to.deep.equal(["30.00", "25.00"]);
    const executed = await view(importer, id);
    expect(executed).to.include({ status: "executed", transactionHash: last.transaction?.hash });
    const events = ok(await as(exporter).get<Page<{ type: string }>>(`/v1/events?subject=${id}`));
    expect(events.items.map(({ type }) => type)).to.deep.equal(["settlement.executed"]);
    expect(refusal(await consent(importer, id))).to.deep.equal([409, "settlement.wrong_status"]);
  });

  it("are seen by their parties and by nobody else", async () => {
    const id = await propose(importer, await swap("1.00", "1.00"));
    expect((await as(outsider).get(at(id))).status).to.equal(404);
    for (const act of ["consent", "cancel", "execute"]) {
      expect((await as(outsider).post(`${at(id)}/${act}`)).status, act).to.equal(404);
    }
    expect(ok(await as(outsider).get<Page<SettlementView>>("/v1/settlements")).items).to.deep.equal([]);
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = ok(await as(exporter).get<Page<SettlementView>>(`/v1/settlements?limit=1${cursor}`));
      seen.push(...page.items.map((one) => one.id));
      cursor = page.nextCursor === null ? "" : `&cursor=${page.nextCursor}`;
    } while (cursor !== "");
    expect(seen).to.include(id);
    expect(seen).to.deep.equal([...new Set(seen)].sort());
    expect(refusal(await as(outsider).post("/v1/settlements", await swap("1.00", "1.00")))).to.deep.equal([
      ...[403, "access.forbidden"],
    ]);
  });

  it("cannot be executed any more when one has withdrawn, whoever had consented", async () => {
    const id = await propose(importer, await swap("1.00", "1.00"));
    ok(await consent(importer, id));
    await fixture.system.act(importer, `${at(id)}/cancel`);
    expect(await view(exporter, id)).to.deep.include({ status: "cancelled" });
    expect((await view(exporter, id)).cancelledBy?.participantId).to.equal(importer.id);
    expect(refusal(await consent(exporter, id))).to.deep.equal([409, "settlement.wrong_status"]);
    expect(refusal(await as(exporter).post(`${at(id)}/execute`))).to.deep.equal([409, "settlement.wrong_status"]);
  });

  it("say which leg could not be done and no more, and are executed again when it can", async () => {
    const id = await propose(exporter, await swap("70.00", "90.00"));
    const { legs } = ok(await as(importer).get<SimulationView>(`${at(id)}/simulation`));
    expect(legs).to.deep.equal([
      { ok: true, error: null },
      { ok: null, error: null },
    ]);
    expect(refusal(await as(importer).post(`${at(id)}/execute`))).to.deep.equal([409, "settlement.consent_missing"]);
    ok(await consent(importer, id));
    const failed = ok(await consent(exporter, id));
    expect(failed.transaction).to.include({ status: "reverted", error: "deposit.insufficient" });
    expect(await view(importer, id)).to.include({ status: "proposed" });
    const refused = await as(importer).post(`${at(id)}/execute`);
    expect(refusal(refused)).to.deep.equal([409, "deposit.insufficient"]);
    expect(refused.text, "what the exporter has is not the importer's to know").not.to.match(
      /"(balance|needed|sender)"/,
    );
    await fixture.system.deposit(adviser, exporter, "50.00");
    await fixture.system.act(importer, `${at(id)}/execute`);
    expect(await view(exporter, id)).to.include({ status: "executed" });
  });

  it("are refused when they are none: in the past, with oneself, in money that nobody has made", async () => {
    const sound = await swap("1.00", "1.00");
    const past = { ...sound, deadline: "2026-01-01T00:00:00Z" };
    expect(refusal(await as(importer).post("/v1/settlements", past))).to.deep.equal([409, "settlement.expired"]);
    const [leg] = sound.legs;
    const self = { ...sound, legs: [...sound.legs, { ...leg, to: importer.id }] };
    expect(refusal(await as(importer).post("/v1/settlements", self))).to.deep.equal([422, "settlement.same_party"]);
    const nobody = { ...sound, legs: [{ ...leg, to: 999 }] };
    expect(refusal(await as(importer).post("/v1/settlements", nobody))).to.deep.equal([404, "participant.unknown"]);
    const dollars = { ...sound, legs: [{ ...leg, money: { amount: "1.00", currency: "USD" } }] };
    expect(refusal(await as(importer).post("/v1/settlements", dollars))).to.deep.equal([
      ...[409, "token.currency_unknown"],
    ]);
    expect((await as(importer).post("/v1/settlements", { ...sound, legs: [] })).status).to.equal(400);
  });

  it("let a bank buy what another owes a beneficiary, by two of its people", async () => {
    const { system } = fixture;
    const undertaking = await owedToExporter();
    const body = {
      deadline: await later(),
      legs: [
        { from: adviser.id, to: exporter.id, money: euro("950.00"), bank: adviser.id },
        { from: exporter.id, to: adviser.id, money: undertaking.amount, undertakingId: undertaking.id },
      ],
    };
    const partial = { ...body, legs: [{ ...body.legs[1], money: euro("1.00") }] };
    expect(refusal(await as(exporter).post("/v1/settlements", partial))).to.deep.equal([
      ...[422, "undertaking.not_whole"],
    ]);
    const id = await propose(exporter, body);
    ok(await consent(exporter, id));
    const proposed = ok(await consent(adviser, id));
    expect(proposed.status).to.equal("awaiting_approval");
    const approval = ok(await as(adviser).get<ApprovalView>(`/v1/approvals/${proposed.orderId}`));
    expect(approval).to.deep.include({ kind: "settlement.consent", subject: id, calls: [] });
    expect(approval.summary["legs"]).to.deep.equal([
      { giver: adviser.id, taker: exporter.id, money: euro("950.00"), bank: adviser.id },
      {
        ...{ giver: exporter.id, taker: adviser.id, money: undertaking.amount, undertakingId: undertaking.id },
        ...{ obligor: issuer.id, dueAt: undertaking.dueAt },
      },
    ]);
    const own = await as(adviser).post(`/v1/approvals/${proposed.orderId}/approve`);
    expect(refusal(own)).to.deep.equal([403, "access.own_act"]);
    const checker = system.as(adviser.checker);
    ok(await checker.post(`/v1/approvals/${proposed.orderId}/reject`, { reason: "Too dear." }));
    expect(await view(exporter, id)).to.include({ status: "proposed" });
    // The bank changes its mind: the same is signed again.
    const [again, twice] = [ok(await consent(adviser, id)), ok(await consent(adviser, id))];
    const approve = `/v1/approvals/${again.orderId}/approve`;
    const last = ok(await checker.post<ActReply>(approve, undefined, { wait: 20 }));
    expect(last.transaction?.status, JSON.stringify(last)).to.equal("final");
    const second = await checker.post(`/v1/approvals/${twice.orderId}/approve`);
    expect(refusal(second), "consented once").to.deep.equal([409, "settlement.wrong_status"]);

    const seen = (party: TestParty) => as(party).get<UndertakingView>(`/v1/undertakings/${undertaking.id}`);
    expect(ok(await seen(adviser))).to.deep.include({ status: "owed", transferredAt: null });
    expect(ok(await seen(exporter)).status, "as it was when it gave it away").to.equal("transferred");
    expect(ok(await seen(issuer)).holder.participantId, "the obligor knows whom it owes").to.equal(adviser.id);
    await system.act(adviser, `/v1/undertakings/${undertaking.id}/claim`);
    expect(await system.balance(adviser, issuer)).to.equal("1000.00");
    expect(ok(await seen(exporter)).status, "what became of it is not its business").to.equal("transferred");
  });

  /** A credit of the issuer that was drawn in full: it owes the exporter. */
  async function owedToExporter(): Promise<UndertakingView> {
    const { system } = fixture;
    const credit = ok(
      await as(issuer).post<CreditView>("/v1/credits", {
        reference: "LC1",
        parties: { applicant: importer.id, beneficiary: exporter.id, advisingBank: adviser.id },
        terms: {
          ...{ amount: euro("1000.00"), confirmation: "without", availableBy: "sight", expiryDate: "2026-06-30" },
          expiryPlace: "ROTTERDAM",
        },
        texts: { "45A": ["BEER"], "46A": ["+INVOICE"] },
      }),
    );
    await system.act(issuer, `/v1/credits/${credit.id}/issue`);
    await system.act(adviser, `/v1/credits/${credit.id}/advise`);
    const kept = ok(
      await as(exporter).post<DocumentView>("/v1/documents", {
        ...{ kind: "commercial_invoice", name: "invoice.txt", mediaType: "text/plain" },
        contentBase64: Buffer.from("an invoice").toString("base64"),
      }),
    );
    const presentation = { bank: issuer.id, amount: euro("1000.00"), documents: [kept.id] };
    const { presentationId } = ok(
      await as(exporter).post<{ presentationId: string }>(`/v1/credits/${credit.id}/presentations`, presentation, {
        wait: 20,
      }),
    );
    await system.act(issuer, `/v1/presentations/${presentationId}/honour`);
    const owed = ok(await as(exporter).get<Page<UndertakingView>>("/v1/undertakings?role=holder"));
    const [undertaking] = owed.items;
    if (!undertaking) throw new Error("the issuer owes nothing");
    return undertaking;
  }
});
