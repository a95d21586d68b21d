const undoing = "coalesce(current_setting('hansa.undo_block', true), '') <> ''";

/** Moratoria, payments between banks, and what banks grant and owe each other. */
export const clearing = {
  id: "0009_clearing",
  sql: `
alter table participants add column moratorium_until bigint;

create table payments (
  id text primary key,
  payer integer not null,
  payee integer not null,
  payer_bank integer not null,
  payee_bank integer not null,
  currency text not null,
  amount numeric(39, 0) not null,
  made_at bigint not null,
  block_number bigint not null,
  log_index integer not null,
  transaction_hash text not null
);
create index payments_payer on payments (payer, block_number, log_index);
create index payments_payee on payments (payee, block_number, log_index);
create index payments_payer_bank on payments (payer_bank, block_number, log_index);
create index payments_payee_bank on payments (payee_bank, block_number, log_index);
create trigger payments_undo after insert or update or delete on payments for each row
  when (${undoing}) execute function record_undo('id');

create table clearing_lines (
  creditor integer not null,
  debtor integer not null,
  currency text not null,
  granted numeric(39, 0) not null,
  owed numeric(39, 0) not null,
  primary key (creditor, debtor, currency)
);
create index clearing_lines_debtor on clearing_lines (debtor);
create trigger clearing_lines_undo after insert or update or delete on clearing_lines for each row
  when (${undoing}) execute function record_undo('creditor,debtor,currency');

create table payment_contents (
  order_id text primary key,
  payment_id text not null,
  organisation_id text not null references organisations,
  end_to_end_id text not null,
  purpose text,
  remittance text,
  created_at_ms bigint not null
);
create index payment_contents_payment on payment_contents (payment_id);
`,
} as const;
