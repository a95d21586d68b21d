/** Deals of every kind, made in SQL: participants 1 to `participantsMax`, each with the organisation `organisationOf`. */
import { sql } from "kysely";
import type { Store } from "../../src/store/store.ts";
import { organisationOf, token } from "./blockFixture.ts";

export const participantsMax = 40;

interface Extent {
  readonly deals: number;
  /** SQL of the participant in a role, of the deal's number `nth`. */
  readonly party: (role: number) => string;
}

/** The nth id of a kind, as scattered as those of the ledger. */
export const dealId = (kind: string) => `'0x' || encode(sha256(convert_to('${kind}' || nth, 'utf8')), 'hex')`;

const orderColumns = `id, organisation_id, kind, subject, deals, summary, account, calls, nonce, deadline, order_hash,
  approvals, status, proposed_by, created_at_ms`;
const transactionColumns = `id, organisation_id, kind, subject, deal, slot, target, data, status, created_at_ms`;

function statements({ deals, party }: Extent): readonly string[] {
  const numbers = `generate_series(1, ${deals}) nth`;
  const organisation = `'${organisationOf(1)}'`;
  return [
    `insert into organisations select '${organisationOf(0).slice(0, -1)}' || n, 'Party ' || n, 'LEI' || n, null, 'NL',
      '["bank"]', 'salt', 'commitment' || n, 'admitted', n, 'account' || n, 0 from generate_series(1, ${participantsMax}) n`,
    `insert into users values ('user', ${organisation}, 'A maker', 'maker', 'active', null, null, null, 0)`,
    `insert into deposit_tokens values ('${token}', 1, 'EUR', 2)`,
    `insert into credits select ${dealId("credit")}, case when nth % 5 = 0 then 'closed' else 'issued' end,
      ${party(0)}, ${party(1)}, ${party(2)}, ${party(3)}, 0, ${party(4)}, 0, '${token}', 1000, 0, '{"text":"${"t".repeat(400)}"}',
      case when nth % 3 = 0 then 'none' else 'advised' end, 'none', 'silent', 0 from ${numbers}`,
    // Every third is a draft of the first organisation.
    `insert into credit_contents select case when nth % 3 = 0 then ${dealId("draft")} else ${dealId("credit")} end,
      ${organisation}, 'REF' || nth, null, '{"token":"${token}"}', '{"45A":"${"g".repeat(400)}"}', '{}', 'salt', 1, 0
      from ${numbers}`,
    `insert into presentations select ${dealId("presentation")}, ${dealId("credit")}, ${party(0)}, 1000, 0, 0, false, false,
      false, null, '[]', 0 from ${numbers}`,
    `insert into examinations select ${dealId("presentation")}, bank,
      case when nth % 7 = 0 then 'examining' else 'complying' end, nth, null, null, null, null, '[]', null
      from ${numbers}, lateral (select distinct bank from unnest(array[${party(0)}, ${party(2)}]) bank) of
      where bank > 0`,
    `insert into undertakings select ${dealId("undertaking")}, ${dealId("credit")}, ${dealId("presentation")}, ${party(0)},
      ${party(1)}, '${token}', 1000, 0, case when nth % 7 = 0 then 'owed' else 'paid' end from ${numbers}`,
    `insert into escrows select ${dealId("escrow")}, case when nth % 7 = 0 then 'proposed' else 'settled' end, ${party(0)},
      ${party(1)}, ${party(2)}, ${party(0)}, '${token}', '{}', 0, nth, nth / 3 from ${numbers}`,
    `insert into milestones select ${dealId("escrow")}, 0, 500, 0, 'open', null, null, null, null from ${numbers}`,
    `insert into orders (${orderColumns}) select ${dealId("order")}, ${organisation}, 'credit.issue', ${dealId("credit")}, '[]',
      '{}', 'account', '[]', '1', nth, 'hash' || nth, '[]',
      case when nth % 70 = 0 then 'awaiting_approval' when nth % 70 = 1 then 'voided' else 'submitted' end, 'user', 0
      from ${numbers}`,
    `insert into transactions (${transactionColumns}) select ${dealId("transaction")}, ${organisation}, 'credit.issue',
      'subject', 'deal', 0, 'target', '0x',
      case when nth % 70 = 0 then 'accepted' when nth % 70 = 1 then 'reverted' else 'final' end, 0 from ${numbers}`,
  ];
}

/** Outside the store's own transactions, which have a limit. */
export async function enterDeals(store: Store, extent: Extent): Promise<void> {
  const all = statements(extent).join(";\n");
  await sql.raw(`begin read write; set local statement_timeout = 0; ${all}; commit`).execute(store.db);
  await sql.raw("analyze").execute(store.db);
}
