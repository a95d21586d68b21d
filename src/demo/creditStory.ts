import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Book } from "./book.ts";
import type { Ids } from "./opening.ts";
import { dateOf } from "./plan.ts";
import type { Stage } from "./stage.ts";

/** A real message of 2003 (test/fixtures/swift/ORIGIN.md). */
const originalFile = path.join(import.meta.dirname, "..", "..", "test", "fixtures", "swift", "mt700-beer.fin");

/** Days of the story, counted from the day of issue (a Saturday, as in the original). */
const day = { issued: 0, advised: 2, passedOn: 3, receipt: 51, presented: 52, refused: 53, cured: 55, honoured: 59, sent: 60, reimbursed: 65 };

const Message = z.looseObject({
  id: z.string(),
  release: z.string(),
  findings: z.array(z.looseObject({ severity: z.string(), code: z.string() })),
});
const Draft = z.looseObject({
  id: z.string(),
  reference: z.string(),
  terms: z.looseObject({ amount: z.object({ amount: z.string(), currency: z.string() }), expiryDate: z.string() }),
});
const Presented = z.looseObject({ presentationId: z.string() });
const Presentation = z.looseObject({
  examinations: z.array(z.looseObject({ bank: z.looseObject({ participantId: z.int() }), decideBy: z.nullable(z.string()), deadline: z.nullable(z.string()) })),
});
const Undertakings = z.object({ items: z.array(z.looseObject({ id: z.string(), obligor: z.looseObject({ participantId: z.int() }) })) });

interface Deal {
  readonly creditId: string;
  readonly amount: { readonly amount: string; readonly currency: string };
}

/** The original is read as of its release, kept, and issued anew with other dates and plainly fictitious parties. */
async function readMessage(stage: Stage, ids: Ids): Promise<string> {
  const text = fs.readFileSync(originalFile, "utf8");
  const original = Message.parse(
    await stage.post({
      key: "message.original",
      who: "issuer",
      what: "reads the MT700 of 17 May 2003",
      becomes: "kept as it came",
      path: "/v1/messages",
      body: { text },
    }),
  );
  const warnings = original.findings.map(({ code }) => code);
  stage.say(`    read as of release ${original.release}; today's would object to: ${[...new Set(warnings)].join(", ")}`);
  const { importer: applicant, exporter: beneficiary, confirmer: advisingBank, nominated: nominatedBank, adviser } = ids;
  const reissued = Message.parse(
    await stage.post({
      key: "message.reissue",
      who: "issuer",
      what: `re-issues it, ${stage.plan.weeks} weeks later, between fictitious parties`,
      becomes: "MT700 of today's release",
      path: `/v1/messages/${original.id}/reissue`,
      body: {
        reference: "LC12345",
        weeks: stage.plan.weeks,
        placeOfExpiry: "AMSTERDAM",
        parties: { applicant, beneficiary, advisingBank, nominatedBank, secondAdvisingBank: adviser },
      },
    }),
  );
  return reissued.id;
}

async function issue(stage: Stage, ids: Ids): Promise<Deal> {
  const messageId = await readMessage(stage, ids);
  const draft = Draft.parse(
    await stage.post({
      key: "credit.draft",
      who: "issuer",
      what: "drafts the credit from the message",
      rule: "U01 U10 U12",
      becomes: "draft",
      path: "/v1/credits",
      body: { messageId, parties: { applicant: ids.importer, beneficiary: ids.exporter } },
    }),
  );
  const { amount } = draft.terms;
  const creditId = draft.id;
  await stage.act({
    key: "credit.issue",
    who: "issuer",
    what: `issues credit ${draft.reference}, expiring ${draft.terms.expiryDate}: maker and checker sign`,
    rule: "U02 U13",
    amount: `${amount.currency} ${amount.amount}`,
    becomes: "issued",
    path: `/v1/credits/${creditId}/issue`,
  });
  return { creditId, amount };
}

