import type { ApiInfo } from "./http/openapi.ts";

/** What the API's description says about the API as a whole. */
export const apiInfo: ApiInfo = {
  title: "Hansa",
  version: "0.1.0",
  description:
    "Letters of credit, escrow and deposit money on a permissioned ledger. Money is `{amount, currency}` with decimal " +
    "text, times are RFC 3339 in UTC, days are local to the bank they belong to. Every POST and PUT carries an " +
    "`Idempotency-Key`; the same key gets the first reply, byte for byte. An act on the ledger answers 202 at once, or " +
    "with `Prefer: wait=N` when the ledger has decided. Errors are problems (RFC 9457) with a stable `code`.",
  tags: {
    Participants: "The network's directory, admission and standing.",
    Users: "Users and keys of one's own organisation.",
    Calendars: "Banking days, cut-off hours and UTC offsets of banks.",
    Accounts: "Deposit money: tokens, entries, balances, statements.",
    Redemptions: "Deposit money that its holder wants paid out by the bank.",
    Enforcement: "Freezing and moving money by force, with a reason.",
    Messages: "SWIFT messages as they came, what was understood, and what is wrong with them.",
    Documents: "Encrypted documents; only commitments reach the ledger.",
    Credits: "Letters of credit: draft, issue, advice, confirmation, closing.",
    Presentations: "Presentation, examination, refusal and preclusion.",
    Undertakings: "What banks owe under credits, and claiming it.",
    Escrows: "Money locked against milestones.",
    Approvals: "Acts that need a second person.",
    Transactions: "Orders on their way to the ledger.",
    Events: "The organisation's own gap-free sequence of events.",
    Verification: "The gateway's views beside the ledger's own state.",
    Sandbox: "The test clock. Not in production.",
  },
};
