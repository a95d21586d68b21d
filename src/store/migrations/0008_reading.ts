/** What lists and single reads go by, so that none of them costs more in a store that has grown. */
export const reading = {
  id: "0008_reading",
  sql: `
alter table credit_contents add column issued boolean not null default true;
update credit_contents set issued = false
  where not exists (select from credits where credits.id = credit_contents.credit_id);
alter table credit_contents alter column issued set default false;
create index credit_contents_drafts on credit_contents (organisation_id, credit_id) where not issued;
alter table credit_contents drop constraint credit_contents_reference_once;
alter table credit_contents add constraint credit_contents_reference_once unique (reference, organisation_id);

create function mark_issued() returns trigger language plpgsql as $$
begin
  update credit_contents set issued = true from issue
    where credit_contents.credit_id = issue.id and not credit_contents.issued;
  return null;
end $$;
create trigger credits_issued after insert on credits referencing new table as issue
  for each statement execute function mark_issued();

create function mark_draft() returns trigger language plpgsql as $$
begin
  update credit_contents set issued = false from undone
    where credit_contents.credit_id = undone.id and credit_contents.issued;
  return null;
end $$;
create trigger credits_undone after delete on credits referencing old table as undone
  for each statement execute function mark_draft();

create function know_issued() returns trigger language plpgsql as $$
begin
  new.issued := exists (select from credits where id = new.credit_id);
  return new;
end $$;
create trigger credit_contents_issued before insert on credit_contents
  for each row execute function know_issued();

create index undertakings_credit on undertakings (credit_id);
drop index examinations_bank;
create index examinations_bank on examinations (bank, presentation_id);
create index examinations_due on examinations (bank, presentation_id) where decision = 'examining';
drop index escrows_buyer;
drop index escrows_seller;
drop index escrows_arbiter;
create index escrows_buyer on escrows (buyer, proposed_at, id);
create index escrows_seller on escrows (seller, proposed_at, id);
create index escrows_arbiter on escrows (arbiter, proposed_at, id);
create index escrows_proposed on escrows (proposed_at, id);
drop index transactions_organisation;
create index transactions_organisation on transactions (organisation_id, position);
create index transactions_failed on transactions (organisation_id, position)
  where status in ('reverted', 'cancelled', 'replaced', 'dead');
create index orders_unsent on orders (organisation_id, status, id) where status <> 'submitted';
create index orders_issue on orders (subject) where kind = 'credit.issue';
`,
} as const;
