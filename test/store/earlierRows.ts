/**
 * A little of everything, as a store of an earlier release holds it: at least one row in every table that there is after
 * the first `applied` migrations, written in that release's columns.
 */

const at = "1790000000000";
const hash = (digit: string) => `0x${digit.repeat(64)}`;
const lane = `0x${"a1".repeat(20)}`;
const token = `0x${"b2".repeat(20)}`;
const account = `0x${"c3".repeat(20)}`;

const parties = `
insert into organisations values
  ('org-bank', 'Bank of the Elbe', '529900T8BM49AURSDO55', 'ELBEDEHH', 'DE', '["bank"]', 'salt-1', '${hash("1")}',
   'admitted', 7, '${account}', ${at}),
  ('org-new', 'Käserei "Süd", Ltd.\\', '529900T8BM49AURSDO56', null, 'CH', '["merchant"]', 'salt-2', '${hash("2")}',
   'invited', null, null, ${at});
insert into users values
  ('user-maker', 'org-bank', 'A maker', 'maker', 'active', null, '${lane}', 'sealed', ${at}),
  ('user-new', 'org-new', E'Line one\\nline two\\t\\\\ and 汉字', 'admin', 'invited', 'invitation', null, null, ${at});
insert into api_keys values ('key-1', 'user-maker', 'secret hash', 'active', ${at});
`;

/** `deals` stands in both places that 0005 adds. */
function chain(hasSending: boolean): string {
  const orderColumns = hasSending ? ", deals" : "";
  const orderDeals = hasSending ? `, '["credit-1"]'` : "";
  const columns = `id, organisation_id, order_id, kind, subject, target, data, status, lane, nonce, hash, block_number,
    block_hash, error, created_at_ms${hasSending ? ", deal, slot" : ", raw"}`;
  const transaction = (
    id: string,
    { status, nonce, block, error }: { status: string; nonce?: number; block?: number; error?: string },
  ) => {
    const signed = nonce !== undefined;
    const values = [
      ...[`'${id}'`, "'org-bank'", "'order-1'", "'credit.issue'", "'credit-1'", `'${account}'`, "'0xda7a'"],
      ...[`'${status}'`, signed ? `'${lane}'` : "null", nonce ?? "null"],
      ...[signed ? `'${hash(String(nonce))}'` : "null", block ?? "null", block ? `'${hash("e")}'` : "null"],
      ...[error ? `'${error}'` : "null", at],
      ...(hasSending ? ["'credit-1'", 17] : [signed ? `'0xf8${nonce}'` : "null"]),
    ];
    return `insert into transactions (${columns}) values (${values.join(", ")});`;
  };
  return `
insert into orders (id, organisation_id, kind, subject, summary, account, calls, nonce, deadline, order_hash, approvals,
    status, proposed_by, reason, transaction_id, created_at_ms${orderColumns}) values
  ('order-1', 'org-bank', 'credit.issue', 'credit-1', '{"amount":"1000.00"}', '${account}',
   '[{"target":"${token}","data":"0x00"}]', '12345678901234567890123', 1800000000, '${hash("3")}', '[]', 'submitted',
   'user-maker', null, 'tx-1', ${at}${orderDeals});
${transaction("tx-1", { status: hasSending ? "final" : "mined", nonce: 1, block: 1 })}
${transaction("tx-2", { status: "reverted", nonce: 2, block: 1, error: "credit.wrong_status" })}
${transaction("tx-3", { status: "broadcast", nonce: 3 })}
${transaction("tx-4", { status: "signed", nonce: 4 })}
${transaction("tx-5", { status: "accepted" })}
insert into lanes (address, next_nonce${hasSending ? ", number" : ""}) values ('${lane}', 5${hasSending ? ", 0" : ""});
insert into idempotency values
  ('org-bank', 'key-0001', 'user-maker', 'print', 201, 'application/json', '\\x7b22c3bc007d', '{"x":"y"}', ${at});
insert into blocks values (0, '${hash("f")}', '${hash("0")}', 1772438400), (1, '${hash("e")}', '${hash("f")}', 1772438401);
insert into events (organisation_id, sequence, type, subject, data, block_number, block_hash, log_index, occurred_at)
  values ('org-bank', 1, 'credit.issued', 'credit-1', '{"credit":"1","text":"a \\"quote\\""}', 1, '${hash("e")}', 0,
    1772438401);
insert into event_sequences values ('org-bank', 2);
insert into audit values (1, ${at}, 'org-bank', 'user-maker', 'credit.issue.proposed', 'credit-1', '', 'audit hash');
insert into ledger values (1, 31337, '${hash("f")}', '${hash("9")}', '{"Credits":"${token}"}');
`;
}

