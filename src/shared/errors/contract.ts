import type { CodeRow } from "./row.ts";

/**
 * Refusals of contracts. The code is the error's name in the interface: `CreditWrongStatus` is `credit.wrong_status`.
 * The facts of the reply carry the error's arguments as evidence. A test shows that every error has its row.
 */
function row(status: number, title: string, page: string): CodeRow {
  return { status, retry: false, title, page };
}

const notEntitled = "The ledger lets another party do this, in another role. Nothing was changed.";
const unknownId = "No such thing is on the ledger.";
const exists = "It is on the ledger already; the same salt or reference cannot be used twice.";
const wrongState = "The act does not fit the present state; the facts show what it is and what it would have to be.";
const invalidInput = "The ledger's contract refuses this input; the facts name the field.";

const partyCodes = {
  "participant.unknown": row(404, "Participant is not on the ledger", unknownId),
  "participant.exists": row(409, "Participant is on the ledger already", exists),
  "participant.wrong_status": row(409, "Participant's status does not allow this", wrongState),
  "participant.roles_invalid": row(
    422,
    "Roles contradict each other",
    "Choose roles that one party may have together.",
  ),
  "participant.keys_invalid": row(
    422,
    "Founding keys are not enough",
    "A bank, a regulator and the operator need a proposing key, another approving key and an administering key.",
  ),
  "participant.country_invalid": row(422, "Country is not valid", invalidInput),
  "participant.commitment_missing": row(422, "The commitment of the LEI is missing", invalidInput),
  "participant.implementation_missing": row(
    500,
    "Accounts cannot be made",
    "The implementation of accounts is not deployed.",
  ),
  "account.already_initialised": row(409, "Account is set up already", wrongState),
  "account.not_registry": row(403, "Only the registry sets an account up", notEntitled),
  "account.not_self": row(403, "Only an order of the account itself may do this", notEntitled),
  "order.expired": row(409, "The order's deadline has passed", "Propose the act again; nothing was done."),
  "order.empty": row(422, "The order contains no act", invalidInput),
  "order.call_invalid": row(422, "A call of the order names no function", invalidInput),
  "order.signer_unknown": row(403, "A signer is no key of this account", notEntitled),
  "order.signers_not_ascending": row(422, "A key signed twice or signatures are out of order", invalidInput),
  "order.signature_invalid": row(403, "A signature does not fit the order", notEntitled),
  "order.not_authorised": row(
    403,
    "The signatures do not carry enough authority",
    "An act that binds a bank or moves its money needs a proposing key and another, approving key.",
  ),
  "order.gas_too_low": row(422, "A call of the batch ran out of gas", "Nothing was done. Send it again with more gas."),
  "order.replayed": row(409, "The order was executed before", "Each order works once; nothing was done again."),
  "threshold.invalid": row(422, "The threshold's parts contradict each other", invalidInput),
  "threshold.unattainable": row(
    422,
    "The account has too few keys for this threshold",
    "Add keys first: nobody could meet it.",
  ),
  "thresholds.too_many": row(409, "The account has as many thresholds as it may", "Lower one to nothing first."),
  "key.exists": row(409, "The key belongs to the account already", exists),
  "key.unknown": row(404, "The key does not belong to the account", unknownId),
  "key.purposes_invalid": row(422, "The key's purposes or form are not valid", invalidInput),
  "key.signer_invalid": row(422, "The key's form is not accepted", invalidInput),
  "keys.remain": row(409, "The account has other keys too", "It changed its keys since, so it was not lost."),
  "recovery.not_entitled": row(403, "Another party decides about these keys", notEntitled),
  "recovery.guardian_invalid": row(422, "A guardian is another participant", invalidInput),
  "recovery.exists": row(409, "New keys are proposed already", exists),
  "recovery.unknown": row(404, "No new keys are proposed", unknownId),
  "recovery.too_early": row(409, "The delay is not over", wrongState),
  "recovery.keys_differ": row(409, "These are not the keys that were proposed", wrongState),
  "key.indispensable": row(
    409,
    "The account could not act without this key",
    "Add another key first, then remove this one.",
  ),
  "calendar.not_entitled": row(403, "Only a bank may do this with its own calendar", notEntitled),
  "calendar.invalid": row(422, "The calendar is not valid", invalidInput),
  "calendar.exists": row(409, "The bank has a calendar already", exists),
  "calendar.not_published": row(
    409,
    "The bank's calendar does not cover this day",
    "Nobody may guess whether a day is a banking day: the bank must publish its calendar up to that day.",
  ),
  "calendar.notice_too_short": row(
    409,
    "Days so near can no longer be changed",
    "A change of days needs seven days' notice.",
  ),
  "moratorium.not_entitled": row(403, "Only a regulator in the bank's country decides this", notEntitled),
  "moratorium.end_invalid": row(
    422,
    "The end is not valid",
    "A moratorium ends in the future and within 366 days; a longer one is declared again.",
  ),
  "moratorium.not_in_force": row(409, "No moratorium is in force", wrongState),
  "calendar.distance_too_long": row(422, "The span of banking days is too long", invalidInput),
} as const satisfies Record<string, CodeRow>;