async function adviseAndConfirm(stage: Stage, { creditId, amount }: Deal): Promise<void> {
  const money = `${amount.currency} ${amount.amount}`;
  await stage.moveTo(day.advised, 9);
  const credit = `/v1/credits/${creditId}`;
  await stage.act({
    key: "credit.advise",
    who: "confirmer",
    what: "advises the terms it received",
    rule: "U15",
    becomes: "advised",
    path: `${credit}/advise`,
  });
  await stage.act({
    key: "credit.confirm",
    who: "confirmer",
    what: "was asked by field 49 and adds its confirmation",
    rule: "U14",
    amount: money,
    becomes: "confirmed",
    path: `${credit}/confirm`,
  });
  await stage.moveTo(day.passedOn, 9);
  await stage.act({
    key: "credit.advise.second",
    who: "adviser",
    what: "advises the beneficiary as second advising bank",
    rule: "U15",
    becomes: "advised",
    path: `${credit}/advise`,
  });
  await showMessage(stage, "confirmer", `${credit}/mt730`, "MT730");
}

async function showMessage(stage: Stage, who: "confirmer", path: string, name: string): Promise<void> {
  const text = String(await stage.get(who, path));
  stage.say(`    ${name} that ${name === "MT730" ? "acknowledges" : "refuses"}, as it would go out (GET ${path.replace(/0x[0-9a-f]{60}/, "0x…")}):`);
  const block = text.slice(text.indexOf("{4:") + 3, text.indexOf("-}")).trim();
  for (const line of block.split(/\r?\n/)) stage.say(`      ${line}`);
}

const invoice = "COMMERCIAL INVOICE 2093\nVOORBEELD BROUWERIJ B.V. TO BEISPIEL GETRAENKE GMBH\n400,000 BOTTLES OF BEER FCA AMSTERDAM EUR 100,000.00";
const receipts = {
  first: "FORWARDING AGENTS CERTIFICATE OF RECEIPT 77\nGOODS RECEIVED FOR DELIVERY TO ORDER",
  cured: "FORWARDING AGENTS CERTIFICATE OF RECEIPT 77\nGOODS ADDRESSED TO BEISPIEL GETRAENKE GMBH, VIENNA",
};

async function keepDocument(stage: Stage, document: { key: string; kind: string; name: string; text: string }): Promise<string> {
  const { body } = await stage.api({
    token: stage.token("exporter"),
    method: "POST",
    path: "/v1/documents",
    key: `document.${document.key}`,
    body: {
      kind: document.kind,
      name: document.name,
      mediaType: "text/plain",
      contentBase64: Buffer.from(document.text, "utf8").toString("base64"),
    },
  });
  return z.looseObject({ id: z.string() }).parse(body).id;
}

interface Showing {
  readonly key: "first" | "cured";
  readonly what: string;
  readonly documents: readonly string[];
  readonly replaces?: string;
}

/** The beneficiary presents through the nominated bank, which passes on without acting on its nomination. */
async function presentAndForward(stage: Stage, ids: Ids, deal: Deal & { showing: Showing }): Promise<string> {
  const { showing, creditId, amount } = deal;
  const { presentationId } = Presented.parse(
    await stage.act({
      key: `present.${showing.key}`,
      who: "exporter",
      what: showing.what,
      rule: "U09 U29",
      amount: `${amount.currency} ${amount.amount}`,
      becomes: "presented",
      path: `/v1/credits/${creditId}/presentations`,
      body: {
        bank: ids.nominated,
        amount,
        documents: showing.documents,
        shipmentDate: dateOf(stage.plan, day.receipt),
        ...(showing.replaces && { replaces: showing.replaces }),
      },
    }),
  );
  await stage.act({
    key: `forward.${showing.key}`,
    who: "nominated",
    what: "passes the documents on without acting on its nomination",
    rule: "U25",
    becomes: "with the confirming bank",
    path: `/v1/presentations/${presentationId}/forward`,
    body: { to: ids.confirmer },
  });
  await tellClock(stage, "confirmer", { presentationId, bank: ids.confirmer });
  return presentationId;
}

async function tellClock(stage: Stage, who: "confirmer" | "issuer", at: { presentationId: string; bank: number }): Promise<void> {
  const view = Presentation.parse(await stage.get(who, `/v1/presentations/${at.presentationId}`));
  const own = view.examinations.find(({ bank }) => bank.participantId === at.bank);
  stage.say(`    its clock runs: decide by ${own?.decideBy ?? "?"}, precluded from ${own?.deadline ?? "?"} (U28, U42)`);
}