const deals = `
insert into participants values (7, '${account}', '${hash("1")}', 'DE', '["bank"]', 'active', true);
insert into currencies values ('EUR', 2);
insert into calendars values (7, 80, '["0x1f"]', 1020, '[[0,60]]');
insert into deposit_tokens values ('${token}', 7, 'EUR', 2);
insert into postings values ('${token}', '${account}', 1, 0, 100000000000000000000000000000000001, 5, null, 'entry',
  'ref', '${hash("1")}', 1772438401);
insert into balances values ('${token}', '${account}', 340282366920938463463374607431768211455);
insert into credits values ('credit-1', 'issued', 7, 8, 9, 0, 0, 7, 0, '${token}', 100000, 0, '{"expiry":1}', 'none',
  'none', 'none', 1772438401);
insert into presentations values ('presentation-1', 'credit-1', 7, 100000, 20500, 20490, false, false, true, null,
  '["0x01"]', 1772438402);
insert into examinations values ('presentation-1', 7, 'examining', 1772438402, 20500, 20505, null, null, '[]', null);
insert into undertakings values ('undertaking-1', 'credit-1', 'presentation-1', 7, 9, '${token}', 100000, 1780000000,
  'owed');
insert into escrows values ('escrow-1', 'funded', 8, 9, 10, 8, '${token}', '{"milestones":1}', 5000, 1780000000,
  1772438401);
insert into milestones values ('escrow-1', 0, 5000, 1780000000, 'open', null, null, null, null);
insert into escrow_claimables values ('escrow-1', 9, 0);
`;

const originals = `
insert into messages values ('message-1', 'org-bank', 'outgoing', '700', 'SR2025', 'REF', 'ELBEDEHH', null,
    E':20:REF\\r\\n:45A:TEA, "green"', 'content-1', '[]', null, ${at}),
  ('message-2', 'org-bank', 'outgoing', '707', 'SR2025', 'REF', 'ELBEDEHH', null, ':20:REF', 'content-2', '[]',
   'message-1', ${at});
insert into credit_contents values ('credit-1', 'org-bank', 'REF', 'message-1', '{"amount":"1"}', '{"45A":"TEA"}', '{}',
  'salt', 3, ${at}),
  ('credit-2', 'org-bank', 'REF2', null, '{"amount":"1"}', '{"45A":"TEA"}', '{}', 'salt', 1, ${at});
insert into declined_reasons values ('${hash("4")}', 'credit-1', 7, 'advice', 'no limit', 'salt', 'order-1');
insert into documents values ('document-1', 'org-bank', 'invoice', 'application/pdf', 4, 'wrapped', 'sealed name',
    '\\x00ff10c3', '${hash("5")}', 'salt', ${at}),
  ('document-2', 'org-bank', 'invoice', 'application/pdf', 0, null, 'shredded', '\\x', '${hash("6")}', 'salt', ${at});
insert into presentation_documents values ('presentation-1', 0, 'document-1');
insert into refusal_texts values ('presentation-1', 7, '[{"text":"late"}]', 'order-1');
insert into escrow_contents values ('escrow-1', 'org-bank', 'Machine', 'text', 'salt', '["one"]', ${at});
insert into escrow_evidence values ('${hash("7")}', 'escrow-1', 0, 'delivery', 9, 'delivered', 'salt', 'order-1', ${at});
`;

const sending = `
insert into attempts select hash, id, lane, nonce, 'act', '0xf8' || nonce, '{"type":0,"gasPrice":"0"}', ${at}, ${at}
  from transactions where hash is not null;
insert into leaders values ('indexer', 3);
`;

const reorganisation = `
update chain_state set finalized_number = 1, finalized_hash = '${hash("e")}';
insert into orphaned_blocks (number, hash, parent_hash, timestamp, orphaned_at_ms)
  values (1, '${hash("d")}', '${hash("f")}', 1772438400, ${at});
insert into undo (block_number, table_name, key, operation, old)
  values (2, 'currencies', '{"currency":"EUR"}', 'update', '{"exponent":2}');
`;

const clearing = `
insert into payments values ('payment-1', 9, 9, 7, 8, 'EUR', 2500, 1780000000, 1, 0, '${hash("3")}');
insert into clearing_lines values (8, 7, 'EUR', 10000, 2500);
insert into payment_contents values ('order-1', 'payment-1', 'org-bank', 'E2E-1', 'SUPP', null, ${at});
`;

const cycles = `
insert into settlement_mandates values (7, 'EUR', 8, null);
insert into cycles values ('cycle-1', 8, 'EUR', 5000, 2500, 1780000000, 1, 1, '${hash("3")}');
insert into cycle_nets values ('cycle-1', 7, -2500, 1, 0);
`;

const redemptions = `
insert into redemptions values ('redemption-1', 7, 9, '${token}', 1000, 'ref-1', 1780000000, 1780200000, 'requested', null,
  null, 1, 1);
insert into committed_texts values ('${hash("8")}', 'org-bank', 'freeze', 'an order', 'salt', 'order-1', ${at});
`;

const settlement = `
insert into undertaking_transfers values ('undertaking-1', 1, 0, 9, 8, 1780000000);
insert into settlements values ('settlement-1', 'executed', '[]', null, 1780000000, '${hash("3")}');
insert into settlement_parties values (9, 'settlement-1');
insert into settlement_proposals values ('settlement-2', 'org-bank', 7, '[]', 1780000000, 'salt', ${at});
insert into settlement_proposal_parties values (7, 'settlement-2');
insert into settlement_consents values ('settlement-2', 7, 'order-1', '0x51', ${at});
`;

/** Statements, separated by semicolons. Pruning and reading add no table. */
export function rowsAfter(applied: number): string {
  const steps = [
    parties,
    chain(applied >= 5),
    deals,
    originals,
    sending,
    reorganisation,
    "",
    "",
    clearing,
    cycles,
    redemptions,
    settlement,
  ];
  return steps.slice(0, applied).join("\n");
}
