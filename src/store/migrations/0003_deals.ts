export const deals = {
  id: "0003_deals",
  sql: `
create table participants (
  id integer primary key,
  account text not null unique,
  lei_commitment text not null unique,
  country text not null,
  roles jsonb not null,
  status text not null constraint participants_status_check check (status in ('active', 'suspended')),
  calendar_published boolean not null
);
create table currencies (
  currency text primary key,
  exponent integer not null
);
create table calendars (
  bank integer primary key,
  first_word integer not null,
  words jsonb not null,
  cut_off_minutes integer not null,
  offsets jsonb not null
);
create table deposit_tokens (
  address text primary key,
  bank integer not null,
  currency text not null,
  exponent integer not null,
  constraint deposit_tokens_once unique (bank, currency)
);
create table postings (
  token text not null,
  holder text not null,
  block_number bigint not null,
  log_index integer not null,
  amount numeric(78, 0) not null,
  balance numeric(78, 0) not null,
  counterparty text,
  ground text,
  reference text,
  transaction_hash text not null,
  booked_at bigint not null,
  primary key (holder, token, block_number, log_index)
);
create table balances (
  token text not null,
  holder text not null,
  amount numeric(78, 0) not null constraint balances_not_negative check (amount >= 0),
  primary key (holder, token)
);
create table credits (
  id text primary key,
  status text not null constraint credits_status_check check (status in ('issued', 'closed')),
  issuing_bank integer not null,
  applicant integer not null,
  beneficiary integer not null,
  advising_bank integer not null,
  second_advising_bank integer not null,
  nominated_bank integer not null,
  confirmer integer not null,
  token text not null,
  amount numeric(39, 0) not null,
  drawn numeric(39, 0) not null,
  terms jsonb not null,
  advice text not null,
  second_advice text not null,
  confirmation text not null,
  issued_at bigint not null
);
create index credits_issuing_bank on credits (issuing_bank, id);
create index credits_applicant on credits (applicant, id);
create index credits_beneficiary on credits (beneficiary, id);
create index credits_advising_bank on credits (advising_bank, id);
create index credits_second_advising_bank on credits (second_advising_bank, id);
create index credits_nominated_bank on credits (nominated_bank, id);
create index credits_confirmer on credits (confirmer, id);
create table presentations (
  id text primary key,
  credit_id text not null references credits,
  presented_to integer not null,
  amount numeric(39, 0) not null,
  presented_on bigint not null,
  shipment_day bigint not null,
  late boolean not null,
  late_period boolean not null,
  late_shipment boolean not null,
  replaces text,
  documents jsonb not null,
  presented_at bigint not null
);
create index presentations_credit on presentations (credit_id);
create table examinations (
  presentation_id text not null references presentations,
  bank integer not null,
  decision text not null constraint examinations_decision_check
    check (decision in ('none', 'examining', 'complying', 'refused', 'precluded')),
  received_at bigint not null,
  received_on bigint,
  deadline bigint,
  decided_at bigint,
  disposal text,
  discrepancies jsonb not null,
  forwarded_to integer,
  primary key (presentation_id, bank)
);
create index examinations_bank on examinations (bank, decision, deadline);
create table undertakings (
  id text primary key,
  credit_id text not null references credits,
  presentation_id text not null references presentations,
  obligor integer not null,
  holder integer not null,
  token text not null,
  amount numeric(39, 0) not null,
  due_at bigint not null,
  status text not null constraint undertakings_status_check check (status in ('owed', 'paid'))
);
create index undertakings_obligor on undertakings (obligor, id);
create index undertakings_holder on undertakings (holder, id);
create table escrows (
  id text primary key,
  status text not null constraint escrows_status_check
    check (status in ('proposed', 'agreed', 'funded', 'settled', 'lapsed')),
  buyer integer not null,
  seller integer not null,
  arbiter integer not null,
  proposer integer not null,
  token text not null,
  terms jsonb not null,
  locked numeric(39, 0) not null,
  fund_by bigint not null,
  proposed_at bigint not null
);
create index escrows_buyer on escrows (buyer, id);
create index escrows_seller on escrows (seller, id);
create index escrows_arbiter on escrows (arbiter, id);
create table milestones (
  escrow_id text not null references escrows,
  position integer not null,
  amount numeric(39, 0) not null,
  due_at bigint not null,
  status text not null constraint milestones_status_check
    check (status in ('open', 'delivered', 'disputed', 'settled')),
  delivered_at bigint,
  disputed_at bigint,
  to_seller numeric(39, 0),
  to_buyer numeric(39, 0),
  primary key (escrow_id, position)
);
create table escrow_claimables (
  escrow_id text not null references escrows,
  participant integer not null,
  amount numeric(39, 0) not null constraint escrow_claimables_not_negative check (amount >= 0),
  primary key (escrow_id, participant)
);
`,
} as const;
