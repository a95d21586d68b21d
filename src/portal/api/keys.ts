import type { LedgerEvent } from "./types.ts";

/** Keys of the query cache. The first word is what an event makes stale. */
export const keys = {
  me: () => ["me"] as const,
  users: () => ["users"] as const,
  participants: () => ["participants"] as const,
  clock: () => ["clock"] as const,
  credits: (status: string | undefined) => ["credits", { status }] as const,
  credit: (id: string) => ["credit", id] as const,
  presentation: (id: string) => ["presentation", id] as const,
  toExamine: () => ["presentations", "examining"] as const,
  escrows: (status: string | undefined) => ["escrows", { status }] as const,
  escrow: (id: string) => ["escrow", id] as const,
  events: (subject: string) => ["events", subject] as const,
  accounts: () => ["accounts"] as const,
  statement: (token: string) => ["statement", token] as const,
  payments: () => ["payments"] as const,
  approvals: (status: string | undefined) => ["approvals", { status }] as const,
  approval: (id: string) => ["approval", id] as const,
};

const ofCredit = ["credits", "credit", "presentations", "presentation"];
const ofEscrow = ["escrows", "escrow"];

/** What an event makes stale, by the first part of its type. */
const staleBy: Readonly<Record<string, readonly string[]>> = {
  credit: ofCredit,
  confirmation: ofCredit,
  presentation: ofCredit,
  examination: ofCredit,
  undertaking: ofCredit,
  escrow: ofEscrow,
  milestone: ofEscrow,
  participant: ["participants"],
  deposit: ["accounts", "statement"],
  payment: ["payments"],
  account: ["approvals", "approval"],
};

/**
 * Beginnings of the keys that an event concerns. Any event shows where business time stands now, and belongs to the
 * history of its subject; a type of which nothing is known here changes nothing else.
 */
export function staleKeys({ type, subject }: Pick<LedgerEvent, "type" | "subject">): readonly (readonly string[])[] {
  const [area = ""] = type.split(".");
  return [["clock"], ["events", subject], ...(staleBy[area] ?? []).map((first) => [first])];
}
