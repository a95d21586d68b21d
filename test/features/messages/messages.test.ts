import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { MessageView } from "../../../src/features/messages/views.ts";
import type { Problem } from "../../../src/http/problem.ts";
import { type ApiReply, pointersOf, refusal } from "../../fixtures/api.ts";
import { describeGateway, type TestBank, type TestParty } from "../../fixtures/gateway.ts";
import { mt700Text } from "../credits/mt700Text.ts";

const beer = readFileSync(path.join(import.meta.dirname, "..", "..", "fixtures", "swift", "mt700-beer.fin"), "utf8");

function ok<T>(reply: ApiReply<T>): T {
  expect(reply.status, reply.text).to.be.within(200, 299);
  return reply.body;
}

describeGateway("A folder of messages, over HTTP", (fixture) => {
  let bank: TestBank;
  let other: TestBank;
  let merchant: TestParty;

  before(async () => {
    bank = await fixture.system.bank();
    other = await fixture.system.bank();
    merchant = await fixture.system.party({ roles: ["merchant"] });
  });

  const as = (party: TestParty) => fixture.system.as(party.maker);
  const receive = (party: TestParty, text: string) => as(party).post<MessageView>("/v1/messages", { text });

  it("refuses a truncated message as malformed and one with a wrong field with its place, and keeps neither", async () => {
    const cut = await receive(bank, beer.slice(0, 200));
    expect(refusal(cut)).to.deep.equal([400, "message.malformed"]);
    expect(refusal(await receive(bank, "no message at all"))).to.deep.equal([400, "message.malformed"]);
    const precise = await receive(bank, beer.replace(":32B:EUR100000,", ":32B:EUR100000,001"));
    expect(refusal(precise)).to.deep.equal([422, "message.invalid"]);
    const [fault] = (precise.body as unknown as Problem).errors ?? [];
    expect(fault?.pointer).to.equal("/text");
    expect(fault?.detail).to.match(/field 32B, offset \d+, line 15\b/);
    const unknown = await receive(bank, beer.replace(":43T:", ":43Z:"));
    expect(refusal(unknown)).to.deep.equal([422, "message.invalid"]);
    expect(ok(await as(bank).get<{ items: unknown[] }>("/v1/messages")).items).to.deep.equal([]);
  });

  it("belongs to one organisation: the same text is new in another folder and twice in none", async () => {
    const kept = ok(await receive(bank, beer));
    expect(refusal(await receive(bank, beer))).to.deep.equal([409, "message.duplicate"]);
    const sameCredit = await receive(bank, beer.replace("400,000 BOTTLES", "400,001 BOTTLES"));
    expect(refusal(sameCredit), "the same sender's same reference").to.deep.equal([409, "message.duplicate"]);
    expect(ok(await receive(other, beer)).id).not.to.equal(kept.id);
    for (const suffix of ["", "/text"]) {
      expect((await as(other).get(`/v1/messages/${kept.id}${suffix}`)).status).to.equal(404);
    }
    const ofType = (type: string) => as(bank).get<{ items: { id: string }[] }>(`/v1/messages?type=${type}`);
    expect(ok(await ofType("700")).items.map(({ id }) => id)).to.deep.equal([kept.id]);
    expect(ok(await ofType("734")).items).to.deep.equal([]);
  });

  it("gives a bank the text as it came, and everybody else the text without 49H", async () => {
    const text = mt700Text({ "49H": "PAY AFTER 3 DAYS", "20": "WITH49H" });
    const kept = ok(await receive(bank, text));
    expect((await as(bank).get(`/v1/messages/${kept.id}/text`)).text).to.equal(text);
    expect(kept.terms?.bankOnlyLines).to.deep.equal(["PAY AFTER 3 DAYS"]);
    const own = ok(await receive(merchant, text));
    const read = await as(merchant).get(`/v1/messages/${own.id}/text`);
    expect(read.text).to.contain(":45A:").and.not.to.contain("PAY AFTER").and.not.to.contain("49H:");
    expect((await as(merchant).get(`/v1/messages/${own.id}`)).text).not.to.contain("PAY AFTER");
  });

  it("drafts a credit from an own outgoing MT700 only", async () => {
    const { items } = ok(await as(bank).get<{ items: { id: string }[] }>("/v1/messages?limit=1"));
    const parties = { applicant: merchant.id, beneficiary: merchant.id };
    const incoming = await as(bank).post("/v1/credits", { messageId: items[0]?.id, parties });
    expect(refusal(incoming)).to.deep.equal([422, "credit.message_unsuitable"]);
    expect((await as(other).post("/v1/credits", { messageId: items[0]?.id, parties })).status).to.equal(404);
  });

  it("drafts no credit from the first of several messages, in whichever way, and keeps the message", async () => {
    const ownBic = (text: string) => text.replace("NRGDATWW", bank.bic);
    const kept = ok(await receive(bank, ownBic(mt700Text({ "20": "WITH701", "27": "1/2" }))));
    expect(kept).to.deep.include({ direction: "outgoing", reference: "WITH701" });
    const parties = { applicant: merchant.id, beneficiary: other.id, advisingBank: other.id };
    const reply = await as(bank).post("/v1/credits", { messageId: kept.id, parties });
    expect(refusal(reply)).to.deep.equal([422, "message.incomplete"]);
    expect((reply.body as unknown as Problem).facts).to.deep.include({ have: 1, want: 2 });
    expect(ok(await as(bank).get<{ items: unknown[] }>("/v1/credits?reference=WITH701")).items).to.deep.equal([]);
    expect(ok(await as(bank).get<MessageView>(`/v1/messages/${kept.id}`)).id).to.equal(kept.id);
  });

  it("takes either of two participants that share the BIC which the message names, and no third one, and no terms but its own", async () => {
    const twin = await fixture.system.bank({ bic: other.bic });
    const third = await fixture.system.bank();
    const text = mt700Text({ "20": "TWINS", "58A": other.bic, "41A": `${other.bic}\r\nBY PAYMENT` });
    const sent = text.replace("NRGDATWW", bank.bic).replace("I700MSTRDEFF", `I700${other.bic}`);
    const { id: messageId } = ok(await receive(bank, sent));
    const firms = { applicant: merchant.id, beneficiary: third.id };
    const draft = (chosen: number, terms: object = {}) => {
      const parties = { ...firms, advisingBank: chosen, confirmer: chosen, nominatedBank: chosen };
      return as(bank).post("/v1/credits", { messageId, parties, terms });
    };
    const foreign = await draft(third.id, { partialDrawings: false, presentationDays: 7 });
    expect(refusal(foreign)).to.deep.equal([422, "credit.draft_contradictory"]);
    expect([...pointersOf(foreign)].sort()).to.deep.equal([
      "/parties/advisingBank",
      "/parties/confirmer",
      "/parties/nominatedBank",
      "/terms/partialDrawings",
      "/terms/presentationDays",
    ]);
    expect((await draft(twin.id)).status).to.equal(201);
  });
});
