export const chain = {
  id: "0002_chain",
  sql: `
create table orders (
  id text primary key,
  organisation_id text not null references organisations,
  kind text not null,
  subject text not null,
  summary jsonb not null,
  account text not null,
  calls jsonb not null,
  nonce text not null,
  deadline bigint not null,
  order_hash text not null unique,
  approvals jsonb not null,
  status text not null constraint orders_status_check
    check (status in ('awaiting_approval', 'submitted', 'rejected', 'withdrawn', 'voided')),
  proposed_by text not null references users,
  reason text,
  transaction_id text,
  created_at_ms bigint not null
);
create index orders_organisation on orders (organisation_id, id);
create index orders_open on orders (subject) where status = 'awaiting_approval';
create table transactions (
  id text primary key,
  position bigint generated always as identity unique,
  organisation_id text not null references organisations,
  order_id text references orders,
  kind text not null,
  subject text not null,
  target text not null,
  data text not null,
  status text not null constraint transactions_status_check
    check (status in ('accepted', 'signed', 'broadcast', 'mined', 'reverted', 'dead')),
  lane text,
  nonce bigint,
  raw text,
  hash text unique,
  block_number bigint,
  block_hash text,
  error text,
  created_at_ms bigint not null,
  constraint transactions_nonce_once unique (lane, nonce)
);
create index transactions_organisation on transactions (organisation_id, id);
create index transactions_open on transactions (position) where status in ('accepted', 'signed', 'broadcast');
create table lanes (
  address text primary key,
  next_nonce bigint not null
);
create table idempotency (
  organisation_id text not null,
  key text not null,
  user_id text not null,
  fingerprint text not null,
  status integer not null,
  content_type text not null,
  body bytea not null,
  headers jsonb not null,
  created_at_ms bigint not null,
  primary key (organisation_id, user_id, key)
);
create table blocks (
  number bigint primary key,
  hash text not null unique,
  parent_hash text not null,
  timestamp bigint not null
);
create table events (
  organisation_id text not null references organisations,
  sequence bigint not null,
  type text not null,
  subject text not null,
  data jsonb not null,
  block_number bigint not null,
  block_hash text not null,
  log_index integer not null,
  occurred_at bigint not null,
  primary key (organisation_id, sequence),
  constraint events_once unique (organisation_id, block_hash, log_index)
);
create table event_sequences (
  organisation_id text primary key references organisations,
  next_sequence bigint not null
);
create table audit (
  position bigint primary key,
  at_ms bigint not null,
  organisation_id text,
  user_id text,
  action text not null,
  subject text not null,
  previous_hash text not null,
  hash text not null
);
create table ledger (
  id integer primary key constraint ledger_one_row check (id = 1),
  chain_id bigint not null,
  genesis_hash text not null,
  contract_set text not null,
  addresses jsonb not null
);
`,
} as const;
