import { id as hashOf } from "ethers";
import { tokenOf, type World } from "../cast.ts";
import { type Row, row } from "../row.ts";
import * as credit from "../scenarios/credit.ts";
import { ready } from "../scenarios/ready.ts";

const reason = hashOf("a reason");
const suspended = { error: "CreditPartyInactive", because: "a suspended bank enters no new deal" };
const decided = { error: "ExaminationWrongState", because: "it is an examiner of this presentation, and has decided" };

/** Terms of a plain credit for each bank in its own money. */
async function everyBanksTerms(world: World) {
  await ready(world);
  const tokens = {
    issuingBank: await tokenOf(world, "issuingBank", "EUR"),
    advisingBank: await tokenOf(world, "advisingBank", "EUR"),
    secondAdvisingBank: await tokenOf(world, "secondAdvisingBank", "EUR"),
    nominatedBank: await tokenOf(world, "nominatedBank", "EUR"),
    confirmingBank: await tokenOf(world, "confirmingBank", "EUR"),
    otherBank: await tokenOf(world, "otherBank", "EUR"),
  };
  return (as: string) => credit.plainTerms(world, tokens[as as keyof typeof tokens]);
}

const credits: readonly Row[] = [
  row({
    contract: "Credits",
    fn: "issue",
    scenario: everyBanksTerms,
    entitled: ["issuingBank", "advisingBank", "secondAdvisingBank", "nominatedBank", "confirmingBank", "otherBank"],
    args: (termsOf, as) => [termsOf(as)],
    effect: "CreditIssued",
    notEntitled: "CreditNotEntitled",
    // U13: a bank promises its own deposit money only.
    withAnothersArguments: "CreditTermsInvalid",
    otherwise: { suspendedBank: suspended },
  }),
  row({
    contract: "Credits",
    fn: "advise",
    when: "by the first advising bank",
    scenario: credit.issued,
    entitled: ["advisingBank"],
    args: (s) => [s.creditId, s.termsCommitment],
    effect: "CreditAdvised",
    notEntitled: "CreditNotEntitled",
    otherwise: { secondAdvisingBank: { error: "CreditAdviceWrongState", because: "it advises after the first (U15)" } },
  }),
  row({
    contract: "Credits",
    fn: "advise",
    when: "by the second advising bank",
    scenario: credit.advised,
    entitled: ["secondAdvisingBank"],
    args: (s) => [s.creditId, s.termsCommitment],
    effect: "CreditAdvised",
    notEntitled: "CreditNotEntitled",
    otherwise: { advisingBank: { error: "CreditAdviceWrongState", because: "it has advised" } },
  }),
  row({
    contract: "Credits",
    fn: "declineAdvice",
    when: "by the first advising bank",
    scenario: credit.issued,
    entitled: ["advisingBank"],
    args: (s) => [s.creditId, reason],
    effect: "AdviceDeclined",
    notEntitled: "CreditNotEntitled",
    otherwise: {
      secondAdvisingBank: { error: "CreditAdviceWrongState", because: "its turn is after the first (U15)" },
    },
  }),
  row({
    contract: "Credits",
    fn: "declineAdvice",
    when: "by the second advising bank",
    scenario: credit.advised,
    entitled: ["secondAdvisingBank"],
    args: (s) => [s.creditId, reason],
    effect: "AdviceDeclined",
    notEntitled: "CreditNotEntitled",
    otherwise: { advisingBank: { error: "CreditAdviceWrongState", because: "it has advised" } },
  }),
  row({
    contract: "Credits",
    fn: "recordDrawing",
    scenario: credit.presentedTo("confirmingBank"),
    entitled: ["Presentations"],
    args: (s) => [s.creditId, credit.amount],
    effect: "CreditDrawn",
    notEntitled: "CreditNotEntitled",
  }),
  row({
    contract: "Credits",
    fn: "presentationOpened",
    scenario: credit.issued,
    entitled: ["Presentations"],
    args: (s) => [s.creditId],
    effect: "storage",
    notEntitled: "CreditNotEntitled",
  }),
  row({
    contract: "Credits",
    fn: "presentationDecided",
    scenario: credit.presentedTo("confirmingBank"),
    entitled: ["Presentations"],
    args: (s) => [s.creditId],
    effect: "storage",
    notEntitled: "CreditNotEntitled",
  }),
];

