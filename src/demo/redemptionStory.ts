import * as z from "zod";
import type { Book } from "./book.ts";
import type { Ids } from "./opening.ts";
import type { Stage } from "./stage.ts";

const Redemption = z.object({ status: z.string(), dueAt: z.string(), overdue: z.boolean() });

/** The exporter has money paid out by its bank, off the ledger. */
export async function playRedemption(stage: Stage, ids: Ids, book: Book): Promise<void> {
  stage.say("\nA redemption");
  const asked = await stage.act({
    key: "redemption.exporter",
    who: "exporter",
    what: "asks its bank to pay out; the money is set aside",
    amount: "EUR 50000.00",
    becomes: "requested",
    path: "/v1/redemptions",
    body: { bank: ids.confirmer, money: { amount: "50000.00", currency: "EUR" }, reference: "PAYOUT-2093" },
  });
  const { dueAt } = Redemption.parse(await stage.get("confirmer", `/v1/redemptions/${asked.subject}`));
  stage.say(`    The bank has two banking days of its own calendar: until ${dueAt}.`);
  await stage.act({
    key: "redemption.paid",
    who: "confirmer",
    what: "paid off the ledger, and confirms it: two people sign, and the money is destroyed",
    amount: "EUR 50000.00",
    becomes: "paid",
    path: `/v1/redemptions/${asked.subject}/confirm`,
    body: { payoutReference: "CORE-BANKING-7781" },
  });
  book.destroy({ bank: "confirmer", holder: "exporter", amountMinor: 5_000_000n });
  const { status } = Redemption.parse(await stage.get("exporter", `/v1/redemptions/${asked.subject}`));
  if (status !== "paid") throw new Error("the redemption was not paid");
}
