import type { CodeRow } from "./row.ts";

/**
 * Refusals of contracts. The code is the error's name in the interface: `CreditWrongStatus` is `credit.wrong_status`.
 * The facts of the reply carry the error's arguments as evidence. A test shows that every error has its row.
 */
export function row(status: number, title: string, page: string): CodeRow {
  return { status, retry: false, title, page };
}

export const notEntitled = "The ledger lets another party do this, in another role. Nothing was changed.";
export const unknownId = "No such thing is on the ledger.";
export const exists = "It is on the ledger already; the same salt or reference cannot be used twice.";
export const wrongState =
  "The act does not fit the present state; the facts show what it is and what it would have to be.";
export const invalidInput = "The ledger's contract refuses this input; the facts name the field.";
