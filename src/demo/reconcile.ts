import * as z from "zod";
import type { Book } from "./book.ts";
import type { Ids } from "./opening.ts";
import { parties, type PartyName } from "./parties.ts";
import type { Stage } from "./stage.ts";

const Accounts = z.object({
  items: z.array(
    z.object({ bank: z.int(), balance: z.object({ amount: z.string(), currency: z.string() }) }),
  ),
});

function format(minor: bigint): string {
  const text = (minor < 0n ? -minor : minor).toString().padStart(3, "0");
  return `${minor < 0n ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
}

/**
 * The table at the end: what the ledger says each party holds of each bank's money, beside what the demo's own book
 * says. @throws Error when one line differs, or the ledger knows money that the book does not.
 */
export async function reconcile(stage: Stage, ids: Ids, book: Book): Promise<void> {
  stage.say("\nBalances read from the ledger beside the demo's own double-entry book");
  stage.say(`${"holder".padEnd(37)} ${"money of".padEnd(37)} ${"ledger EUR".padStart(14)} ${"book EUR".padStart(14)}`);
  let differences = 0;
  for (const holder of Object.keys(ids) as PartyName[]) {
    const accounts = Accounts.parse(await stage.get(holder, "/v1/accounts?source=ledger"));
    for (const bank of ["issuer", "confirmer", "adviser", "nominated"] as const) {
      const onLedger = accounts.items.find((account) => account.bank === ids[bank])?.balance.amount ?? "0.00";
      const inBook = format(book.balance(bank, holder));
      if (onLedger === "0.00" && inBook === "0.00") continue;
      if (onLedger !== inBook) differences += 1;
      const mark = onLedger === inBook ? "=" : "≠";
      stage.say(
        `${parties[holder].name.padEnd(37)} ${parties[bank].name.padEnd(37)} ${onLedger.padStart(14)} ${inBook.padStart(14)} ${mark}`,
      );
    }
  }
  const unbalanced = (["issuer", "confirmer", "adviser", "nominated"] as const).filter((bank) => book.trialBalance(bank) !== 0n);
  if (differences > 0 || unbalanced.length > 0) {
    throw new Error(`the books do not agree: ${differences} lines differ, ${unbalanced.length} trial balances are off`);
  }
  stage.say("All lines agree.");
}