const moneyCodes = {
  "deposit.not_entitled": row(403, "Only the bank itself creates its money", notEntitled),
  "deposit.reference_used": row(409, "The reference created money before", exists),
  "deposit.reference_missing": row(422, "A reference is missing", invalidInput),
  "deposit.amount_invalid": row(422, "The amount is not valid", invalidInput),
  "deposit.holder_not_admitted": row(
    409,
    "The receiver may not hold deposit money",
    "Only accounts of admitted participants may hold deposit money.",
  ),
  "deposit.moratorium": row(
    409,
    "The bank is under a moratorium",
    "Until it ends, the bank's deposit money is neither created nor redeemed. What the bank owes stays owed.",
  ),
  "deposit.frozen": row(
    409,
    "The money is frozen",
    "By order of a court or an authority the bank froze it. The facts show how much is free.",
  ),
  "entry.limit_exceeded": row(
    409,
    "More than the bank may enter in a day",
    "The facts show what is left of the limit now. A higher limit takes effect a day after it was set.",
  ),
  "entry.unknown": row(404, "No entry gave this holder this amount", unknownId),
  "entry.reversed_before": row(409, "The entry was reversed before", wrongState),
  "entry.not_free": row(
    409,
    "The money of the entry is no longer free",
    "An entry is reversed as a whole, from whom it gave the money to. The facts show how much is there and not frozen.",
  ),
  "enforcement.not_entitled": row(403, "Only the bank of this money may do this", notEntitled),
  "enforcement.reason_missing": row(422, "A reason is missing", invalidInput),
  "enforcement.holder_protected": row(
    409,
    "This holder's money is not touched",
    "Only money of participants is frozen or moved by force. Contracts of the system that hold money are exempt.",
  ),
  "enforcement.not_to_oneself": row(422, "Giver and receiver are the same", invalidInput),
  "redemption.not_entitled": row(403, "Not a party that may do this with the redemption", notEntitled),
  "redemption.unknown": row(404, "Redemption is not on the ledger", unknownId),
  "redemption.exists": row(409, "The reference was used before", exists),
  "redemption.wrong_status": row(409, "The redemption has ended", wrongState),
  "redemption.token_unknown": row(404, "This is no deposit token", unknownId),
  "redemption.amount_invalid": row(422, "The amount is not valid", invalidInput),
  "redemption.reference_missing": row(422, "A reference is missing", invalidInput),
  "redemption.reason_missing": row(422, "A reason is missing", invalidInput),
  "redemption.due_unknown": row(
    409,
    "When it is due could not be computed",
    "The bank's calendar gave no answer, for the call had too little gas. Send it again with more.",
  ),
  "token.maker_not_entitled": row(403, "Only the factory makes tokens", notEntitled),
  "deposit.insufficient": row(
    409,
    "The balance is not enough",
    "The account holds less of this bank's money than the act needs.",
  ),
  "token.not_entitled": row(403, "Only a bank makes a token, for itself", notEntitled),
  "token.currency_unknown": row(
    409,
    "The currency is not listed",
    "The operator lists currencies with their exponents first.",
  ),
  "token.currency_invalid": row(422, "The currency or its exponent is not valid", invalidInput),
  "clearing.not_entitled": row(403, "The ledger lets another party do this", notEntitled),
  "clearing.token_unknown": row(
    409,
    "The bank has no money in this currency",
    "A bank makes its deposit token in a currency before its customers pay or are paid in it.",
  ),
  "clearing.bank_invalid": row(422, "This is no other bank", invalidInput),
  "clearing.bank_suspended": row(
    409,
    "A suspended bank grants no more",
    "It may lower what it granted. Nothing was changed.",
  ),
  "clearing.limit_invalid": row(422, "The limit is not valid", invalidInput),
  "clearing.limit_exceeded": row(
    409,
    "The payer's bank would owe more than its limit",
    "The payee's bank grants the payer's bank a limit in this currency; while the payer's bank is suspended it is zero.",
  ),
  "payment.to_self": row(422, "Payer and payee are the same, at the same bank", invalidInput),
  "payment.amount_invalid": row(422, "The amount is not valid", invalidInput),
  "payment.reference_missing": row(422, "A reference is missing", invalidInput),
  "settlement.agent_invalid": row(422, "This is no other bank", "A settlement agent is another bank."),
  "settlement.already_joined": row(
    409,
    "The bank has another settlement agent in this currency",
    "A bank gives its agent notice, and names another one when the notice is over.",
  ),
  "settlement.not_joined": row(
    409,
    "This agent does not settle for the bank",
    "A bank joins its agent in a currency first; after notice the agent settles for one more day.",
  ),
  "cycle.reference_invalid": row(
    409,
    "The reference was used already",
    "Each of an agent's references settles once in a currency.",
  ),
  "cycle.banks_invalid": row(422, "The number of banks is not valid", invalidInput),
  "cycle.banks_not_ascending": row(422, "A bank is named twice", invalidInput),
  "cycle.moratorium": row(
    409,
    "A bank of the cycle or its agent is under a moratorium",
    "A bank under a moratorium pays none of its creditors before the others. Nothing was settled.",
  ),
  "cycle.empty": row(409, "These banks owe each other nothing", wrongState),
  "cycle.short": row(
    409,
    "Banks have too little money at the agent",
    "`banks` names them and `missing` what each lacks, in minor units. All positions are as they were.",
  ),
  "deposit.item_unknown": row(422, "Money has no items", invalidInput),
  "leg.not_entitled": row(403, "Only a settlement moves this", notEntitled),
  "token.exists": row(409, "The bank has a token in this currency already", exists),
} as const satisfies Record<string, CodeRow>;

