import type { creditEvents } from "../../domain/events/credit.ts";
import type { EventOf, Projections } from "./view.ts";
import type { Views } from "./views.ts";

const none = `0x${"0".repeat(64)}`;

/**
 * Parties of a credit who may know of it now: the banks and the applicant from its issue, the beneficiary only when an
 * advising bank has advised it (U15), for it is the adviser's duty to authenticate first.
 */
function partiesOfCredit(views: Views, creditId: string): readonly number[] {
  const credit = views.credits.get(creditId);
  const parties = [
    credit.issuing_bank,
    credit.applicant,
    credit.advising_bank,
    credit.second_advising_bank,
    credit.nominated_bank,
    credit.confirmer,
  ];
  const advised = credit.advice === "advised" || credit.second_advice === "advised";
  return advised ? [...parties, credit.beneficiary] : parties;
}

/** The applicant and other banks learn nothing of a presentation before the issuing bank tells them. */
function partiesOfPresentation(views: Views, presentationId: string): readonly number[] {
  const { credit_id, presented_to } = views.presentations.get(presentationId);
  const banks = views.examinations.under(presentationId).map(({ bank }) => bank);
  return [views.credits.get(credit_id).beneficiary, presented_to, ...banks];
}

function receive(views: Views, receipt: { presentationId: string; bank: number; receivedAt: number }): void {
  if (views.examinations.find(receipt.presentationId, receipt.bank)) return;
  views.examinations.insert({
    presentation_id: receipt.presentationId,
    bank: receipt.bank,
    decision: "none",
    received_at: receipt.receivedAt,
    received_on: null,
    deadline: null,
    decided_at: null,
    disposal: null,
    discrepancies: [],
    forwarded_to: null,
  });
}

function decide(
  views: Views,
  { data, occurredAt }: EventOf<"presentation.honoured" | "presentation.bank_precluded">,
  decision: "complying" | "precluded",
): readonly number[] {
  views.examinations.change(views.examinations.get(data.id, data.bank), { decision, decided_at: occurredAt });
  return partiesOfPresentation(views, data.id);
}

function setAdvice(
  views: Views,
  { data }: EventOf<"credit.advised" | "credit.advice_declined">,
  advice: "advised" | "declined",
): readonly number[] {
  views.credits.change(views.credits.get(data.id), data.second ? { second_advice: advice } : { advice });
  return partiesOfCredit(views, data.id);
}

function setConfirmation(views: Views, creditId: string, confirmation: "added" | "declined"): readonly number[] {
  views.credits.change(views.credits.get(creditId), { confirmation });
  return partiesOfCredit(views, creditId);
}

export const creditViews: Projections<keyof typeof creditEvents> = {
  "credit.issued"(views, { data, occurredAt }) {
    const { terms } = data;
    views.credits.insert({
      id: data.id,
      status: "issued",
      issuing_bank: data.issuingBank,
      applicant: terms.applicant,
      beneficiary: terms.beneficiary,
      advising_bank: terms.advisingBank,
      second_advising_bank: terms.secondAdvisingBank,
      nominated_bank: terms.nominatedBank,
      confirmer: terms.confirmer,
      token: terms.token,
      amount: terms.amount,
      drawn: "0",
      terms,
      advice: "none",
      second_advice: "none",
      confirmation: "silent",
      issued_at: occurredAt,
    });
    return partiesOfCredit(views, data.id);
  },
  "credit.advised": (views, event) => setAdvice(views, event, "advised"),
  "credit.advice_declined": (views, event) => setAdvice(views, event, "declined"),
  "credit.drawn"(views, { data }) {
    views.credits.change(views.credits.get(data.id), { drawn: data.drawn });
    return partiesOfCredit(views, data.id);
  },
  "credit.closed"(views, { data }) {
    views.credits.change(views.credits.get(data.id), { status: "closed" });
    return partiesOfCredit(views, data.id);
  },
  "confirmation.added": (views, { data }) => setConfirmation(views, data.creditId, "added"),
  "confirmation.declined": (views, { data }) => setConfirmation(views, data.creditId, "declined"),
  "presentation.made"(views, { data, occurredAt }) {
    const { presentation } = data;
    views.presentations.insert({
      id: data.id,
      credit_id: data.creditId,
      presented_to: data.bank,
      amount: presentation.amount,
      presented_on: presentation.presentedOn,
      shipment_day: presentation.shipmentDay,
      late: presentation.late,
      late_period: presentation.latePeriod,
      late_shipment: presentation.lateShipment,
      replaces: presentation.replaces === none ? null : presentation.replaces,
      documents: data.documents,
      presented_at: presentation.presentedAt,
    });
    receive(views, { presentationId: data.id, bank: data.bank, receivedAt: occurredAt });
    return partiesOfPresentation(views, data.id);
  },
  "presentation.forwarded"(views, { data, occurredAt }) {
    views.examinations.change(views.examinations.get(data.id, data.from), { forwarded_to: data.to });
    receive(views, { presentationId: data.id, bank: data.to, receivedAt: occurredAt });
    return partiesOfPresentation(views, data.id);
  },
  "examination.started"(views, { data, occurredAt }) {
    receive(views, { presentationId: data.id, bank: data.bank, receivedAt: occurredAt });
    views.examinations.change(views.examinations.get(data.id, data.bank), {
      decision: "examining",
      received_on: data.receivedOn,
      deadline: data.deadline,
    });
    return partiesOfPresentation(views, data.id);
  },
  "presentation.honoured": (views, event) => decide(views, event, "complying"),
  "presentation.bank_precluded": (views, event) => decide(views, event, "precluded"),
  "presentation.refused"(views, { data, occurredAt }) {
    views.examinations.change(views.examinations.get(data.id, data.bank), {
      decision: "refused",
      decided_at: occurredAt,
      disposal: data.disposal,
      discrepancies: data.discrepancies,
    });
    return partiesOfPresentation(views, data.id);
  },
  "undertaking.created"(views, { data }) {
    const { undertaking } = data;
    views.undertakings.insert({
      id: data.id,
      credit_id: data.creditId,
      presentation_id: undertaking.presentationId,
      obligor: data.obligor,
      holder: undertaking.holder,
      token: undertaking.token,
      amount: undertaking.amount,
      due_at: undertaking.dueAt,
      status: "owed",
    });
    return [data.obligor, undertaking.holder];
  },
  "undertaking.transferred"(views, { data, blockNumber, logIndex, occurredAt }) {
    const undertaking = views.undertakings.get(data.id);
    views.undertakings.change(undertaking, { holder: data.to });
    views.undertaking_transfers.insert({
      undertaking_id: data.id,
      block_number: blockNumber,
      log_index: logIndex,
      giver: data.from,
      taker: data.to,
      transferred_at: occurredAt,
    });
    return [undertaking.obligor, data.from, data.to];
  },
  "undertaking.paid"(views, { data }) {
    views.undertakings.change(views.undertakings.get(data.id), { status: "paid" });
    return [data.obligor, data.holder];
  },
};
