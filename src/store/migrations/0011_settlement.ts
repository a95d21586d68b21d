const undoing = "coalesce(current_setting('hansa.undo_block', true), '') <> ''";

/** Settlements that have ended, and undertakings that changed hands. */
export const settlement = {
  id: "0011_settlement",
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
`,
} as const;
