import * as z from "zod";
import { tellClock } from "./clock.ts";
import { creditDays, type Deal, moneyOf } from "./deal.ts";
import type { Ids } from "./opening.ts";
import { dateOf } from "./plan.ts";
import { showMessage } from "./showMessage.ts";
import type { Stage } from "./stage.ts";

const Presented = z.looseObject({ presentationId: z.string() });

const invoice =
  "COMMERCIAL INVOICE 2093\nVOORBEELD BROUWERIJ B.V. TO BEISPIEL GETRAENKE GMBH\n400,000 BOTTLES OF BEER FCA AMSTERDAM EUR 100,000.00";
const receipts = {
  first: "FORWARDING AGENTS CERTIFICATE OF RECEIPT 77\nGOODS RECEIVED FOR DELIVERY TO ORDER",
  cured: "FORWARDING AGENTS CERTIFICATE OF RECEIPT 77\nGOODS ADDRESSED TO BEISPIEL GETRAENKE GMBH, VIENNA",
};

async function keepDocument(
  stage: Stage,
  document: { key: string; kind: string; name: string; text: string },
): Promise<string> {
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
      amount: moneyOf(deal),
      becomes: "presented",
      path: `/v1/credits/${creditId}/presentations`,
      body: {
        bank: ids.nominated,
        amount,
        documents: showing.documents,
        shipmentDate: dateOf(stage.plan, creditDays.receipt),
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

async function refuse(stage: Stage, presentationId: string): Promise<void> {
  await stage.moveTo(creditDays.refused, 10);
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
        {
          code: "DATA",
          document: 2,
          article: 14,
          text: "FORWARDING AGENTS CERTIFICATE OF RECEIPT NOT ADDRESSED TO THE APPLICANT",
        },
      ],
    },
  });
  await showMessage(stage, { path: `/v1/presentations/${presentationId}/mt734`, name: "MT734 that refuses" });
}

/** Presented, refused for a real discrepancy, and cured in time (field 48). Returns the id of the second. */
export async function presentTwice(stage: Stage, ids: Ids, deal: Deal): Promise<string> {
  await stage.moveTo(creditDays.presented, 8);
  const invoiceId = await keepDocument(stage, {
    key: "invoice",
    kind: "commercial_invoice",
    name: "invoice-2093.txt",
    text: invoice,
  });
  const firstReceipt = await keepDocument(stage, {
    key: "fcr.first",
    kind: "forwarder_certificate_of_receipt",
    name: "fcr-77.txt",
    text: receipts.first,
  });
  const first: Showing = {
    key: "first",
    what: "presents invoice and certificate of receipt",
    documents: [invoiceId, firstReceipt],
  };
  const refused = await presentAndForward(stage, ids, { ...deal, showing: first });
  await refuse(stage, refused);
  await stage.moveTo(creditDays.cured, 8);
  const curedReceipt = await keepDocument(stage, {
    key: "fcr.cured",
    kind: "forwarder_certificate_of_receipt",
    name: "fcr-77a.txt",
    text: receipts.cured,
  });
  const cured: Showing = {
    key: "cured",
    what: "presents again, with the certificate addressed to the applicant",
    documents: [invoiceId, curedReceipt],
    replaces: refused,
  };
  return await presentAndForward(stage, ids, { ...deal, showing: cured });
}
