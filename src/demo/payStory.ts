import * as z from "zod";
import type { Book } from "./book.ts";
import { tellClock } from "./clock.ts";
import { creditDays, type Deal, moneyOf } from "./deal.ts";
import type { Ids } from "./opening.ts";
import type { Stage } from "./stage.ts";

const Undertakings = z.object({
  items: z.array(z.looseObject({ id: z.string(), obligor: z.looseObject({ participantId: z.int() }) })),
});

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
    amount: moneyOf(due.deal),
    becomes: "paid",
    path: `/v1/undertakings/${undertaking.id}/claim`,
  });
  book.create({ bank: due.obligor, holder: due.who, amountMinor: BigInt(amount.amount.replace(".", "")) });
}

/** Honoured and claimed at the confirming bank, then decided and reimbursed by the issuing bank on its own clock. */
export async function payCredit(
  stage: Stage,
  ids: Ids,
  presented: { deal: Deal; presentationId: string; book: Book },
): Promise<void> {
  const { deal, presentationId, book } = presented;
  const path = `/v1/presentations/${presentationId}`;
  await stage.moveTo(creditDays.honoured, 9);
  const honour = { rule: "U38", amount: moneyOf(deal), path: `${path}/honour` };
  await stage.act({
    ...honour,
    key: "honour.confirmer",
    who: "confirmer",
    what: "finds that the documents comply, and honours",
    becomes: "owed to the beneficiary",
  });
  await claim(stage, book, { key: "claim.exporter", who: "exporter", obligor: "confirmer", bank: ids.confirmer, deal });
  await stage.moveTo(creditDays.sent, 9);
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
  await stage.moveTo(creditDays.reimbursed, 9);
  await stage.act({
    ...honour,
    key: "honour.issuer",
    who: "issuer",
    what: "decides on its own clock that the documents comply",
    becomes: "owed to the confirming bank",
  });
  await claim(stage, book, { key: "claim.confirmer", who: "confirmer", obligor: "issuer", bank: ids.issuer, deal });
}
