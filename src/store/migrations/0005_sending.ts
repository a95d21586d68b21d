export const sending = {
  id: "0005_sending",
  sql: `
alter table transactions drop constraint transactions_status_check;
update transactions set status = 'final' where status = 'mined';
alter table transactions add constraint transactions_status_check
  check (status in ('accepted', 'assigned', 'signed', 'broadcast', 'mined', 'final', 'reverted', 'cancelled',
    'replaced', 'dead'));
alter table transactions add column deal text;
alter table transactions add column other_deal text;
alter table transactions add column slot integer not null default 0;
alter table transactions add column trace_parent text;
alter table transactions add column cancel_requested_by text references users;
alter table transactions add column noop_means text
  constraint transactions_noop_means_check check (noop_means in ('cancelled', 'dead'));
update transactions set deal = subject;
alter table orders add column deals jsonb;
update orders set deals = jsonb_build_array(subject);
alter table orders alter column deals set not null;
alter table transactions alter column deal set not null;
alter table transactions alter column slot drop default;
create table attempts (
  hash text primary key,
  transaction_id text not null references transactions,
  lane text not null,
  nonce bigint not null,
  kind text not null constraint attempts_kind_check check (kind in ('act', 'noop')),
  raw text not null,
  fee jsonb not null,
  signed_at_ms bigint not null,
  broadcast_at_ms bigint
);
create index attempts_transaction on attempts (transaction_id);
create index attempts_nonce on attempts (lane, nonce);
insert into attempts
  select hash, id, lane, nonce, 'act', raw, '{"type":0,"gasPrice":"0"}', created_at_ms, created_at_ms
  from transactions where hash is not null;
alter table transactions drop column raw;
drop index transactions_open;
create index transactions_waiting on transactions (position) where status in ('accepted', 'assigned');
create index transactions_open on transactions (lane, nonce) where status in ('signed', 'broadcast');
create index transactions_open_organisation on transactions (organisation_id)
  where status in ('accepted', 'assigned', 'signed', 'broadcast');
create index transactions_open_deal on transactions (deal, position)
  where status in ('accepted', 'assigned', 'signed', 'broadcast');
create index transactions_open_other_deal on transactions (other_deal, position)
  where other_deal is not null and status in ('accepted', 'assigned', 'signed', 'broadcast');
create index transactions_mined on transactions (block_number) where status in ('mined', 'reverted');
alter table lanes add column number integer not null default 0;
alter table lanes alter column number drop default;
create table leaders (
  name text primary key,
  epoch bigint not null
);
`,
} as const;
