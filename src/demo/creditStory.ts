import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Book } from "./book.ts";
import { creditDays, type Deal, moneyOf } from "./deal.ts";
import type { Ids } from "./opening.ts";
import { payCredit } from "./payStory.ts";
import { presentTwice } from "./presentationStory.ts";
import { showMessage } from "./showMessage.ts";
import type { Stage } from "./stage.ts";

/** A real message of 2003 (test/fixtures/swift/ORIGIN.md). */
const originalFile = path.join(import.meta.dirname, "..", "..", "test", "fixtures", "swift", "mt700-beer.fin");

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
  stage.say(
    `    read as of release ${original.release}; today's would object to: ${[...new Set(warnings)].join(", ")}`,
  );
  const {
    importer: applicant,
    exporter: beneficiary,
    confirmer: advisingBank,
    nominated: nominatedBank,
    adviser,
  } = ids;
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

async function adviseAndConfirm(stage: Stage, deal: Deal): Promise<void> {
  await stage.moveTo(creditDays.advised, 9);
  const credit = `/v1/credits/${deal.creditId}`;
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
    amount: moneyOf(deal),
    becomes: "confirmed",
    path: `${credit}/confirm`,
  });
  await stage.moveTo(creditDays.passedOn, 9);
  await stage.act({
    key: "credit.advise.second",
    who: "adviser",
    what: "advises the beneficiary as second advising bank",
    rule: "U15",
    becomes: "advised",
    path: `${credit}/advise`,
  });
  await showMessage(stage, { path: `${credit}/mt730`, name: "MT730 that acknowledges" });
}

/** The letter of credit: issued, advised, confirmed, presented, refused, cured, honoured, claimed, reimbursed. */
export async function playCredit(stage: Stage, ids: Ids, book: Book): Promise<string> {
  stage.say("\nThe letter of credit");
  const deal = await issue(stage, ids);
  await adviseAndConfirm(stage, deal);
  const presentationId = await presentTwice(stage, ids, deal);
  await payCredit(stage, ids, { deal, presentationId, book });
  return deal.creditId;
}
