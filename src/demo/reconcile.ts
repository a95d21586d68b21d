import * as z from "zod";
import type { Book } from "./book.ts";
import type { Ids } from "./opening.ts";
import { type PartyName, parties, partyNames } from "./parties.ts";
import type { Stage } from "./stage.ts";

const Accounts = z.object({
  items: z.array(z.object({ bank: z.int(), balance: z.object({ amount: z.string(), currency: z.string() }) })),
});

function format(minor: bigint): string {
  const text = (minor < 0n ? -minor : minor).toString().padStart(3, "0");
  return `${minor < 0n ? "-" : ""}${text.slice(0, -2)}.${text.slice(-2)}`;
}

const banks = ["issuer", "confirmer", "adviser", "nominated"] as const;

interface Line {
  readonly holder: PartyName;
  readonly bank: PartyName;
  readonly onLedger: string;
  readonly inBook: string;
}

/** What the holder has of each bank's money, by the ledger and by the book; pairs without money are left out. */
async function linesOf(stage: Stage, ids: Ids, { book, holder }: { book: Book; holder: PartyName }): Promise<Line[]> {
  const accounts = Accounts.parse(await stage.get(holder, "/v1/accounts?source=ledger"));
  return banks
    .map((bank) => ({
      holder,
      bank,
      onLedger: accounts.items.find((account) => account.bank === ids[bank])?.balance.amount ?? "0.00",
      inBook: format(book.balance(bank, holder)),
    }))
    .filter(({ onLedger, inBook }) => onLedger !== "0.00" || inBook !== "0.00");
}

/**
 * The table at the end: what the ledger says each party holds of each bank's money, beside what the demo's own book
 * says. @throws Error when one line differs, or the ledger knows money that the book does not.
 */
export async function reconcile(stage: Stage, ids: Ids, book: Book): Promise<void> {
  stage.say("\nBalances read from the ledger beside the demo's own double-entry book");
  stage.say(`${"holder".padEnd(37)} ${"money of".padEnd(37)} ${"ledger EUR".padStart(14)} ${"book EUR".padStart(14)}`);
  const lines: Line[] = [];
  for (const holder of partyNames) lines.push(...(await linesOf(stage, ids, { book, holder })));
  for (const { holder, bank, onLedger, inBook } of lines) {
    const names = `${parties[holder].name.padEnd(37)} ${parties[bank].name.padEnd(37)}`;
    stage.say(`${names} ${onLedger.padStart(14)} ${inBook.padStart(14)} ${onLedger === inBook ? "=" : "≠"}`);
  }
  const different = lines.filter(({ onLedger, inBook }) => onLedger !== inBook);
  const unbalanced = banks.filter((bank) => book.trialBalance(bank) !== 0n);
  if (different.length > 0 || unbalanced.length > 0) {
    throw new Error(
      `the books do not agree: ${different.length} lines differ, ${unbalanced.length} trial balances are off`,
    );
  }
  stage.say("All lines agree.");
}
