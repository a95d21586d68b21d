import type { clearingEvents } from "../../domain/events/clearing.ts";
import type { Projections } from "./view.ts";
import type { Views } from "./views.ts";

interface Line {
  readonly creditor: number;
  readonly debtor: number;
  readonly currency: string;
}

function changeLine(views: Views, line: Line, change: { granted?: string; owed?: string }): void {
  const row = views.clearing_lines.find(line.creditor, line.debtor, line.currency);
  if (row) views.clearing_lines.change(row, change);
  else views.clearing_lines.insert({ ...line, granted: "0", owed: "0", ...change });
}

export const clearingViews: Projections<keyof typeof clearingEvents> = {
  "payment.made"(views, { data, blockNumber, logIndex, transactionHash, occurredAt }) {
    const { payerBank, payeeBank, currency, amount } = data.payment;
    views.payments.insert({
      id: data.id,
      payer: data.payer,
      payee: data.payee,
      payer_bank: payerBank,
      payee_bank: payeeBank,
      currency,
      amount,
      made_at: occurredAt,
      block_number: blockNumber,
      log_index: logIndex,
      transaction_hash: transactionHash,
    });
    return [data.payer, data.payee, payerBank, payeeBank];
  },
  // What banks owe each other is nobody else's business, their customers' included.
  "position.changed"(views, { data: { creditor, debtor, currency, owed } }) {
    changeLine(views, { creditor, debtor, currency }, { owed });
    changeLine(views, { creditor: debtor, debtor: creditor, currency }, { owed: String(-BigInt(owed)) });
    return [creditor, debtor];
  },
  "limit.set"(views, { data: { creditor, debtor, currency, limit } }) {
    changeLine(views, { creditor, debtor, currency }, { granted: limit });
    return [creditor, debtor];
  },
};
