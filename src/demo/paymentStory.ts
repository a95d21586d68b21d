import * as z from "zod";
import type { Book } from "./book.ts";
import type { Ids } from "./opening.ts";
import type { Stage } from "./stage.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

const Limits = z.object({
  items: z.array(
    z.object({
      debtor: z.object({ participantId: z.int() }),
      granted: z.object({ amount: z.string() }),
      owed: z.object({ amount: z.string() }),
    }),
  ),
});

/** The importer, at one bank, pays the exporter, at another; the banks owe each other the difference. */
export async function playPayment(stage: Stage, ids: Ids, book: Book): Promise<void> {
  stage.say("\nA payment between banks");
  await stage.act({
    key: "limit.issuer",
    who: "confirmer",
    what: "grants the importer's bank a limit: two people sign",
    amount: "EUR 10000.00",
    becomes: "granted",
    path: "/v1/limits",
    body: { debtor: ids.issuer, money: euro("10000.00") },
  });
  await stage.act({
    key: "payment.spares",
    who: "importer",
    what: "pays the exporter for spare parts, from its bank to the exporter's",
    amount: "EUR 2500.00",
    becomes: "paid",
    path: "/v1/payments",
    body: {
      payerBank: ids.issuer,
      payee: ids.exporter,
      payeeBank: ids.confirmer,
      money: euro("2500.00"),
      endToEndId: "SPARES-2093-7",
      purpose: "SUPP",
      remittance: "SPARE PARTS, INVOICE 2093-7",
    },
  });
  book.destroy({ bank: "issuer", holder: "importer", amountMinor: 250_000n });
  book.create({ bank: "confirmer", holder: "exporter", amountMinor: 250_000n });
  const { items } = Limits.parse(await stage.get("confirmer", "/v1/limits"));
  const line = items.find(({ debtor }) => debtor.participantId === ids.issuer);
  if (line?.owed.amount !== "2500.00") throw new Error("the importer's bank does not owe what it paid");
  stage.say(`    The importer's bank owes the exporter's EUR ${line.owed.amount} of EUR ${line.granted.amount}.`);
}