const settlementCodes = {
  "settlement.not_entitled": row(403, "Only a party withdraws from a settlement", notEntitled),
  "settlement.empty": row(422, "The settlement moves nothing", invalidInput),
  "settlement.too_many_legs": row(422, "The settlement has too many legs", invalidInput),
  "settlement.same_party": row(422, "Giver and taker of a leg are the same", invalidInput),
  "settlement.target_unknown": row(
    422,
    "A leg names a contract whose things do not move",
    "A leg moves money of a bank, by its deposit token, or an undertaking.",
  ),
  "settlement.party_suspended": row(
    409,
    "A party may not enter new deals",
    "A settlement is a new deal. What a suspended participant holds stays its own.",
  ),
  "settlement.expired": row(409, "The settlement's deadline has passed", "Agree on it anew; nothing was moved."),
  "settlement.wrong_status": row(409, "The settlement was executed or cancelled before", wrongState),
  "settlement.consent_missing": row(409, "A party has not consented", "Everyone who gives or takes consents first."),
  "settlement.consent_invalid": row(
    403,
    "A consent is not to exactly this settlement",
    "A consent is to these legs in this order, this deadline and this salt, by keys that may bind the party now.",
  ),
  "settlement.consents_surplus": row(422, "There are more consents than parties", invalidInput),
  "settlement.money_differs": row(
    409,
    "A token moved another amount than asked",
    "The giver gives and the taker gets exactly the amount, or nothing is done.",
  ),
  "settlement.simulated": row(
    422,
    "This is how a simulation answers",
    "Ask for a simulation instead of sending it. Nothing was changed.",
  ),
} as const satisfies Record<string, CodeRow>;

const creditCodes = {
  "credit.not_entitled": row(403, "Not a party that may do this with the credit", notEntitled),
  "credit.unknown": row(404, "Credit is not on the ledger", unknownId),
  "credit.exists": row(409, "Credit is on the ledger already", exists),
  "credit.wrong_status": row(409, "The credit's status does not allow this", wrongState),
  "credit.advice_wrong_state": row(409, "The advice was given or declined already, or is not due yet", wrongState),
  "credit.terms_differ": row(
    409,
    "Advised terms are not the issued terms",
    "Advice must reflect the terms received (UCP 600 article 9).",
  ),
  "credit.terms_invalid": row(422, "The terms contradict themselves or miss a field", invalidInput),
  "credit.party_inactive": row(
    409,
    "A party may not enter new deals",
    "A suspended participant keeps its live deals but enters no new one.",
  ),
  "credit.amount_unavailable": row(409, "The amount is more than what may still be drawn", wrongState),
  "credit.partial_not_allowed": row(409, "Partial drawings are not allowed", wrongState),
  "credit.not_expired": row(409, "The credit has not expired", wrongState),
  "credit.presentations_open": row(409, "A presentation still waits for a decision", wrongState),
  "confirmation.not_entitled": row(403, "Only the bank that was asked may answer", notEntitled),
  "confirmation.wrong_state": row(409, "The bank has answered already", wrongState),
  "confirmation.not_asked": row(409, "The credit asks nobody to confirm", wrongState),
  "confirmation.token_invalid": row(422, "The token is not the bank's own in the credit's currency", invalidInput),
  "confirmation.party_inactive": row(409, "The bank may not enter new deals", wrongState),
  "confirmation.reason_missing": row(422, "A reason is missing", invalidInput),
  "confirmation.credit_not_live": row(409, "The credit is no longer live", wrongState),
} as const satisfies Record<string, CodeRow>;

