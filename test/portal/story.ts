import { expect } from "chai";
import type { ActReply } from "../../src/features/actReply.ts";
import { daySeconds, instant, type TestBank, type TestParty, type TestSystem } from "../fixtures/gateway.ts";

/** The parties that the browser suite's deals are between. */
interface Cast {
  readonly issuer: TestBank;
  readonly adviser: TestBank;
  readonly importer: TestParty;
  readonly exporter: TestParty;
}

/** What the browser suite looks at: an issued credit of EUR 250,000.00 and a funded escrow of EUR 350.01. */
export interface Story extends Cast {
  readonly creditId: string;
  readonly escrowId: string;
}

const euro = (amount: string) => ({ amount, currency: "EUR" });

export async function tellStory(system: TestSystem): Promise<Story> {
  const issuer = await system.bank({ name: "Bank of Nowhere" });
  const adviser = await system.bank({ name: "Adviser Bank" });
  const importer = await system.party({ name: "Importer B.V.", roles: ["merchant"] });
  const exporter = await system.party({ name: "Exporter Ltd.", roles: ["merchant"], country: "SG" });
  const creditId = await issueCredit(system, { issuer, adviser, importer, exporter }, "LC-2026-1");
  const escrowId = await fundEscrow(system, { issuer, importer, exporter });
  return { issuer, adviser, importer, exporter, creditId, escrowId };
}

/** A credit of EUR 250,000.00, issued but not yet advised. @returns its id */
export async function issueCredit(system: TestSystem, cast: Cast, reference: string): Promise<string> {
  const { issuer, adviser, importer, exporter } = cast;
  const draft = await system.as(issuer.maker).post<{ id: string }>("/v1/credits", {
    reference,
    parties: { applicant: importer.id, beneficiary: exporter.id, advisingBank: adviser.id },
    terms: {
      amount: euro("250000.00"),
      confirmation: "without",
      availableBy: "sight",
      expiryDate: "2026-05-29",
      expiryPlace: "AMSTERDAM",
    },
  });
  expect(draft.status, draft.text).to.equal(201);
  const { id } = draft.body;
  await system.act(issuer, `/v1/credits/${id}/issue`);
  return id;
}

async function fundEscrow(system: TestSystem, parties: Omit<Cast, "adviser">): Promise<string> {
  const { issuer, importer, exporter } = parties;
  const arbiter = await system.party({ name: "Arbiter", roles: ["arbiter"], country: "GB" });
  const now = await system.now();
  const { subject } = await system.act(importer, "/v1/escrows", {
    buyer: importer.id,
    seller: exporter.id,
    arbiter: arbiter.id,
    bank: issuer.id,
    title: "Bottling line",
    text: "Delivery first, commissioning second.",
    fundBy: instant(now + 5 * daySeconds),
    inspectionDays: 7,
    rulingDays: 10,
    defaultSellerBps: 5_000,
    milestones: [
      { title: "Delivery", money: euro("100.00"), dueAt: instant(now + 20 * daySeconds) },
      { title: "Commissioning", money: euro("250.01"), dueAt: instant(now + 40 * daySeconds) },
    ],
  });
  await system.act(exporter, `/v1/escrows/${subject}/agree`);
  await system.deposit(issuer, importer, "350.01");
  await system.act(importer, `/v1/escrows/${subject}/fund`);
  return subject;
}

/** The exporter presents an invoice for the whole amount to the issuing bank. @returns the presentation's id */
export async function present(system: TestSystem, { exporter, issuer }: Cast, creditId: string): Promise<string> {
  const kept = await system.as(exporter.maker).post<{ id: string }>("/v1/documents", {
    kind: "commercial_invoice",
    name: "invoice.txt",
    mediaType: "text/plain",
    contentBase64: Buffer.from("INVOICE 1").toString("base64"),
  });
  expect(kept.status, kept.text).to.equal(201);
  const body = { bank: issuer.id, amount: euro("250000.00"), documents: [kept.body.id] };
  const path = `/v1/credits/${creditId}/presentations`;
  const presented = await system
    .as(exporter.maker)
    .post<ActReply & { presentationId: string }>(path, body, { wait: 20 });
  expect(presented.body.transaction?.status, presented.text).to.equal("final");
  return presented.body.presentationId;
}
