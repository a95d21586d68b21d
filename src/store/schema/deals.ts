import type { ColumnType, JSONColumnType } from "kysely";
import type { SettlementLeg } from "../../domain/events/settlement.ts";
import type { Fixed } from "./parties.ts";

/* Views: each row follows from the ledger's events alone. */

export interface ParticipantRow {
  id: Fixed<number>;
  account: Fixed<string>;
  lei_commitment: Fixed<string>;
  country: Fixed<string>;
  roles: JSONColumnType<string[]>;
  status: "active" | "suspended";
  calendar_published: boolean;
  /** First second at which a bank is under no moratorium any more; null when it never was. */
  moratorium_until: number | null;
}

/** A bank's banking days as it published them (U57). */
export interface CalendarRow {
  bank: Fixed<number>;
  first_word: Fixed<number>;
  /** Closed-day words as decimal strings. */
  words: JSONColumnType<string[]>;
  cut_off_minutes: Fixed<number>;
  offsets: JSONColumnType<{ from: number; offsetMinutes: number }[]>;
}

export interface DepositTokenRow {
  address: Fixed<string>;
  bank: Fixed<number>;
  currency: Fixed<string>;
  exponent: Fixed<number>;
}

export interface CurrencyRow {
  currency: Fixed<string>;
  exponent: Fixed<number>;
}

/** One line of a statement: money of `token` that `holder` got (positive) or gave (negative). */
export interface PostingRow {
  token: Fixed<string>;
  holder: Fixed<string>;
  block_number: Fixed<number>;
  log_index: Fixed<number>;
  amount: Fixed<string>;
  balance: Fixed<string>;
  counterparty: Fixed<string | null>;
  ground: string | null;
  reference: string | null;
  transaction_hash: Fixed<string>;
  booked_at: Fixed<number>;
}

export interface BalanceRow {
  token: Fixed<string>;
  holder: Fixed<string>;
  amount: string;
  /** What the bank froze, be it there or not. */
  frozen: ColumnType<string, string | undefined, string>;
}

/** Deposit money that its holder wants paid out. Whether it is overdue follows from `due_at`. */
export interface RedemptionRow {
  id: Fixed<string>;
  bank: Fixed<number>;
  holder: Fixed<number>;
  token: Fixed<string>;
  amount: Fixed<string>;
  ref: Fixed<string>;
  requested_at: Fixed<number>;
  due_at: Fixed<number>;
  status: "requested" | "paid" | "given_back" | "withdrawn";
  ended_at: number | null;
  /** Commitment of the bank's payment where it paid, of its reason where it gave the money back. */
  answer: string | null;
  block_number: Fixed<number>;
  log_index: Fixed<number>;
}

/** A payment from a customer of one bank to a customer of another. */
export interface PaymentRow {
  id: Fixed<string>;
  payer: Fixed<number>;
  payee: Fixed<number>;
  payer_bank: Fixed<number>;
  payee_bank: Fixed<number>;
  currency: Fixed<string>;
  amount: Fixed<string>;
  made_at: Fixed<number>;
  block_number: Fixed<number>;
  log_index: Fixed<number>;
  transaction_hash: Fixed<string>;
}

/** What a bank may owe another, and what it owes; each pair has a row for either direction once they dealt. */
export interface ClearingLineRow {
  creditor: Fixed<number>;
  debtor: Fixed<number>;
  currency: Fixed<string>;
  granted: string;
  /** Below zero when the creditor owes the debtor. */
  owed: string;
}

export interface CreditRow {
  id: Fixed<string>;
  status: "issued" | "closed";
  issuing_bank: Fixed<number>;
  applicant: Fixed<number>;
  beneficiary: Fixed<number>;
  advising_bank: Fixed<number>;
  second_advising_bank: Fixed<number>;
  nominated_bank: Fixed<number>;
  confirmer: Fixed<number>;
  token: Fixed<string>;
  amount: Fixed<string>;
  drawn: string;
  /** The terms as issued, from the event. */
  terms: JSONColumnType<Record<string, unknown>>;
  advice: "none" | "advised" | "declined";
  second_advice: "none" | "advised" | "declined";
  confirmation: "silent" | "added" | "declined";
  issued_at: Fixed<number>;
}

export interface PresentationRow {
  id: Fixed<string>;
  credit_id: Fixed<string>;
  presented_to: Fixed<number>;
  amount: Fixed<string>;
  /** Banking day of presentation at the first bank (U57). */
  presented_on: Fixed<number>;
  /** 0 when the presenter stated none. */
  shipment_day: Fixed<number>;
  late: Fixed<boolean>;
  late_period: Fixed<boolean>;
  late_shipment: Fixed<boolean>;
  replaces: Fixed<string | null>;
  documents: JSONColumnType<string[]>;
  presented_at: Fixed<number>;
}