const drawingCodes = {
  "presentation.not_entitled": row(403, "Not a party that may do this with the presentation", notEntitled),
  "presentation.unknown": row(404, "Presentation is not on the ledger", unknownId),
  "presentation.exists": row(409, "Presentation is on the ledger already", exists),
  "presentation.invalid": row(422, "The presentation is not valid", invalidInput),
  "presentation.bank_not_allowed": row(
    409,
    "The credit is not available with this bank",
    "Documents go to the nominated bank, the confirming bank or the issuing bank (UCP 600 article 6).",
  ),
  "presentation.credit_not_live": row(409, "The credit takes no more presentations", wrongState),
  "examination.wrong_state": row(409, "The bank has decided, or has nothing to decide", wrongState),
  "examination.time_over": row(
    409,
    "The time to decide is over: the bank is precluded",
    "After the fifth banking day a bank can no longer refuse (UCP 600 article 16); it may honour, or anyone may state the preclusion.",
  ),
  "examination.time_not_over": row(409, "The bank still has time to decide", wrongState),
  "refusal.incomplete": row(
    422,
    "The notice of refusal is not complete",
    "It must state at least one discrepancy with its code and wording, and each must name a document of the presentation.",
  ),
  "refusal.disposal_not_allowed": row(
    422,
    "Only the issuing bank may hold documents until waiver",
    "Choose HOLD, RETURN or PREVINST (UCP 600 article 16).",
  ),
  "undertaking.not_entitled": row(403, "Only the holder claims an undertaking", notEntitled),
  "undertaking.unknown": row(404, "Undertaking is not on the ledger", unknownId),
  "undertaking.exists": row(409, "Undertaking is on the ledger already", exists),
  "undertaking.wrong_status": row(409, "The undertaking is paid already", wrongState),
  "undertaking.not_held": row(409, "The giver does not hold the undertaking", wrongState),
  "undertaking.not_whole": row(422, "An undertaking moves as a whole, with its own amount", invalidInput),
  "undertaking.not_due": row(409, "The undertaking is not due yet", wrongState),
} as const satisfies Record<string, CodeRow>;

const escrowCodes = {
  "escrow.not_entitled": row(403, "Not a party that may do this with the escrow", notEntitled),
  "escrow.unknown": row(404, "Escrow is not on the ledger", unknownId),
  "escrow.exists": row(409, "Escrow is on the ledger already", exists),
  "escrow.terms_invalid": row(422, "The escrow's terms contradict themselves or miss a field", invalidInput),
  "escrow.terms_differ": row(409, "These are not the terms that were agreed", wrongState),
  "escrow.party_inactive": row(
    409,
    "A party may not enter new deals",
    "A suspended participant keeps its live deals but enters no new one.",
  ),
  "escrow.wrong_status": row(409, "The escrow's status does not allow this", wrongState),
  "escrow.milestone_unknown": row(404, "The escrow has no such milestone", unknownId),
  "escrow.milestone_wrong_status": row(409, "The milestone's status does not allow this", wrongState),
  "escrow.time_over": row(409, "The time for this is over", wrongState),
  "escrow.time_not_over": row(409, "The time for this has not come", wrongState),
  "escrow.split_invalid": row(422, "A split has 0 to 10,000 basis points", invalidInput),
  "escrow.evidence_missing": row(422, "Evidence is missing", invalidInput),
  "escrow.nothing_to_claim": row(409, "There is nothing to claim", wrongState),
  "escrow.amount_moved": row(
    409,
    "The token moved another amount than asked",
    "Tokens that take fees or rebase are not accepted.",
  ),
  "contract.refused": row(
    422,
    "The ledger refused the act",
    "The contract gave no reason that is known here. Nothing was changed.",
  ),
} as const satisfies Record<string, CodeRow>;

export const contractCodes = {
  ...partyCodes,
  ...moneyCodes,
  ...settlementCodes,
  ...creditCodes,
  ...drawingCodes,
  ...escrowCodes,
} as const;
