const undoing = "coalesce(current_setting('hansa.undo_block', true), '') <> ''";

/** Settlements as they were proposed, consented to and ended, and undertakings that changed hands. */
export const settlement = {
  id: "0012_settlement",
  sql: `
create table undertaking_transfers (
  undertaking_id text not null,
  block_number bigint not null,
  log_index integer not null,
  giver integer not null,
  taker integer not null,
  transferred_at bigint not null,
  primary key (undertaking_id, block_number, log_index)
);
create index undertaking_transfers_giver on undertaking_transfers (giver, undertaking_id);
create trigger undertaking_transfers_undo after insert or update or delete on undertaking_transfers for each row
  when (${undoing}) execute function record_undo('undertaking_id,block_number,log_index');

create table settlements (
  id text primary key,
  status text not null constraint settlements_status_check check (status in ('executed', 'cancelled')),
  legs jsonb,
  cancelled_by integer,
  ended_at bigint not null,
  transaction_hash text not null
);
create trigger settlements_undo after insert or update or delete on settlements for each row
  when (${undoing}) execute function record_undo('id');

create table settlement_parties (
  participant integer not null,
  settlement_id text not null,
  primary key (participant, settlement_id)
);
create trigger settlement_parties_undo after insert or update or delete on settlement_parties for each row
  when (${undoing}) execute function record_undo('participant,settlement_id');

create table settlement_proposals (
  id text primary key,
  organisation_id text not null references organisations,
  proposed_by integer not null,
  legs jsonb not null,
  deadline bigint not null,
  salt text not null,
  created_at_ms bigint not null
);
create table settlement_proposal_parties (
  participant integer not null,
  settlement_id text not null references settlement_proposals,
  primary key (participant, settlement_id)
);
create table settlement_consents (
  settlement_id text not null references settlement_proposals,
  participant integer not null,
  order_id text not null references orders,
  signature text not null,
  created_at_ms bigint not null,
  primary key (settlement_id, participant)
);

alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_status_check
  check (status in ('awaiting_approval', 'submitted', 'signed', 'rejected', 'withdrawn', 'voided'));
alter table orders drop constraint orders_order_hash_key;
create unique index orders_order_hash_key on orders (order_hash) where calls <> '[]' and kind <> 'order.send';
`,
} as const;
