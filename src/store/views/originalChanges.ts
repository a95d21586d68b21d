import { sql } from "kysely";
import type { Transaction } from "../store.ts";

interface Admission {
  readonly id: number;
  readonly account: string;
  readonly leiCommitment: string;
}

interface KeyChange {
  readonly account: string;
  readonly signer: string;
}

/**
 * What events change in rows that people made. People change them too, so these are written as conditions and never
 * read first.
 */
export interface OriginalChanges {
  /** An organisation learns its own id on the ledger from here alone. Its users follow with their keys' own events. */
  admit(admission: Admission): void;
  addKey(change: KeyChange): void;
  removeKey(change: KeyChange): void;
  write(tx: Transaction): Promise<void>;
}

export function createOriginalChanges(): OriginalChanges {
  let admissions: Admission[] = [];
  let added: KeyChange[] = [];
  let removed: KeyChange[] = [];
  return {
    admit: (admission) => void admissions.push(admission),
    addKey: (change) => void added.push(change),
    removeKey: (change) => void removed.push(change),
    async write(tx) {
      if (admissions.length > 0) await admitOrganisations(tx, admissions);
      // A user whose key was removed stays disabled, whatever came before or after: so their order does not count.
      if (added.length > 0) await activateUsers(tx, added);
      if (removed.length > 0) await disableUsers(tx, removed);
      admissions = [];
      added = [];
      removed = [];
    },
  };
}

async function admitOrganisations(tx: Transaction, admissions: readonly Admission[]): Promise<void> {
  await sql`update organisations set participant_id = admission.id, account = admission.account, status = 'admitted'
    from json_to_recordset(${JSON.stringify(admissions)}::json)
      as admission (id integer, account text, "leiCommitment" text)
    where organisations.lei_commitment = admission."leiCommitment"`.execute(tx);
}

/** An account may be given any key, a foreign one too, so its events are about its own organisation's users only. */
function changes(keys: readonly KeyChange[]) {
  return sql`from json_to_recordset(${JSON.stringify(keys)}::json) as change (account text, signer text)
    join organisations on organisations.account = change.account
    where users.signer = change.signer and users.organisation_id = organisations.id`;
}

async function activateUsers(tx: Transaction, keys: readonly KeyChange[]): Promise<void> {
  await sql`update users set status = 'active' ${changes(keys)} and users.status = 'accepted'`.execute(tx);
}

async function disableUsers(tx: Transaction, keys: readonly KeyChange[]): Promise<void> {
  await sql`update users set status = 'disabled' ${changes(keys)}`.execute(tx);
}
