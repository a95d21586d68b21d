/** Days of the story, counted from the day of issue (a Saturday, as in the original). */
export const creditDays = {
  advised: 2,
  passedOn: 3,
  receipt: 51,
  presented: 52,
  refused: 53,
  cured: 55,
  honoured: 59,
  sent: 60,
  reimbursed: 65,
} as const;

/** The credit as issued. */
export interface Deal {
  readonly creditId: string;
  readonly amount: { readonly amount: string; readonly currency: string };
}

export function moneyOf({ amount }: Deal): string {
  return `${amount.currency} ${amount.amount}`;
}