/** A bank's part in a presentation: it holds the documents, and it examines them when it must decide. */
export interface ExaminationRow {
  presentation_id: Fixed<string>;
  bank: Fixed<number>;
  decision: "none" | "examining" | "complying" | "refused" | "precluded";
  received_at: Fixed<number>;
  received_on: number | null;
  deadline: number | null;
  decided_at: number | null;
  disposal: string | null;
  discrepancies: JSONColumnType<unknown[]>;
  forwarded_to: number | null;
}

export interface UndertakingRow {
  id: Fixed<string>;
  credit_id: Fixed<string>;
  presentation_id: Fixed<string>;
  obligor: Fixed<number>;
  holder: number;
  token: Fixed<string>;
  amount: Fixed<string>;
  due_at: Fixed<number>;
  status: "owed" | "paid";
}

/** An undertaking changed hands: `giver` keeps seeing what it held until then. */
export interface UndertakingTransferRow {
  undertaking_id: Fixed<string>;
  block_number: Fixed<number>;
  log_index: Fixed<number>;
  giver: Fixed<number>;
  taker: Fixed<number>;
  transferred_at: Fixed<number>;
}

/** A settlement that has ended. The ledger says of a cancelled one who took part, but not what would have moved. */
export interface SettlementRow {
  id: Fixed<string>;
  status: Fixed<"executed" | "cancelled">;
  legs: JSONColumnType<SettlementLeg[] | null>;
  cancelled_by: Fixed<number | null>;
  ended_at: Fixed<number>;
  transaction_hash: Fixed<string>;
}

export interface SettlementPartyRow {
  participant: Fixed<number>;
  settlement_id: Fixed<string>;
}

export interface EscrowRow {
  id: Fixed<string>;
  status: "proposed" | "agreed" | "funded" | "settled" | "lapsed";
  buyer: Fixed<number>;
  seller: Fixed<number>;
  arbiter: Fixed<number>;
  proposer: Fixed<number>;
  token: Fixed<string>;
  terms: JSONColumnType<Record<string, unknown>>;
  locked: string;
  fund_by: Fixed<number>;
  proposed_at: Fixed<number>;
}

export interface MilestoneRow {
  escrow_id: Fixed<string>;
  position: Fixed<number>;
  amount: Fixed<string>;
  due_at: Fixed<number>;
  status: "open" | "delivered" | "disputed" | "settled";
  delivered_at: number | null;
  disputed_at: number | null;
  to_seller: string | null;
  to_buyer: string | null;
}

export interface EscrowClaimableRow {
  escrow_id: Fixed<string>;
  participant: Fixed<number>;
  amount: string;
}

/** The agent that may settle for a bank in a currency; each row is the bank's last word. */
export interface SettlementMandateRow {
  bank: Fixed<number>;
  currency: Fixed<string>;
  agent: number;
  /** First second at which it no longer may; null while the bank gave no notice. */
  until: number | null;
}

export interface CycleRow {
  id: Fixed<string>;
  agent: Fixed<number>;
  currency: Fixed<string>;
  gross: Fixed<string>;
  paid: Fixed<string>;
  settled_at: Fixed<number>;
  block_number: Fixed<number>;
  log_index: Fixed<number>;
  transaction_hash: Fixed<string>;
}

/** What a bank got in a cycle; below zero what it paid. */
export interface CycleNetRow {
  cycle_id: Fixed<string>;
  bank: Fixed<number>;
  net: Fixed<string>;
  block_number: Fixed<number>;
  log_index: Fixed<number>;
}

export interface DealSchema {
  participants: ParticipantRow;
  calendars: CalendarRow;
  currencies: CurrencyRow;
  deposit_tokens: DepositTokenRow;
  postings: PostingRow;
  balances: BalanceRow;
  payments: PaymentRow;
  clearing_lines: ClearingLineRow;
  settlement_mandates: SettlementMandateRow;
  cycles: CycleRow;
  cycle_nets: CycleNetRow;
  redemptions: RedemptionRow;
  credits: CreditRow;
  presentations: PresentationRow;
  examinations: ExaminationRow;
  undertakings: UndertakingRow;
  undertaking_transfers: UndertakingTransferRow;
  settlements: SettlementRow;
  settlement_parties: SettlementPartyRow;
  escrows: EscrowRow;
  milestones: MilestoneRow;
  escrow_claimables: EscrowClaimableRow;
}