const confirmations: readonly Row[] = [
  row({
    contract: "Confirmations",
    fn: "add",
    scenario: credit.advised,
    entitled: ["confirmingBank"],
    args: (s) => [s.creditId, s.confirmerToken],
    effect: "ConfirmationAdded",
    notEntitled: "ConfirmationNotEntitled",
  }),
  row({
    contract: "Confirmations",
    fn: "decline",
    scenario: credit.advised,
    entitled: ["confirmingBank"],
    args: (s) => [s.creditId, reason],
    effect: "ConfirmationDeclined",
    notEntitled: "ConfirmationNotEntitled",
  }),
];

const presentations: readonly Row[] = [
  row({
    contract: "Presentations",
    fn: "present",
    scenario: credit.confirmed,
    entitled: ["exporter"],
    args: (s, _, world) => [credit.presentation(world, s.creditId, "confirmingBank")],
    effect: "DocumentsPresented",
    notEntitled: "PresentationNotEntitled",
  }),
  row({
    contract: "Presentations",
    fn: "forward",
    when: "by the nominated bank",
    scenario: credit.presentedTo("nominatedBank"),
    entitled: ["nominatedBank"],
    args: (s, _, world) => [s.presentationId, world.parties.confirmingBank.id],
    effect: "DocumentsForwarded",
    notEntitled: "PresentationNotEntitled",
    afterwards: {
      otherwise: {
        confirmingBank: { error: "ExaminationWrongState", because: "it has the documents now, and decides first" },
      },
    },
  }),
  row({
    contract: "Presentations",
    fn: "forward",
    when: "by the confirming bank",
    scenario: credit.honoured,
    entitled: ["confirmingBank"],
    args: (s, _, world) => [s.presentationId, world.parties.issuingBank.id],
    effect: "DocumentsForwarded",
    notEntitled: "PresentationNotEntitled",
  }),
  row({
    contract: "Presentations",
    fn: "honour",
    when: "by the confirming bank",
    scenario: credit.presentedTo("confirmingBank"),
    entitled: ["confirmingBank"],
    args: (s) => [s.presentationId],
    effect: "PresentationHonoured",
    notEntitled: "PresentationNotEntitled",
  }),
  row({
    contract: "Presentations",
    fn: "honour",
    when: "by the issuing bank",
    scenario: credit.forwarded,
    entitled: ["issuingBank"],
    args: (s) => [s.presentationId],
    effect: "PresentationHonoured",
    notEntitled: "PresentationNotEntitled",
    otherwise: { confirmingBank: decided },
  }),
  row({
    contract: "Presentations",
    fn: "refuse",
    when: "by the confirming bank",
    scenario: credit.presentedTo("confirmingBank"),
    entitled: ["confirmingBank"],
    args: (s) => [s.presentationId, 0, credit.discrepancies],
    effect: "PresentationRefused",
    notEntitled: "PresentationNotEntitled",
  }),
  row({
    contract: "Presentations",
    fn: "refuse",
    when: "by the issuing bank",
    scenario: credit.forwarded,
    entitled: ["issuingBank"],
    args: (s) => [s.presentationId, 0, credit.discrepancies],
    effect: "PresentationRefused",
    notEntitled: "PresentationNotEntitled",
    otherwise: { confirmingBank: decided },
  }),
];

const undertakings: readonly Row[] = [
  row({
    contract: "Undertakings",
    fn: "create",
    scenario: credit.presentedTo("confirmingBank"),
    entitled: ["Presentations"],
    args: (s, _, world) => [credit.undertaking(world, s)],
    effect: "UndertakingCreated",
    notEntitled: "UndertakingNotEntitled",
  }),
  row({
    contract: "Undertakings",
    fn: "claim",
    when: "by the beneficiary",
    scenario: credit.honoured,
    entitled: ["exporter"],
    args: (s) => [s.undertakingOf("confirmingBank")],
    effect: "UndertakingPaid",
    notEntitled: "UndertakingNotEntitled",
  }),
  row({
    contract: "Undertakings",
    fn: "claim",
    when: "by the confirming bank from the issuing bank",
    scenario: credit.honouredTwice,
    entitled: ["confirmingBank"],
    args: (s) => [s.undertakingOf("issuingBank")],
    effect: "UndertakingPaid",
    notEntitled: "UndertakingNotEntitled",
  }),
  row({
    contract: "Undertakings",
    fn: "claimAt",
    scenario: credit.honouredWithLimit,
    entitled: ["exporter"],
    args: (s, _, world) => [s.undertakingOf("confirmingBank"), world.parties.advisingBank.id],
    effect: "UndertakingPaid",
    notEntitled: "UndertakingNotEntitled",
  }),
];

export const creditRows: readonly Row[] = [...credits, ...confirmations, ...presentations, ...undertakings];
