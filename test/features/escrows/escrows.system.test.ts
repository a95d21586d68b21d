import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { commit } from "../../../src/chain/commitment.ts";
import type { ActReply } from "../../../src/features/actReply.ts";
import { canonicalTexts } from "../../../src/features/escrows/proposal.ts";
import type { EscrowView } from "../../../src/features/escrows/queries.ts";
import { pointersOf, refusal } from "../../fixtures/api.ts";
import { daySeconds, describeGateway, instant } from "../../fixtures/gateway.ts";
import { admitEscrowParties, type EscrowParties, fundedEscrow, proposalOf, proposeEscrow } from "./escrowFixture.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

describeGateway("escrows over the API", (fixture) => {
  let parties: EscrowParties;

  before(async () => {
    parties = await admitEscrowParties(fixture.system);
  });

  it("goes from proposal to claim: one milestone released, one disputed and ruled (ESC-1, ESC-3)", async () => {
    const { system } = fixture;
    const { bank, buyer, seller, arbiter } = parties;
    const before = await system.balance(seller, bank);
    expect(before).to.equal("0.00");

    const escrow = await proposeEscrow(system, parties);
    expect((await escrow.see(seller)).status).to.equal("proposed");
    await escrow.act(seller, "agree");
    expect((await escrow.see(arbiter)).status).to.equal("agreed");
    expect(refusal(await escrow.try(buyer, "fund"))).to.deep.equal([409, "deposit.insufficient"]);
    await system.deposit(bank, buyer, "350.01");
    await escrow.act(buyer, "fund");
    const funded = await escrow.see(buyer);
    expect([funded.status, funded.total, funded.locked]).to.deep.equal(["funded", euro("350.01"), euro("350.01")]);
    expect(await system.balance(buyer, bank)).to.equal("0.00");

    await escrow.act(seller, "milestones/0/deliver", { evidence: "Delivery note 4711" });
    await escrow.act(buyer, "milestones/0/release");
    await escrow.act(seller, "milestones/1/deliver", { evidence: "Protocol 12" });
    await escrow.act(buyer, "milestones/1/dispute", { evidence: "The test run stopped" });
    await escrow.act(arbiter, "milestones/1/rule", { sellerBps: 6_000 });

    const settled = await escrow.see(arbiter);
    expect([settled.status, settled.locked]).to.deep.equal(["settled", euro("0.00")]);
    // 60 % of 250.01 rounded down is 150.00; the buyer has the rest.
    expect(settled.claimable).to.deep.equal({ buyer: euro("100.01"), seller: euro("250.00") });
    expect(settled.milestones.map(({ status, toSeller, toBuyer }) => [status, toSeller, toBuyer])).to.deep.equal([
      ["settled", euro("100.00"), euro("0.00")],
      ["settled", euro("150.00"), euro("100.01")],
    ]);

    await escrow.act(seller, "claim");
    await escrow.act(buyer, "claim");
    expect(await system.balance(seller, bank)).to.equal("250.00");
    expect(await system.balance(buyer, bank)).to.equal("100.01");
    expect((await escrow.see(buyer)).claimable).to.deep.equal({ buyer: euro("0.00"), seller: euro("0.00") });
    expect(refusal(await escrow.try(seller, "claim"))).to.deep.equal([409, "escrow.nothing_to_claim"]);
  });

  it("returns a milestone to the buyer when the seller refunds it", async () => {
    const escrow = await fundedEscrow(fixture.system, parties);
    await escrow.act(parties.seller, "milestones/1/refund");
    const { claimable, locked, status } = await escrow.see(parties.buyer);
    expect([claimable, locked, status]).to.deep.equal([
      { buyer: euro("250.01"), seller: euro("0.00") },
      euro("100.00"),
      "funded",
    ]);
  });

  it("shows texts and evidence to the three parties, with what checks them against the ledger", async () => {
    const { system } = fixture;
    const escrow = await fundedEscrow(system, parties);
    await escrow.act(parties.seller, "milestones/0/deliver", { evidence: "Delivery note 4711" });
    for (const party of [parties.buyer, parties.seller, parties.arbiter]) {
      const view = await escrow.see(party);
      const { title, text, contentSalt, milestones, evidence } = view;
      expect([title, text]).to.deep.equal(["Bottling line", "Delivery first, commissioning second."]);
      const milestoneTitles = milestones.map((milestone) => milestone.title ?? "");
      const texts = canonicalTexts({ title: title ?? "", text: text ?? "", milestoneTitles });
      expect(commit("terms", texts, contentSalt ?? "")).to.equal(view.termsCommitment);
      expect(evidence.map(({ position, kind, by, text: said }) => [position, kind, by.name, said])).to.deep.equal([
        [0, "delivery", "Exporter Ltd.", "Delivery note 4711"],
      ]);
      const [delivered] = evidence;
      expect(commit("evidence", delivered?.text ?? "", delivered?.salt ?? "")).to.equal(delivered?.commitment);
    }
    const events = await system.as(parties.arbiter.maker).get<EventPage>(`/v1/events?subject=${escrow.id}`);
    expect(events.text).to.contain((await escrow.see(parties.buyer)).evidence[0]?.commitment);
    for (const secret of ["Bottling line", "Delivery first", "Delivery note", "Commissioning"]) {
      expect(events.text, "no text reaches the ledger").not.to.contain(secret);
    }
  });

  it("knows an escrow's id before the ledger has it: the same that the contract gives", async () => {
    const { system } = fixture;
    const reply = await system
      .as(parties.buyer.maker)
      .post("/v1/escrows", await proposalOf(system, parties), { wait: 20 });
    const page = await system.as(parties.seller.maker).get<EventPage>(`/v1/events?subject=${reply.body.subject}`);
    expect(page.body.items.map(({ type, data }) => [type, data["id"]])).to.deep.equal([
      ["escrow.proposed", reply.body.subject],
    ]);
  });

  it("answers 404 to everybody else, also to the bank whose money it is", async () => {
    const { system } = fixture;
    const escrow = await fundedEscrow(system, parties);
    const stranger = await system.party({ roles: ["merchant"] });
    const otherArbiter = await system.party({ roles: ["arbiter"] });
    for (const party of [stranger, otherArbiter, parties.bank]) {
      const api = system.as(party.maker);
      expect(refusal(await api.get(`/v1/escrows/${escrow.id}`))).to.deep.equal([404, "request.not_found"]);
      expect(refusal(await escrow.try(party, "claim"))).to.deep.equal([404, "request.not_found"]);
      const settle = await escrow.try(party, "milestones/0/settle", { exit: "default" });
      expect(refusal(settle)).to.deep.equal([404, "request.not_found"]);
      expect((await api.get<Page>("/v1/escrows")).body.items).to.deep.equal([]);
    }
    const rule = await escrow.try(otherArbiter, "milestones/0/rule", { sellerBps: 0 });
    expect(refusal(rule)).to.deep.equal([404, "request.not_found"]);
    const unknown = await system.as(parties.buyer.maker).get(`/v1/escrows/0x${"0".repeat(64)}`);
    expect(refusal(unknown)).to.deep.equal([404, "request.not_found"]);
  });

  it("refuses each act to the parties that are not entitled to it", async () => {
    const { system } = fixture;
    const { buyer, seller, arbiter } = parties;
    const proposed = await proposeEscrow(system, parties);
    expect(refusal(await proposed.try(buyer, "agree"))).to.deep.equal([403, "escrow.not_entitled"]);
    const escrow = await fundedEscrow(system, parties);
    const refused = [
      await escrow.try(seller, "fund"),
      await escrow.try(buyer, "milestones/0/deliver", { evidence: "x" }),
      await escrow.try(seller, "milestones/0/release"),
      await escrow.try(buyer, "milestones/0/refund"),
      await escrow.try(arbiter, "milestones/0/dispute", { evidence: "x" }),
      await escrow.try(arbiter, "claim"),
    ];
    expect(refused.map(refusal)).to.deep.equal(refused.map(() => [403, "escrow.not_entitled"]));
    const rule = await escrow.try(buyer, "milestones/0/rule", { sellerBps: 0 });
    expect(refusal(rule)).to.deep.equal([403, "access.forbidden"]);
    for (const user of [buyer.checker, buyer.admin]) {
      const reply = await system.as(user).post(`/v1/escrows/${escrow.id}/milestones/0/release`);
      expect(refusal(reply)).to.deep.equal([403, "access.forbidden"]);
    }
    expect((await escrow.see(buyer)).milestones.map(({ status }) => status)).to.deep.equal(["open", "open"]);
  });

  it("refuses acts that do not fit the state, and milestones that do not exist", async () => {
    const escrow = await fundedEscrow(fixture.system, parties);
    const { buyer, seller, arbiter } = parties;
    expect(refusal(await escrow.try(seller, "agree"))).to.deep.equal([409, "escrow.wrong_status"]);
    const rule = await escrow.try(arbiter, "milestones/0/rule", { sellerBps: 1 });
    expect(refusal(rule)).to.deep.equal([409, "escrow.milestone_wrong_status"]);
    expect(refusal(await escrow.try(buyer, "milestones/2/release"))).to.deep.equal([404, "escrow.milestone_unknown"]);
    expect(refusal(await escrow.try(buyer, "milestones/256/release"))).to.deep.equal([400, "request.invalid"]);
    const lapse = await escrow.try(buyer, "lapse");
    expect(refusal(lapse)).to.deep.equal([409, "escrow.wrong_status"]);
  });

  it("takes a number in a path only in digits: a blank or 0x0 is no milestone", async () => {
    const { system } = fixture;
    const { buyer } = parties;
    const id = `0x${"0".repeat(64)}`;
    for (const position of ["%20", "0x0", "1e0", "1.0", "%200", "+1", "01", "0b10", "256"]) {
      const reply = await system.as(buyer.maker).post(`/v1/escrows/${id}/milestones/${position}/release`);
      expect(refusal(reply), position).to.deep.equal([400, "request.invalid"]);
    }
    for (const query of ["limit=0x5", "limit=1e1", "limit=", "limit=%205"]) {
      expect(refusal(await system.as(buyer.maker).get(`/v1/escrows?${query}`)), query).to.deep.equal([
        400,
        "request.invalid",
      ]);
    }
  });

  it("names every fault of a proposal at once", async () => {
    const { system } = fixture;
    const now = await system.now();
    const proposal = await proposalOf(system, parties);
    const { buyer, bank } = parties;
    const faulty = {
      ...proposal,
      seller: buyer.id,
      arbiter: bank.id,
      bank: buyer.id,
      fundBy: instant(now - 60),
      milestones: [
        { title: "a", money: { amount: "1.001", currency: "EUR" }, dueAt: instant(now - 60) },
        { title: "b", money: { amount: "0", currency: "JPY" }, dueAt: instant(now + 4_000 * daySeconds) },
      ],
    };
    const reply = await system.as(buyer.maker).post("/v1/escrows", faulty);
    expect(refusal(reply)).to.deep.equal([400, "request.invalid"]);
    expect(pointersOf(reply)).to.deep.equal([
      "/arbiter",
      "/bank",
      "/fundBy",
      "/milestones/0/dueAt",
      "/milestones/0/money",
      "/milestones/1/dueAt",
      "/milestones/1/money",
      "/milestones/1/money/currency",
      "/seller",
    ]);
    const form = await system.as(buyer.maker).post("/v1/escrows", { ...proposal, inspectionDays: 0, colour: "red" });
    expect(pointersOf(form)).to.deep.equal(["/colour", "/inspectionDays"]);
  });

  it("refuses a proposal by somebody who is neither buyer nor seller", async () => {
    const { system } = fixture;
    const reply = await system.as(parties.arbiter.maker).post("/v1/escrows", await proposalOf(system, parties));
    expect(refusal(reply)).to.deep.equal([403, "escrow.not_entitled"]);
  });

  it("does a repeated request once and replies byte for byte; another body under the key is 422", async () => {
    const { system } = fixture;
    const api = system.as(parties.buyer.maker);
    const proposal = await proposalOf(system, parties);
    const count = async () => (await api.get<Page>("/v1/escrows?limit=200")).body.items.length;
    const before = await count();
    const key = randomUUID();
    const first = await api.post<ActReply>("/v1/escrows", proposal, { key });
    await api.post("/v1/escrows", proposal, { key, wait: 20 });
    const again = await api.post("/v1/escrows", proposal, { key });
    expect([again.status, again.text]).to.deep.equal([first.status, first.text]);
    expect(again.headers.get("idempotency-replayed")).to.equal("true");
    expect(await count()).to.equal(before + 1);
    const other = await api.post("/v1/escrows", { ...proposal, title: "Another" }, { key });
    expect(refusal(other)).to.deep.equal([422, "idempotency.key_reused"]);
    expect(await count()).to.equal(before + 1);
  });

  it("lists escrows newest first, page by page, by status and by party", async () => {
    const { system } = fixture;
    const buyer = await system.party({ roles: ["merchant"] });
    const seller = await system.party({ roles: ["merchant"] });
    const first = await proposeEscrow(system, { ...parties, buyer });
    await system.moveTo((await system.now()) + 60);
    const second = await proposeEscrow(system, { ...parties, buyer, seller });
    await second.act(seller, "agree");
    const list = async (query: string) => (await system.as(buyer.maker).get<Page>(`/v1/escrows${query}`)).body;
    const idsOf = ({ items }: Page) => items.map(({ id }) => id);
    const page = await list("?limit=1");
    expect(idsOf(page)).to.deep.equal([second.id]);
    const rest = await list(`?limit=1&cursor=${page.nextCursor}`);
    expect([idsOf(rest), rest.nextCursor]).to.deep.equal([[first.id], null]);
    expect(idsOf(await list("?status=agreed"))).to.deep.equal([second.id]);
    expect(idsOf(await list(`?party=${parties.seller.id}`))).to.deep.equal([first.id]);
    expect(idsOf(await list("?status=funded"))).to.deep.equal([]);
    const cursor = await system.as(buyer.maker).get("/v1/escrows?cursor=nonsense");
    expect(refusal(cursor)).to.deep.equal([400, "request.cursor_invalid"]);
  });

  it("needs two persons where a bank is the buyer, and keeps what was rejected to itself", async () => {
    const { system } = fixture;
    const { bank, seller } = parties;
    const asBuyer = { ...parties, buyer: bank };
    const api = system.as(bank.maker);
    const proposed = await api.post<ActReply>("/v1/escrows", await proposalOf(system, asBuyer));
    expect(proposed.body.status).to.equal("awaiting_approval");
    const seen = await system.as(seller.maker).get<EscrowView>(`/v1/escrows/${proposed.body.subject}`);
    expect(seen.status, "not on the ledger yet").to.equal(404);
    const escrow = await proposeEscrow(system, asBuyer);
    await escrow.act(seller, "agree");
    await system.deposit(bank, bank, "350.01");
    await escrow.act(bank, "fund");
    expect((await escrow.see(bank)).status).to.equal("funded");
    const dispute = await escrow.try(bank, "milestones/0/dispute", { evidence: "Not what was agreed" });
    const reject = `/v1/approvals/${dispute.body.orderId}/reject`;
    expect((await system.as(bank.checker).post(reject, { reason: "too early" })).status).to.equal(202);
    expect((await escrow.see(seller)).evidence).to.deep.equal([]);
  });
});

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

interface EventPage {
  readonly items: readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[];
}
