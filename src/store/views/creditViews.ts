import type { creditEvents } from "../../domain/events/credit.ts";
import type { Transaction } from "../store.ts";
import type { EventOf, Projections } from "./view.ts";

const none = `0x${"0".repeat(64)}`;

/**
 * Parties of a credit who may know of it now: the banks and the applicant from its issue, the beneficiary only when an
 * advising bank has advised it (U15), for it is the adviser's duty to authenticate first.
 */
export async function partiesOfCredit(tx: Transaction, creditId: string): Promise<readonly number[]> {
  const credit = await tx.selectFrom("credits").selectAll().where("id", "=", creditId).executeTakeFirstOrThrow();
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

async function partiesOfPresentation(tx: Transaction, presentationId: string): Promise<readonly number[]> {
  const { credit_id, presented_to } = await tx
    .selectFrom("presentations")
    .select(["credit_id", "presented_to"])
    .where("id", "=", presentationId)
    .executeTakeFirstOrThrow();
  const credit = await tx
    .selectFrom("credits")
    .select(["beneficiary", "issuing_bank"])
    .where("id", "=", credit_id)
    .executeTakeFirstOrThrow();
  const banks = await tx
    .selectFrom("examinations")
    .select("bank")
    .where("presentation_id", "=", presentationId)
    .execute();
  // The applicant and other banks learn nothing of a presentation before the issuing bank tells them.
  return [credit.beneficiary, presented_to, ...banks.map(({ bank }) => bank)];
}

async function receive(
  tx: Transaction,
  receipt: { presentationId: string; bank: number; receivedAt: number },
): Promise<void> {
  await tx
    .insertInto("examinations")
    .values({
      presentation_id: receipt.presentationId,
      bank: receipt.bank,
      decision: "none",
      received_at: receipt.receivedAt,
      received_on: null,
      deadline: null,
      decided_at: null,
      disposal: null,
      discrepancies: "[]",
      forwarded_to: null,
    })
    .onConflict((conflict) => conflict.columns(["presentation_id", "bank"]).doNothing())
    .execute();
}

async function decide(
  tx: Transaction,
  event: EventOf<"presentation.honoured" | "presentation.bank_precluded">,
  decision: "complying" | "precluded",
): Promise<readonly number[]> {
  await tx
    .updateTable("examinations")
    .set({ decision, decided_at: event.occurredAt })
    .where("presentation_id", "=", event.data.id)
    .where("bank", "=", event.data.bank)
    .execute();
  return partiesOfPresentation(tx, event.data.id);
}

async function setAdvice(
  tx: Transaction,
  { data }: EventOf<"credit.advised" | "credit.advice_declined">,
  advice: "advised" | "declined",
): Promise<readonly number[]> {
  await tx
    .updateTable("credits")
    .set(data.second ? { second_advice: advice } : { advice })
    .where("id", "=", data.id)
    .execute();
  return partiesOfCredit(tx, data.id);
}

async function setConfirmation(
  tx: Transaction,
  creditId: string,
  confirmation: "added" | "declined",
): Promise<readonly number[]> {
  await tx.updateTable("credits").set({ confirmation }).where("id", "=", creditId).execute();
  return partiesOfCredit(tx, creditId);
}

export const creditViews: Projections<keyof typeof creditEvents> = {
  async "credit.issued"(tx, { data, occurredAt }) {
    const { terms } = data;
    await tx
      .insertInto("credits")
      .values({
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
        terms: JSON.stringify(terms),
        advice: "none",
        second_advice: "none",
        confirmation: "silent",
        issued_at: occurredAt,
      })
      .execute();
    return partiesOfCredit(tx, data.id);
  },
  "credit.advised": (tx, event) => setAdvice(tx, event, "advised"),
  "credit.advice_declined": (tx, event) => setAdvice(tx, event, "declined"),
  async "credit.drawn"(tx, { data }) {
    await tx.updateTable("credits").set({ drawn: data.drawn }).where("id", "=", data.id).execute();
    return partiesOfCredit(tx, data.id);
  },
  async "credit.closed"(tx, { data }) {
    await tx.updateTable("credits").set({ status: "closed" }).where("id", "=", data.id).execute();
    return partiesOfCredit(tx, data.id);
  },
  "confirmation.added": (tx, { data }) => setConfirmation(tx, data.creditId, "added"),
  "confirmation.declined": (tx, { data }) => setConfirmation(tx, data.creditId, "declined"),
  async "presentation.made"(tx, { data, occurredAt }) {
    const { presentation } = data;
    await tx
      .insertInto("presentations")
      .values({
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
        documents: JSON.stringify(data.documents),
        presented_at: presentation.presentedAt,
      })
      .execute();
    await receive(tx, { presentationId: data.id, bank: data.bank, receivedAt: occurredAt });
    return partiesOfPresentation(tx, data.id);
  },
  async "presentation.forwarded"(tx, { data, occurredAt }) {
    await tx
      .updateTable("examinations")
      .set({ forwarded_to: data.to })
      .where("presentation_id", "=", data.id)
      .where("bank", "=", data.from)
      .execute();
    await receive(tx, { presentationId: data.id, bank: data.to, receivedAt: occurredAt });
    return partiesOfPresentation(tx, data.id);
  },
  async "examination.started"(tx, { data, occurredAt }) {
    await receive(tx, { presentationId: data.id, bank: data.bank, receivedAt: occurredAt });
    await tx
      .updateTable("examinations")
      .set({ decision: "examining", received_on: data.receivedOn, deadline: data.deadline })
      .where("presentation_id", "=", data.id)
      .where("bank", "=", data.bank)
      .execute();
    return partiesOfPresentation(tx, data.id);
  },
  "presentation.honoured": (tx, event) => decide(tx, event, "complying"),
  "presentation.bank_precluded": (tx, event) => decide(tx, event, "precluded"),
  async "presentation.refused"(tx, { data, occurredAt }) {
    await tx
      .updateTable("examinations")
      .set({
        decision: "refused",
        decided_at: occurredAt,
        disposal: data.disposal,
        discrepancies: JSON.stringify(data.discrepancies),
      })
      .where("presentation_id", "=", data.id)
      .where("bank", "=", data.bank)
      .execute();
    return partiesOfPresentation(tx, data.id);
  },
  async "undertaking.created"(tx, { data }) {
    const { undertaking } = data;
    await tx
      .insertInto("undertakings")
      .values({
        id: data.id,
        credit_id: data.creditId,
        presentation_id: undertaking.presentationId,
        obligor: data.obligor,
        holder: undertaking.holder,
        token: undertaking.token,
        amount: undertaking.amount,
        due_at: undertaking.dueAt,
        status: "owed",
      })
      .execute();
    return [data.obligor, undertaking.holder];
  },
  async "undertaking.paid"(tx, { data }) {
    await tx.updateTable("undertakings").set({ status: "paid" }).where("id", "=", data.id).execute();
    return [data.obligor, data.holder];
  },
};
