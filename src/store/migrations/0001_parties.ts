export const parties = {
  id: "0001_parties",
  sql: `
create table organisations (
  id text primary key,
  name text not null,
  lei text not null,
  bic text,
  country text not null,
  roles jsonb not null,
  lei_salt text not null,
  lei_commitment text not null unique,
  status text not null constraint organisations_status_check check (status in ('invited', 'admitted')),
  participant_id integer unique,
  account text unique,
  created_at_ms bigint not null
);
create table users (
  id text primary key,
  organisation_id text not null references organisations,
  name text not null,
  role text not null constraint users_role_check check (role in ('maker', 'checker', 'viewer', 'admin')),
  status text not null constraint users_status_check check (status in ('invited', 'accepted', 'active', 'disabled')),
  invitation_hash text,
  signer text unique,
  sealed_key text,
  created_at_ms bigint not null
);
create index users_organisation on users (organisation_id, id);
create table api_keys (
  id text primary key,
  user_id text not null references users,
  secret_hash text not null,
  status text not null constraint api_keys_status_check check (status in ('active', 'disabled')),
  created_at_ms bigint not null
);
create index api_keys_user on api_keys (user_id);
`,
} as const;
