import type { ColumnType, JSONColumnType } from "kysely";

/** Written once, never updated. */
export type Fixed<T> = ColumnType<T, T, never>;

export interface OrganisationRow {
  id: Fixed<string>;
  name: string;
  lei: string;
  bic: string | null;
  country: string;
  roles: JSONColumnType<string[]>;
  /** Salt of the LEI commitment on the ledger. */
  lei_salt: string;
  lei_commitment: string;
  /** invited → admitting → admitted; suspended is read from the ledger's view. */
  status: "invited" | "admitted";
  participant_id: number | null;
  account: string | null;
  created_at_ms: Fixed<number>;
}

export interface UserRow {
  id: Fixed<string>;
  organisation_id: Fixed<string>;
  name: string;
  role: "maker" | "checker" | "viewer" | "admin";
  /** invited → accepted (has a key) → active (its key stands on the ledger) → disabled. */
  status: "invited" | "accepted" | "active" | "disabled";
  invitation_hash: string | null;
  /** Address of the user's custody key; null until the invitation is accepted. */
  signer: string | null;
  /** The private key, sealed under a secret that only the user's own credential yields. */
  sealed_key: string | null;
  created_at_ms: Fixed<number>;
}

export interface ApiKeyRow {
  id: Fixed<string>;
  user_id: Fixed<string>;
  /** SHA-256 of the secret, which has 256 random bits. */
  secret_hash: string;
  status: "active" | "disabled";
  created_at_ms: Fixed<number>;
}

export interface PartySchema {
  organisations: OrganisationRow;
  users: UserRow;
  api_keys: ApiKeyRow;
}
