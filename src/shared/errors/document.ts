import type { CodeRow } from "./row.ts";

/** Documents, drafts of credits and notices: what the gateway keeps beside the ledger. */
export const documentCodes = {
  "document.too_large": {
    status: 413,
    retry: false,
    title: "The document is too large",
    page: "A document may have as many bytes as `allowed` says. Nothing was stored.",
  },
  "document.erased": {
    status: 410,
    retry: false,
    title: "The document was erased",
    page: "Its key was destroyed, so nobody can read it any more. Its commitment stays on the ledger.",
  },
  "credit.draft_contradictory": {
    status: 422,
    retry: false,
    title: "The draft contradicts itself or misses something",
    page: "`errors` lists every fault with the field it concerns: days in the wrong order, unknown parties, a currency in which the bank has no deposit token, a confirming bank that nobody asked, a bank or a term that differs from the message. Nothing was stored.",
  },
  "credit.availability_not_built": {
    status: 422,
    retry: false,
    title: "Credits of this kind are not served yet",
    page: "Sight and deferred payment are served; acceptance, negotiation and mixed payment are not yet. `errors` lists this and every other fault of the draft. Nothing was stored.",
  },
  "credit.message_unsuitable": {
    status: 422,
    retry: false,
    title: "This message cannot draft a credit of yours",
    page: "A bank drafts from an MT700 that it sends itself: the sender in block 1 must be its own BIC. An incoming credit is of another issuer.",
  },
  "credit.reference_used": {
    status: 409,
    retry: false,
    title: "Your bank has used this reference for another credit",
    page: "A reference names one credit of the bank. Choose another one.",
  },
  "credit.not_draft": {
    status: 409,
    retry: false,
    title: "The credit is no longer a draft",
    page: "Its issue was approved and sent, so it cannot be edited or issued again. What was issued changes by an amendment only.",
  },
  "credit.draft_changed": {
    status: 409,
    retry: true,
    title: "The draft was edited meanwhile",
    page: "Somebody changed the draft between reading and signing it. Read it again and propose its issue anew.",
  },
  "credit.content_missing": {
    status: 409,
    retry: false,
    title: "The credit's texts are not here",
    page: "The ledger has the credit's commitment, but its texts are not in this gateway, so nobody can check here that they belong together.",
  },
  "refusal.receiver_not_bank": {
    status: 409,
    retry: false,
    title: "The notice goes to no bank",
    page: "The documents were presented by the beneficiary itself, so the notice of refusal is no message between banks. Its wording stands in the presentation.",
  },
} as const satisfies Record<string, CodeRow>;
