import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { undertakingIdOf } from "../../../src/chain/dealIds.ts";
import type { ApprovalView } from "../../../src/features/approvals/queries.ts";
import type { CreditView } from "../../../src/features/credits/schemas.ts";
import type { DocumentView } from "../../../src/features/documents/queries.ts";
import type { MessageView } from "../../../src/features/messages/views.ts";
import type { PresentationView } from "../../../src/features/presentations/queries.ts";
import type { UndertakingView } from "../../../src/features/undertakings/queries.ts";
import type { MeView } from "../../../src/features/users/queries.ts";
import { type ApiReply, pointersOf, refusal } from "../../fixtures/api.ts";
import {
  daySeconds,
  describeGateway,
  genesisSeconds,
  type TestBank,
  type TestParty,
  type TestSystem,
} from "../../fixtures/gateway.ts";

const beer = readFileSync(path.join(import.meta.dirname, "..", "..", "fixtures", "swift", "mt700-beer.fin"), "utf8");
/** Moves 17 May 2003 to 28 February 2026, two days before the system's time begins. */
const weeks = 1189;

interface Cast {
  readonly issuer: TestBank;
  readonly confirmer: TestBank;
  readonly adviser: TestBank;
  readonly nominated: TestBank;
  readonly outsider: TestBank;
  readonly importer: TestParty;
  readonly exporter: TestParty;
}

interface Page<T> {
  readonly items: readonly T[];
}

function ok<T>(reply: ApiReply<T>): T {
  expect(reply.status, reply.text).to.be.within(200, 299);
  return reply.body;
}

async function enter(system: TestSystem): Promise<Cast> {
  return {
    issuer: await system.bank({ bic: "NRGDATWW", country: "AT", timeZone: "Europe/Vienna" }),
    confirmer: await system.bank({ bic: "MSTRDEFF", country: "DE", timeZone: "Europe/Berlin" }),
    adviser: await system.bank(),
    nominated: await system.bank(),
    outsider: await system.bank(),
    importer: await system.party({ roles: ["merchant"], country: "AT" }),
    exporter: await system.party({ roles: ["merchant"] }),
  };
}