async function refuse(stage: Stage, presentationId: string): Promise<void> {
  await stage.moveTo(day.refused, 10);
  await stage.act({
    key: "refuse",
    who: "confirmer",
    what: "refuses: the certificate of receipt is not addressed to the applicant",
    rule: "U40",
    becomes: "refused, documents held",
    path: `/v1/presentations/${presentationId}/refuse`,
    body: {
      disposal: "HOLD",
      discrepancies: [
        { code: "DATA", document: 2, article: 14, text: "FORWARDING AGENTS CERTIFICATE OF RECEIPT NOT ADDRESSED TO THE APPLICANT" },
      ],
    },
  });
  await showMessage(stage, "confirmer", `/v1/presentations/${presentationId}/mt734`, "MT734");
}

async function claim(
  stage: Stage,
  book: Book,
  due: { key: string; who: "exporter" | "confirmer"; obligor: "confirmer" | "issuer"; bank: number; deal: Deal },
): Promise<void> {
  const { creditId, amount } = due.deal;
  const owed = Undertakings.parse(await stage.get(due.who, `/v1/undertakings?role=holder&credit=${creditId}`));
  const undertaking = owed.items.find(({ obligor }) => obligor.participantId === due.bank);
  if (!undertaking) throw new Error(`the ${due.obligor} owes nothing`);
  await stage.act({
    key: due.key,
    who: due.who,
    what: "claims what is due: the claim creates the bank's deposit money",
    rule: "U13 U14",
    amount: `${amount.currency} ${amount.amount}`,
    becomes: "paid",
    path: `/v1/undertakings/${undertaking.id}/claim`,
  });
  book.create({ bank: due.obligor, holder: due.who, amountMinor: BigInt(amount.amount.replace(".", "")) });
}

async function honourAndReimburse(stage: Stage, ids: Ids, deal: Deal & { presentationId: string; book: Book }): Promise<void> {
  const { presentationId, book } = deal;
  const money = `${deal.amount.currency} ${deal.amount.amount}`;
  const path = `/v1/presentations/${presentationId}`;
  await stage.moveTo(day.honoured, 9);
  const honour = { rule: "U38", amount: money, path: `${path}/honour` };
  await stage.act({ ...honour, key: "honour.confirmer", who: "confirmer", what: "finds that the documents comply, and honours", becomes: "owed to the beneficiary" });
  await claim(stage, book, { key: "claim.exporter", who: "exporter", obligor: "confirmer", bank: ids.confirmer, deal });
  await stage.moveTo(day.sent, 9);
  await stage.act({
    key: "forward.issuer",
    who: "confirmer",
    what: "sends the documents to the issuing bank",
    rule: "U38",
    becomes: "with the issuing bank",
    path: `${path}/forward`,
    body: { to: ids.issuer },
  });
  await tellClock(stage, "issuer", { presentationId, bank: ids.issuer });
  await stage.moveTo(day.reimbursed, 9);
  await stage.act({ ...honour, key: "honour.issuer", who: "issuer", what: "decides on its own clock that the documents comply", becomes: "owed to the confirming bank" });
  await claim(stage, book, { key: "claim.confirmer", who: "confirmer", obligor: "issuer", bank: ids.issuer, deal });
}

/** The letter of credit: issued, advised, confirmed, presented, refused, cured, honoured, claimed, reimbursed. */
export async function playCredit(stage: Stage, ids: Ids, book: Book): Promise<string> {
  stage.say("\nThe letter of credit");
  const deal = await issue(stage, ids);
  await adviseAndConfirm(stage, deal);
  await stage.moveTo(day.presented, 8);
  const invoiceId = await keepDocument(stage, { key: "invoice", kind: "commercial_invoice", name: "invoice-2093.txt", text: invoice });
  const firstReceipt = await keepDocument(stage, { key: "fcr.first", kind: "forwarder_certificate_of_receipt", name: "fcr-77.txt", text: receipts.first });
  const first: Showing = { key: "first", what: "presents invoice and certificate of receipt", documents: [invoiceId, firstReceipt] };
  const refused = await presentAndForward(stage, ids, { ...deal, showing: first });
  await refuse(stage, refused);
  await stage.moveTo(day.cured, 8);
  const curedReceipt = await keepDocument(stage, { key: "fcr.cured", kind: "forwarder_certificate_of_receipt", name: "fcr-77a.txt", text: receipts.cured });
  const cured: Showing = { key: "cured", what: "presents again, with the certificate addressed to the applicant", documents: [invoiceId, curedReceipt], replaces: refused };
  const presentationId = await presentAndForward(stage, ids, { ...deal, showing: cured });
  await honourAndReimburse(stage, ids, { ...deal, presentationId, book });
  return deal.creditId;
}
