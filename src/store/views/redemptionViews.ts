import type { redemptionEvents } from "../../domain/events/redemption.ts";
import type { EventOf, Projections } from "./view.ts";
import type { Views } from "./views.ts";

type Ending = "redemption.paid" | "redemption.given_back" | "redemption.withdrawn";
type End = "paid" | "given_back" | "withdrawn";

function end(
  views: Views,
  { data, occurredAt }: EventOf<Ending>,
  { status, answer }: { status: End; answer: string | null },
): readonly number[] {
  views.redemptions.change(views.redemptions.get(data.id), { status, ended_at: occurredAt, answer });
  return [data.bank, data.holder];
}

export const redemptionViews: Projections<keyof typeof redemptionEvents> = {
  "redemption.requested"(views, { data, blockNumber, logIndex, occurredAt }) {
    const { token, amount, dueAt } = data.redemption;
    views.redemptions.insert({
      id: data.id,
      bank: data.bank,
      holder: data.holder,
      token,
      amount,
      ref: data.ref,
      requested_at: occurredAt,
      due_at: dueAt,
      status: "requested",
      ended_at: null,
      answer: null,
      block_number: blockNumber,
      log_index: logIndex,
    });
    return [data.bank, data.holder];
  },
  "redemption.paid": (views, event) => end(views, event, { status: "paid", answer: event.data.payoutRef }),
  "redemption.given_back": (views, event) => end(views, event, { status: "given_back", answer: event.data.reasonHash }),
  "redemption.withdrawn": (views, event) => end(views, event, { status: "withdrawn", answer: null }),
};
