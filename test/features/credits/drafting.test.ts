import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { ApprovalView } from "../../../src/features/approvals/queries.ts";
import type { CreditView } from "../../../src/features/credits/schemas.ts";
import type { MeView } from "../../../src/features/users/queries.ts";
import { type ApiReply, pointersOf, refusal } from "../../fixtures/api.ts";
import { describeGateway, genesisSeconds, type TestBank, type TestParty } from "../../fixtures/gateway.ts";

const hour = 3_600;

function ok<T>(reply: ApiReply<T>): T {
  expect(reply.status, reply.text).to.be.within(200, 299);
  return reply.body;
}

describeGateway("Drafting and issuing a credit in structured terms, over HTTP", (fixture) => {
  let issuer: TestBank;
  let adviser: TestBank;
  let importer: TestParty;
  let exporter: TestParty;
  let references = 0;

  before(async () => {
    issuer = await fixture.system.bank();
    adviser = await fixture.system.bank();
    importer = await fixture.system.party({ roles: ["merchant"] });
    exporter = await fixture.system.party({ roles: ["merchant"] });
  });

  const as = (party: TestParty) => fixture.system.as(party.maker);
  const of = (creditId: string) => `/v1/credits/${creditId}`;

  function request(change: { terms?: object; parties?: object; reference?: string } = {}) {
    references += 1;
    return {
      reference: change.reference ?? `LC${references}`,
      parties: {
        applicant: importer.id,
        beneficiary: exporter.id,
        advisingBank: adviser.id,
        confirmer: adviser.id,
        ...change.parties,
      },
      terms: {
        amount: { amount: "1000.00", currency: "EUR" },
        confirmation: "may_add",
        availableBy: "sight",
        expiryDate: "2026-06-30",
        expiryPlace: "ROTTERDAM",
        ...change.terms,
      },
      texts: { "45A": ["BEER"], "46A": ["+INVOICE"] },
      bankOnlyTexts: { "49H": ["PAY AFTER 3 DAYS"] },
    };
  }

  const draft = async (body: object = request()) => ok(await as(issuer).post<CreditView>("/v1/credits", body));

  async function put(party: TestParty, target: string, body: object): Promise<ApiReply<CreditView>> {
    const authorization = `Bearer ${party.maker.token}`;
    const headers = { authorization, "content-type": "application/json", "idempotency-key": randomUUID() };
    const reply = await fetch(fixture.system.url + target, { method: "PUT", headers, body: JSON.stringify(body) });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, text, body: JSON.parse(text) };
  }

  it("refuses everything that contradicts itself at once, with a pointer to each fault, and stores nothing", async () => {
    const body = request({
      reference: "FAULTY",
      terms: {
        amount: { amount: "10.001", currency: "EUR" },
        expiryDate: "2026-01-01",
        latestShipmentDate: "2026-02-01",
      },
      parties: { confirmer: undefined, beneficiary: 4_000_000 },
    });
    const reply = await as(issuer).post("/v1/credits", body);
    expect(refusal(reply)).to.deep.equal([422, "credit.draft_contradictory"]);
    expect(pointersOf(reply)).to.deep.equal([
      "/parties/beneficiary",
      "/parties/confirmer",
      "/terms/amount",
      "/terms/expiryDate",
      "/terms/latestShipmentDate",
    ]);
    expect(ok(await as(issuer).get<{ items: unknown[] }>("/v1/credits?reference=FAULTY")).items).to.deep.equal([]);
  });

  it("says by its own code that a kind of payment is not served yet (U10)", async () => {
    const reply = await as(issuer).post("/v1/credits", request({ terms: { availableBy: "negotiation" } }));
    expect(refusal(reply)).to.deep.equal([422, "credit.availability_not_built"]);
  });

  it("is for makers of banks only", async () => {
    expect(refusal(await as(importer).post("/v1/credits", request()))).to.deep.equal([403, "access.forbidden"]);
    const checker = fixture.system.as(issuer.checker);
    expect(refusal(await checker.post("/v1/credits", request()))).to.deep.equal([403, "access.forbidden"]);
  });

  it("an edit voids the open approval, keeps the id, and what is issued is the edited draft", async () => {
    const first = await draft();
    const proposed = ok(await as(issuer).post(`${of(first.id)}/issue`));
    expect(proposed.status).to.equal("awaiting_approval");
    const edited = ok(
      await put(issuer, of(first.id), request({ terms: { amount: { amount: "2000.00", currency: "EUR" } } })),
    );
    expect(edited).to.include({ id: first.id, version: 2 });
    expect(edited.terms.termsCommitment).not.to.equal(first.terms.termsCommitment);
    const late = await fixture.system.as(issuer.checker).post(`/v1/approvals/${proposed.orderId}/approve`);
    expect(refusal(late)).to.deep.equal([409, "approval.wrong_state"]);
    await fixture.system.act(issuer, `${of(first.id)}/issue`);
    const view = ok(await as(adviser).get<CreditView>(of(first.id)));
    expect(view.amount.amount).to.equal("2000.00");
    expect(refusal(await put(issuer, of(first.id), request()))).to.deep.equal([409, "credit.not_draft"]);
    expect(refusal(await as(issuer).post(`${of(first.id)}/issue`))).to.deep.equal([409, "credit.not_draft"]);
    expect((await put(adviser, of(first.id), request())).status, "another bank's").to.equal(404);
  });

  it("shows the person who approves names beside ids, days as dates, and what the credit says of its firms", async () => {
    const body = request({ terms: { latestShipmentDate: "2026-06-01" } });
    const texts = { ...body.texts, "50": ["IMPORTER", "VIENNA"], "59": ["/NL12345", "EXPORTER", "DELFT"] };
    const { id } = await draft({ ...body, texts });
    const summaryOf = async (party: TestParty, reply: ApiReply<ActReply>) =>
      ok(await as(party).get<ApprovalView>(`/v1/approvals/${ok(reply).orderId}`)).summary;
    const named = async (party: TestParty) => {
      const { organisation } = ok(await as(party).get<MeView>("/v1/me"));
      return { participantId: party.id, name: organisation.name };
    };
    const [applicant, beneficiary] = await Promise.all([named(importer), named(exporter)]);
    const [issuingBank, bank] = await Promise.all([named(issuer), named(adviser)]);
    const amount = { amount: "1000.00", currency: "EUR" };
    const issue = await summaryOf(issuer, await as(issuer).post<ActReply>(`${of(id)}/issue`));
    expect(issue).to.deep.include({ applicant, beneficiary, advisingBank: bank, confirmer: bank, amount });
    expect(issue).to.deep.include({ secondAdvisingBank: null, nominatedBank: null });
    expect(issue).to.include({ expiryDate: "2026-06-30", latestShipmentDate: "2026-06-01" });
    expect(issue.asWritten).to.deep.equal({ applicant: "IMPORTER", beneficiary: "EXPORTER" });
    await fixture.system.act(issuer, `${of(id)}/issue`);
    for (const answer of ["advise", "confirm"]) {
      const summary = await summaryOf(adviser, await as(adviser).post<ActReply>(`${of(id)}/${answer}`));
      expect(summary, answer).to.deep.include({ issuingBank, beneficiary, amount });
    }
    await fixture.system.act(adviser, `${of(id)}/advise`);
    const document = { kind: "commercial_invoice", name: "a.txt", mediaType: "text/plain", contentBase64: "QUE=" };
    const { id: documentId } = ok(await as(exporter).post<{ id: string }>("/v1/documents", document));
    const presented = { bank: adviser.id, amount, documents: [documentId] };
    const present = await as(exporter).post<ActReply>(`${of(id)}/presentations`, presented);
    expect(await summaryOf(exporter, present)).to.deep.include({ bank, amount });
  });

  it("a foreign draft does not exist, to read, to edit or to issue", async () => {
    const { id } = await draft();
    expect((await as(adviser).get(of(id))).status).to.equal(404);
    expect((await put(adviser, of(id), request())).status).to.equal(404);
    expect((await as(adviser).post(`${of(id)}/issue`)).status).to.equal(404);
  });

  it("field 49H reaches the credit's banks and never its applicant or its beneficiary", async () => {
    const { id } = await draft();
    await fixture.system.act(issuer, `${of(id)}/issue`);
    await fixture.system.act(adviser, `${of(id)}/advise`);
    for (const party of [issuer, adviser]) {
      const { bankOnlyTexts } = ok(await as(party).get<CreditView>(of(id)));
      expect(bankOnlyTexts).to.deep.equal({ "49H": ["PAY AFTER 3 DAYS"] });
    }
    for (const party of [importer, exporter]) {
      const reply = await as(party).get<CreditView>(of(id));
      expect(ok(reply).texts).to.have.keys("45A", "46A");
      expect(reply.text).not.to.contain("PAY AFTER");
    }
  });

  it("a bank that declines to confirm says why, to the bank that asked (U14)", async () => {
    const { id } = await draft();
    await fixture.system.act(issuer, `${of(id)}/issue`);
    await fixture.system.act(adviser, `${of(id)}/decline-confirmation`, { reason: "Country limit reached" });
    const view = ok(await as(issuer).get<CreditView>(of(id)));
    expect(view.confirmation).to.equal("declined");
    expect(view.declinedReasons.map(({ kind, reason }) => [kind, reason])).to.deep.equal([
      ["confirmation", "Country limit reached"],
    ]);
    expect(ok(await as(importer).get<CreditView>(of(id))).declinedReasons).to.deep.equal([]);
    const again = await as(adviser).post(`${of(id)}/confirm`);
    expect(refusal(again)).to.deep.equal([409, "confirmation.wrong_state"]);
  });

  it("a bank that lets its time pass is precluded by anyone who knows of the presentation (U28, U42)", async () => {
    const { id } = await draft();
    await fixture.system.act(issuer, `${of(id)}/issue`);
    await fixture.system.act(adviser, `${of(id)}/advise`);
    const document = { kind: "commercial_invoice", name: "a.txt", mediaType: "text/plain", contentBase64: "QQ==" };
    const { id: documentId } = ok(await as(exporter).post<{ id: string }>("/v1/documents", document));
    const body = { bank: issuer.id, amount: { amount: "400.00", currency: "EUR" }, documents: [documentId] };
    const present = `${of(id)}/presentations`;
    const foreign = await as(importer).post(present, body);
    expect(refusal(foreign), "not the applicant's document").to.deep.equal([400, "request.invalid"]);
    const dollars = await as(exporter).post(present, { ...body, amount: { amount: "400.00", currency: "USD" } });
    expect(pointersOf(dollars)).to.deep.equal(["/amount/currency"]);
    const { presentationId } = ok(await as(exporter).post<{ presentationId: string }>(present, body, { wait: 20 }));
    const path = `/v1/presentations/${presentationId}/assert-preclusion`;
    const early = await as(exporter).post(path, { bank: issuer.id });
    expect(refusal(early)).to.deep.equal([409, "examination.time_not_over"]);
    await fixture.system.moveTo(genesisSeconds + 8 * 24 * hour);
    const late = { disposal: "HOLD", discrepancies: [{ code: "LATE", article: 14, text: "Late" }] };
    const refused = await as(issuer).post(`/v1/presentations/${presentationId}/refuse`, late);
    expect(refusal(refused)).to.deep.equal([409, "examination.time_over"]);
    await fixture.system.act(exporter, path, { bank: issuer.id });
    const owed = ok(
      await as(exporter).get<{ items: { id: string; amount: object }[] }>(`/v1/undertakings?credit=${id}`),
    );
    expect(owed.items.map(({ amount }) => amount)).to.deep.equal([{ amount: "400.00", currency: "EUR" }]);
  });

  it("lists page by page, by status, party and the bank's own reference", async () => {
    interface Page {
      readonly items: readonly CreditView[];
      readonly nextCursor: string | null;
    }
    const all = ok(await as(issuer).get<Page>("/v1/credits"));
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = `/v1/credits?limit=2${cursor && `&cursor=${cursor}`}`;
      const page: Page = ok(await as(issuer).get<Page>(query));
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids).to.deep.equal(all.items.map(({ id }) => id));
    const drafts = ok(await as(issuer).get<Page>("/v1/credits?status=draft"));
    expect(drafts.items.length).to.be.greaterThan(0);
    expect(drafts.items.every(({ status }) => status === "draft")).to.equal(true);
    const issued = ok(await as(issuer).get<Page>(`/v1/credits?status=issued&party=${adviser.id}`));
    expect(issued.items.length + drafts.items.length).to.equal(all.items.length);
    const [one] = all.items;
    const found = ok(await as(issuer).get<Page>(`/v1/credits?reference=${one?.reference}`));
    expect(found.items.map(({ id }) => id)).to.deep.equal([one?.id]);
    expect(ok(await as(issuer).get<Page>("/v1/credits?party=4000000")).items).to.deep.equal([]);
  });
});