describeGateway("A credit from its message to its money, over HTTP", (fixture) => {
  let cast: Cast;
  let messageId: string;
  let creditId: string;
  let refusedId: string;
  let curedId: string;

  const as = (party: TestParty) => fixture.system.as(party.maker);
  const nameOf = async (party: TestParty) => ok(await as(party).get<MeView>("/v1/me")).organisation.name;
  const credit = async (party: TestParty) => ok(await as(party).get<CreditView>(`/v1/credits/${creditId}`));

  before(async function castParties() {
    this.timeout(120_000);
    cast = await enter(fixture.system);
  });

  it("keeps a message of 2003 with warnings, and issues it anew in today's release", async () => {
    const { issuer, confirmer, nominated, adviser, importer, exporter } = cast;
    const original = ok(await as(issuer).post<MessageView>("/v1/messages", { text: beer }));
    expect(original.direction).to.equal("incoming");
    expect(original.findings.map(({ severity }) => severity))
      .to.include("warning")
      .and.not.include("error");
    expect(refusal(await as(issuer).post("/v1/messages", { text: beer }))).to.deep.equal([409, "message.duplicate"]);
    const text = await as(issuer).get<string>(`/v1/messages/${original.id}/text`);
    expect(text.text).to.equal(beer);
    const body = {
      reference: "LC12345",
      weeks,
      placeOfExpiry: "AMSTERDAM",
      parties: {
        applicant: importer.id,
        beneficiary: exporter.id,
        advisingBank: confirmer.id,
        nominatedBank: nominated.id,
        secondAdvisingBank: adviser.id,
      },
    };
    const reissued = ok(await as(issuer).post<MessageView>(`/v1/messages/${original.id}/reissue`, body));
    expect(reissued).to.include({
      direction: "outgoing",
      release: "SRU2025",
      basedOn: original.id,
      reference: "LC12345",
    });
    expect(reissued.terms?.presentation.days).to.equal(6);
    messageId = reissued.id;
    expect((await as(importer).get(`/v1/messages/${messageId}`)).status).to.equal(404);
  });

  it("drafts from the own message, and finds every party but the firms by its BIC (U09, U14, U15)", async () => {
    const { issuer, importer, exporter, confirmer, adviser, nominated } = cast;
    const parties = { applicant: importer.id, beneficiary: exporter.id };
    const draft = ok(await as(issuer).post<CreditView>("/v1/credits", { messageId, parties }));
    creditId = draft.id;
    expect(draft).to.include({ status: "draft", reference: "LC12345", version: 1 });
    expect(draft.terms).to.deep.include({
      rules: "UCP 600",
      amount: { amount: "100000.00", currency: "EUR" },
      confirmation: "confirm",
      availableBy: "sight",
      presentationDays: 6,
      expiryDate: "2026-05-13",
    });
    const { parties: found } = draft;
    expect([
      found.advisingBank.participantId,
      found.confirmer?.participantId,
      found.secondAdvisingBank?.participantId,
      found.nominatedBank?.participantId,
    ]).to.deep.equal([confirmer.id, confirmer.id, adviser.id, nominated.id]);
    expect((await as(confirmer).get(`/v1/credits/${creditId}`)).status, "a draft is its bank's own").to.equal(404);
    const again = await as(issuer).post("/v1/credits", { messageId, parties });
    expect(refusal(again)).to.deep.equal([409, "credit.reference_used"]);
  });

  it("is issued by two persons, and then known to its banks and its applicant, not to its beneficiary (U15)", async () => {
    const { issuer, importer, exporter, confirmer, outsider } = cast;
    const act = await fixture.system.act(issuer, `/v1/credits/${creditId}/issue`);
    expect(act.subject).to.equal(creditId);
    const { summary } = ok(await as(issuer).get<ApprovalView>(`/v1/approvals/${act.orderId}`));
    const [applicant, beneficiary] = await Promise.all([nameOf(importer), nameOf(exporter)]);
    expect(summary.advisingBank).to.deep.equal({ participantId: confirmer.id, name: await nameOf(confirmer) });
    expect(summary.asWritten, "what the message says beside who was chosen").to.deep.include({
      ...{
        applicant,
        beneficiary,
        advisingBank: "MSTRDEFF",
        confirmer: "MSTRDEFF",
        presentationDays: "6/ISSUANCE OF FCR",
      },
    });
    const view = await credit(confirmer);
    expect(view).to.include({ id: creditId, status: "issued", advice: "none" });
    expect(view.contingentLiabilities.map(({ as: role }) => role)).to.deep.equal(["issuer"]);
    expect(view.deadlines.map(({ bank }) => bank.participantId)).to.include(issuer.id);
    expect((await credit(importer)).status).to.equal("issued");
    for (const party of [exporter, outsider]) {
      expect((await as(party).get(`/v1/credits/${creditId}`)).status).to.equal(404);
    }
    const { items } = ok(await as(importer).get<Page<CreditView>>("/v1/credits?status=issued&reference=LC12345"));
    expect(items.map(({ id }) => id)).to.deep.equal([creditId]);
    expect(ok(await as(exporter).get<Page<CreditView>>("/v1/credits")).items).to.deep.equal([]);
  });

  it("is advised by the bank that has it, confirmed as asked, and then known to the beneficiary (U14, U15)", async () => {
    const { confirmer, adviser, exporter, issuer, nominated } = cast;
    const foreign = await as(nominated).post(`/v1/credits/${creditId}/advise`);
    expect(refusal(foreign)).to.deep.equal([403, "credit.not_entitled"]);
    await fixture.system.act(confirmer, `/v1/credits/${creditId}/advise`);
    await fixture.system.act(confirmer, `/v1/credits/${creditId}/confirm`);
    await fixture.system.act(adviser, `/v1/credits/${creditId}/advise`);
    const view = await credit(exporter);
    expect(view).to.include({ advice: "advised", secondAdvice: "advised", confirmation: "added" });
    expect(view.contingentLiabilities.map(({ bank }) => bank.participantId)).to.deep.equal([issuer.id, confirmer.id]);
    const mt730 = ok(await as(confirmer).get<string>(`/v1/credits/${creditId}/mt730`));
    expect(mt730).to.contain("{2:I730NRGDATWWX").and.to.contain(":21:LC12345").and.to.contain("CONFIRMATION");
    expect((await as(exporter).get(`/v1/credits/${creditId}/mt730`)).status).to.equal(404);
  });

  async function keep(kind: string, name: string): Promise<string> {
    const contentBase64 = Buffer.from(`${kind} ${name}`, "utf8").toString("base64");
    const body = { kind, name, mediaType: "text/plain", contentBase64 };
    return ok(await as(cast.exporter).post<DocumentView>("/v1/documents", body)).id;
  }

  async function present(documents: readonly string[], replaces?: string): Promise<string> {
    const { exporter, nominated, confirmer } = cast;
    const body = {
      bank: nominated.id,
      amount: { amount: "100000.00", currency: "EUR" },
      documents,
      shipmentDate: "2026-03-02",
      ...(replaces && { replaces }),
    };
    const path = `/v1/credits/${creditId}/presentations`;
    const proposed = await as(exporter).post<{ presentationId: string }>(path, body, { wait: 20 });
    const { presentationId } = ok(proposed);
    await fixture.system.act(nominated, `/v1/presentations/${presentationId}/forward`, { to: confirmer.id });
    return presentationId;
  }

  it("takes documents through the nominated bank to the confirming bank, whose clock then runs (U25, U28)", async () => {
    const { confirmer, exporter, importer, nominated, outsider } = cast;
    const invoice = await keep("commercial_invoice", "invoice.txt");
    const receipt = await keep("forwarder_certificate_of_receipt", "receipt.txt");
    refusedId = await present([invoice, receipt]);
    const view = ok(await as(confirmer).get<PresentationView>(`/v1/presentations/${refusedId}`));
    expect(view.documents.map(({ documentId }) => documentId)).to.deep.equal([invoice, receipt]);
    const own = view.examinations.find(({ bank }) => bank.participantId === confirmer.id);
    expect(own).to.include({
      decision: "examining",
      deadline: "2026-03-09T23:00:00.000Z",
      decideBy: "2026-03-09T16:00:00.000Z",
    });
    const content = await as(confirmer).get(`/v1/documents/${invoice}/content`);
    expect(content.text).to.equal("commercial_invoice invoice.txt");
    expect((await as(nominated).get(`/v1/documents/${invoice}`)).status).to.equal(200);
    for (const party of [importer, outsider]) {
      expect((await as(party).get(`/v1/documents/${invoice}/content`)).status).to.equal(404);
      expect((await as(party).get(`/v1/presentations/${refusedId}`)).status).to.equal(404);
    }
    const queue = ok(await as(confirmer).get<Page<PresentationView>>("/v1/presentations?queue=examining"));
    expect(queue.items.map(({ id }) => id)).to.deep.equal([refusedId]);
    expect(
      ok(await as(exporter).get<Page<PresentationView>>(`/v1/presentations?credit=${creditId}`)).items,
    ).to.have.length(1);
  });

  it("is refused with one notice, whose wording reaches the presenter and the beneficiary (U40)", async () => {
    const { confirmer, nominated, exporter, issuer } = cast;
    const text = "CERTIFICATE OF RECEIPT NOT ADDRESSED TO THE APPLICANT";
    const body = { disposal: "HOLD", discrepancies: [{ code: "DATA", document: 2, article: 14, text }] };
    for (const article of [0, 40, 999]) {
      const unknown = { ...body, discrepancies: [{ code: "DATA", document: 2, article, text }] };
      const reply = await as(confirmer).post(`/v1/presentations/${refusedId}/refuse`, unknown);
      expect(refusal(reply), `article ${article}`).to.deep.equal([400, "request.invalid"]);
      expect(pointersOf(reply)).to.deep.equal(["/discrepancies/0/article"]);
    }
    const notify = await as(confirmer).post(`/v1/presentations/${refusedId}/refuse`, { ...body, disposal: "NOTIFY" });
    expect(refusal(notify)).to.deep.equal([422, "refusal.disposal_not_allowed"]);
    await fixture.system.act(confirmer, `/v1/presentations/${refusedId}/refuse`, body);
    for (const party of [confirmer, nominated, exporter]) {
      const view = ok(await as(party).get<PresentationView>(`/v1/presentations/${refusedId}`));
      expect(view.discrepancies.map((one) => one.text)).to.deep.equal([text]);
    }
    const mt734 = ok(await as(nominated).get<string>(`/v1/presentations/${refusedId}/mt734`));
    expect(mt734).to.contain("{2:I734").and.to.contain(":77B:/HOLD/").and.to.contain(":32A:260302EUR100000,");
    expect((await as(issuer).get(`/v1/presentations/${refusedId}/mt734`)).status).to.equal(404);
  });

  it("is cured in time, honoured, and claimed by the beneficiary; then reimbursed (U13, U14, U38, U40)", async () => {
    const { confirmer, exporter, issuer, importer } = cast;
    await fixture.system.moveTo(genesisSeconds + 2 * daySeconds);
    const invoice = await keep("commercial_invoice", "invoice-again.txt");
    curedId = await present([invoice], refusedId);
    await fixture.system.act(confirmer, `/v1/presentations/${curedId}/honour`);
    const owed = ok(await as(exporter).get<Page<UndertakingView>>(`/v1/undertakings?role=holder&credit=${creditId}`));
    expect(owed.items.map(({ obligor, status, isDue }) => [obligor.participantId, status, isDue])).to.deep.equal([
      [confirmer.id, "owed", true],
    ]);
    const [first] = owed.items;
    expect(first?.id, "computed as the contract does").to.equal(undertakingIdOf(curedId, confirmer.id));
    await fixture.system.act(exporter, `/v1/undertakings/${first?.id}/claim`);
    expect(await fixture.system.balance(exporter, confirmer)).to.equal("100000.00");
    expect((await as(issuer).get(`/v1/undertakings/${first?.id}`)).status, "not the issuer's").to.equal(404);

    await fixture.system.act(confirmer, `/v1/presentations/${curedId}/forward`, { to: issuer.id });
    await fixture.system.act(issuer, `/v1/presentations/${curedId}/honour`);
    const own = ok(await as(confirmer).get<Page<UndertakingView>>("/v1/undertakings?role=holder&status=owed"));
    await fixture.system.act(confirmer, `/v1/undertakings/${own.items[0]?.id}/claim`);
    expect(await fixture.system.balance(confirmer, issuer)).to.equal("100000.00");
    const view = await credit(importer);
    expect(view.drawing).to.deep.include({ drawn: { amount: "100000.00", currency: "EUR" } });
    expect(view.undertakings, "an applicant is no party of them").to.deep.equal([]);
    expect(view.presentations).to.deep.equal([]);
  });

  it("is expired once its last day is over at every bank, and closed thirty days later by anyone of its parties (U12, U50)", async () => {
    const { importer } = cast;
    const [end] = (await credit(importer)).deadlines.map(({ expiresAt }) => Date.parse(expiresAt) / 1000).sort();
    const early = await as(importer).post(`/v1/credits/${creditId}/close`);
    expect(refusal(early)).to.deep.equal([409, "credit.not_expired"]);
    await fixture.system.moveTo((end ?? 0) + daySeconds);
    expect((await credit(importer)).status).to.equal("expired");
    await fixture.system.moveTo((end ?? 0) + 31 * daySeconds);
    await fixture.system.act(importer, `/v1/credits/${creditId}/close`);
    expect((await credit(importer)).status).to.equal("closed");
  });
});
