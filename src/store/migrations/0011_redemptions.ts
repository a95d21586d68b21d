const undoing = "coalesce(current_setting('hansa.undo_block', true), '') <> ''";

/** Frozen money, redemptions, and the words whose commitments stand on the ledger with them. */
export const redemptions = {
  id: "0011_redemptions",
  sql: `
alter table balances add column frozen numeric(39, 0) not null default 0;
create index balances_frozen on balances (token, holder) where frozen > 0;

create table redemptions (
  id text primary key,
  bank integer not null,
  holder integer not null,
  token text not null,
  amount numeric(39, 0) not null,
  ref text not null,
  requested_at bigint not null,
  due_at bigint not null,
  status text not null constraint redemptions_status_check
    check (status in ('requested', 'paid', 'given_back', 'withdrawn')),
  ended_at bigint,
  answer text,
  block_number bigint not null,
  log_index integer not null
);
create index redemptions_bank on redemptions (bank, block_number, log_index);
create index redemptions_holder on redemptions (holder, block_number, log_index);
create index redemptions_waiting on redemptions (holder, token) where status = 'requested';
create trigger redemptions_undo after insert or update or delete on redemptions for each row
  when (${undoing}) execute function record_undo('id');

create table committed_texts (
  commitment text primary key,
  organisation_id text not null references organisations,
  kind text not null constraint committed_texts_kind_check
    check (kind in ('redemption_request', 'redemption_payout', 'give_back', 'freeze', 'forced_transfer')),
  text text not null,
  salt text,
  order_id text not null,
  created_at_ms bigint not null
);
`,
} as const;
