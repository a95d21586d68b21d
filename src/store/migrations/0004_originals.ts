export const originals = {
  id: "0004_originals",
  sql: `
create table messages (
  id text primary key,
  organisation_id text not null references organisations,
  direction text not null constraint messages_direction_check check (direction in ('outgoing', 'incoming')),
  type text not null,
  release text not null,
  reference text,
  sender text,
  receiver text,
  text text not null,
  content_hash text not null,
  findings jsonb not null,
  based_on text references messages,
  created_at_ms bigint not null,
  constraint messages_content_once unique (organisation_id, content_hash)
);
create index messages_organisation on messages (organisation_id, id);
create unique index messages_credit_once on messages (organisation_id, sender, reference) where type = '700';
create table credit_contents (
  credit_id text primary key,
  organisation_id text not null references organisations,
  reference text not null,
  message_id text references messages,
  terms jsonb not null,
  content jsonb not null,
  bank_only jsonb not null,
  content_salt text not null,
  version integer not null,
  created_at_ms bigint not null,
  constraint credit_contents_reference_once unique (organisation_id, reference)
);
create table declined_reasons (
  commitment text primary key,
  credit_id text not null,
  bank integer not null,
  kind text not null constraint declined_reasons_kind_check check (kind in ('advice', 'confirmation')),
  reason text not null,
  salt text not null,
  order_id text not null references orders
);
create index declined_reasons_credit on declined_reasons (credit_id);
create table documents (
  id text primary key,
  organisation_id text not null references organisations,
  kind text not null,
  media_type text not null,
  size_bytes integer not null,
  wrapped_key text,
  sealed_name text not null,
  sealed_content bytea not null,
  commitment text not null unique,
  salt text not null,
  created_at_ms bigint not null
);
create index documents_organisation on documents (organisation_id, id);
create table presentation_documents (
  presentation_id text not null,
  position integer not null,
  document_id text not null references documents,
  primary key (presentation_id, position)
);
create index presentation_documents_document on presentation_documents (document_id);
create table refusal_texts (
  presentation_id text not null,
  bank integer not null,
  discrepancies jsonb not null,
  order_id text not null references orders,
  primary key (presentation_id, bank, order_id)
);
create table escrow_contents (
  escrow_id text primary key,
  organisation_id text not null references organisations,
  title text not null,
  text text not null,
  salt text not null,
  milestone_titles jsonb not null,
  created_at_ms bigint not null
);
create table escrow_evidence (
  commitment text primary key,
  escrow_id text not null,
  position integer not null,
  kind text not null constraint escrow_evidence_kind_check check (kind in ('delivery', 'dispute')),
  participant integer not null,
  text text not null,
  salt text not null,
  order_id text not null references orders,
  created_at_ms bigint not null
);
create index escrow_evidence_escrow on escrow_evidence (escrow_id, position);
`,
} as const;
