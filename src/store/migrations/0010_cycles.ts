const undoing = "coalesce(current_setting('hansa.undo_block', true), '') <> ''";

/** Settlement agents of banks, and the cycles in which they settled. */
export const cycles = {
  id: "0010_cycles",
  sql: `
create table settlement_mandates (
  bank integer not null,
  currency text not null,
  agent integer not null,
  until bigint,
  primary key (bank, currency)
);
create index settlement_mandates_agent on settlement_mandates (agent);
create trigger settlement_mandates_undo after insert or update or delete on settlement_mandates for each row
  when (${undoing}) execute function record_undo('bank,currency');

create table cycles (
  id text primary key,
  agent integer not null,
  currency text not null,
  gross numeric(78, 0) not null,
  paid numeric(78, 0) not null,
  settled_at bigint not null,
  block_number bigint not null,
  log_index integer not null,
  transaction_hash text not null
);
create index cycles_agent on cycles (agent, block_number, log_index);
create trigger cycles_undo after insert or update or delete on cycles for each row
  when (${undoing}) execute function record_undo('id');

create table cycle_nets (
  cycle_id text not null,
  bank integer not null,
  net numeric(78, 0) not null,
  block_number bigint not null,
  log_index integer not null,
  primary key (cycle_id, bank)
);
create index cycle_nets_bank on cycle_nets (bank, block_number, log_index);
create trigger cycle_nets_undo after insert or update or delete on cycle_nets for each row
  when (${undoing}) execute function record_undo('cycle_id,bank');
`,
} as const;
