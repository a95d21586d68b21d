/** Views and the columns of their keys; `undo` names their rows by these. */
const views: Readonly<Record<string, string>> = {
  participants: "id",
  currencies: "currency",
  calendars: "bank",
  deposit_tokens: "address",
  postings: "holder,token,block_number,log_index",
  balances: "holder,token",

  credits: "id",
  presentations: "id",
  examinations: "presentation_id,bank",
  undertakings: "id",
  escrows: "id",
  milestones: "escrow_id,position",
  escrow_claimables: "escrow_id,participant",
};

const undoing = "coalesce(current_setting('hansa.undo_block', true), '') <> ''";

/** Outside blocks that may still go, the condition is all that a row costs. */
const viewTriggers = Object.entries(views).map(
  ([table, key]) => `
create trigger ${table}_undo after insert or update or delete on ${table} for each row
  when (${undoing}) execute function record_undo('${key}');`,
);

export const reorganisation = {
  id: "0006_reorganisation",
  sql: `
create table chain_state (
  id integer primary key constraint chain_state_one_row check (id = 1),
  finalized_number bigint,
  finalized_hash text,
  rebuild_position bigint,
  rebuild_differences jsonb not null
);
insert into chain_state
  select 1, last.number, last.hash, null, '[]'
  from (select 1) as one left join (select number, hash from blocks order by number desc limit 1) as last on true;

create table orphaned_blocks (
  position bigint generated always as identity primary key,
  number bigint not null,
  hash text not null,
  parent_hash text not null,
  timestamp bigint not null,
  orphaned_at_ms bigint not null
);

alter table events add column retracts bigint;
alter table events add column retracted_by bigint;
alter table events drop constraint events_once;
create unique index events_once on events (organisation_id, block_hash, log_index)
  where retracts is null and retracted_by is null;
create unique index events_retracted_once on events (organisation_id, retracts) where retracts is not null;
create index events_block on events (block_number);

drop index transactions_mined;
create index transactions_in_block on transactions (block_number)
  where status in ('mined', 'reverted', 'cancelled', 'dead');

create table undo (
  position bigint generated always as identity primary key,
  block_number bigint not null,
  table_name text not null,
  key jsonb not null,
  operation text not null constraint undo_operation_check check (operation in ('insert', 'update', 'delete')),
  old jsonb
);
create index undo_block on undo (block_number);

create function pick_columns(source jsonb, columns text) returns jsonb language sql immutable as $$
  select jsonb_object_agg(name, source -> name) from unnest(string_to_array(columns, ',')) as name
$$;

create function record_undo() returns trigger language plpgsql as $$
declare
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  restored jsonb := before;
begin
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(name, value) into restored from jsonb_each(before) as field (name, value)
      where value is distinct from after -> name and (tg_nargs = 1 or name = any(string_to_array(tg_argv[1], ',')));
    if restored is null then return null; end if;
  end if;
  insert into undo (block_number, table_name, key, operation, old) values (
    current_setting('hansa.undo_block')::bigint, tg_table_name,
    pick_columns(coalesce(after, before), tg_argv[0]), lower(tg_op), restored);
  return null;
end $$;

create function undo_blocks(above bigint) returns bigint language plpgsql as $$
declare
  entry record;
  condition text;
  assignments text;
  touched bigint;
  undone bigint := 0;
begin
  perform set_config('hansa.undoing', 'on', true);
  for entry in select * from undo where block_number > above order by position desc loop
    select string_agg(format('t.%I = k.%I', name, name), ' and ') into condition from jsonb_object_keys(entry.key) name;
    if entry.operation = 'insert' then
      execute format('delete from %I t using jsonb_populate_record(null::%I, $1) k where %s',
        entry.table_name, entry.table_name, condition) using entry.key;
    elsif entry.operation = 'delete' then
      execute format('insert into %I select * from jsonb_populate_record(null::%I, $1)',
        entry.table_name, entry.table_name) using entry.old;
    else
      select string_agg(format('%I = o.%I', name, name), ', ') into assignments from jsonb_object_keys(entry.old) name;
      execute format('update %I t set %s from jsonb_populate_record(null::%I, $1) k,
        jsonb_populate_record(null::%I, $2) o where %s',
        entry.table_name, assignments, entry.table_name, entry.table_name, condition) using entry.key, entry.old;
    end if;
    get diagnostics touched = row_count;
    if touched <> 1 then
      raise exception 'undo entry % of % finds % rows', entry.position, entry.table_name, touched;
    end if;
    undone := undone + 1;
  end loop;
  delete from undo where block_number > above;
  perform set_config('hansa.undoing', '', true);
  return undone;
end $$;
${viewTriggers.join("")}
create trigger organisations_undo after update of participant_id, account, status on organisations for each row
  when (${undoing}) execute function record_undo('id', 'participant_id,account,status');
create trigger users_undo after update of status on users for each row
  when (${undoing}) execute function record_undo('id', 'status');

create function keep_decision() returns trigger language plpgsql as $$
begin
  delete from undo where table_name = tg_table_name and key ->> 'id' = new.id;
  return null;
end $$;
create trigger users_decision after update of status on users for each row
  when (new.status = 'disabled' and not (${undoing})
    and coalesce(current_setting('hansa.undoing', true), '') = '')
  execute function keep_decision();
`,
} as const;
