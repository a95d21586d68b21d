/** What must hold of a data folder after any number of crashes, beside the driver's list and an undisturbed run. */
import { expect } from "chai";
import type { DriverReply, Evidence } from "./evidence.ts";

interface Told {
  readonly key: string;
  readonly orderId: string;
  readonly transactionIds: readonly string[];
  readonly hashes: readonly string[];
}

/** Moves of the test clock are not acts: a resumed story may find that it is late already, and moves no more. */
const isClock = (key: string) => key.startsWith("clock.");
const isApproval = (key: string) => key.endsWith(".approve");

function byKey(replies: readonly DriverReply[]): ReadonlyMap<string, readonly DriverReply[]> {
  return Map.groupBy(
    replies.filter(({ key }) => !isClock(key)),
    ({ key }) => key,
  );
}

function transactionOf({ body }: DriverReply): Readonly<Record<string, unknown>> {
  return (body["transaction"] ?? {}) as Record<string, unknown>;
}

function distinct(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === "string"))].sort();
}

/** Everything that was said about acts, under whichever key: a proposal and its approval speak of one order. */
function acts(replies: readonly DriverReply[]): readonly Told[] {
  const about = replies.filter(({ body }) => typeof body["orderId"] === "string");
  return [...Map.groupBy(about, ({ body }) => String(body["orderId"]))].map(([orderId, told]) => ({
    key: told.map(({ key }) => key).find((key) => !isApproval(key)) ?? "",
    orderId,
    transactionIds: distinct(told.map((reply) => transactionOf(reply)["id"])),
    hashes: distinct(told.map((reply) => transactionOf(reply)["hash"])),
  }));
}

/** What may change between two replies to one request is only how far its act has come. */
function lasting({ status, body }: DriverReply): unknown {
  const { status: _progress, transaction: _transaction, ...rest } = body;
  return { status, body: "orderId" in body ? rest : body };
}

/** Every reply still holds: a request that was sent again in a later life was answered as the first time. */
export function expectRepliesToHold({ replies }: Evidence, control: Evidence): void {
  for (const [key, lines] of byKey(replies)) {
    const [first, ...later] = lines.map(lasting);
    for (const again of later) expect(again, key).to.deep.equal(first);
  }
  const keys = (of: Evidence) => [...byKey(of.replies).keys()].filter((key) => !isApproval(key)).sort();
  expect(keys({ replies } as Evidence)).to.deep.equal(keys(control));
}

/** Nothing lost and nothing doubled: one act is one order, one transaction, one journal record and one block. */
export function expectActsOnce(evidence: Evidence): void {
  const { store, unsettled } = evidence;
  const told = acts(evidence.replies);
  const keys = new Set(told.map(({ key }) => key));
  expect(keys.size, "an act has one order").to.equal(told.length);
  expect(store.orders.map(({ id }) => id).sort()).to.deep.equal(told.map(({ orderId }) => orderId).sort());
  expect(store.transactions, "an act has one transaction").to.have.length(told.length);
  expect(unsettled, "journalled without a block").to.equal(0);

  for (const { key, orderId, transactionIds, hashes } of told) {
    const transaction = expectExecutedOnce(evidence, { key, orderId });
    expect([transaction?.id], key).to.deep.equal(transactionIds);
    expect([transaction?.hash], key).to.deep.equal(hashes);
  }
}

/** The order has one transaction, the transaction one journal record and one block in which it succeeded. */
function expectExecutedOnce({ store, journal, ledger }: Evidence, { key, orderId }: { key: string; orderId: string }) {
  const [transaction, ...others] = store.transactions.filter((row) => row.order_id === orderId);
  expect(others, key).to.deep.equal([]);
  expect(transaction?.status, key).to.equal("final");
  const order = store.orders.find(({ id }) => id === orderId);
  expect(order, key).to.include({ status: "submitted", transaction_id: transaction?.id });
  const records = journal.filter(({ hash }) => hash === transaction?.hash);
  expect(records, key).to.have.length(1);
  const mined = ledger.receipts.filter(({ transactionHash }) => transactionHash === transaction?.hash);
  const blocks = mined.map(({ blockHash, status }) => [blockHash, status]);
  expect(blocks, key).to.deep.equal([[transaction?.block_hash, "0x1"]]);
  return transaction;
}

export interface ToldOrder {
  readonly status: string;
  readonly transactionId: string | null;
}

/** Beside the demo's orders there are those that the driver was told of and no others, each as it was told. */
export function expectOrdersOnce(evidence: Evidence, told: ReadonlyMap<string, ToldOrder>): void {
  const { store, journal, unsettled } = evidence;
  const demo = new Set(acts(evidence.replies).map(({ orderId }) => orderId));
  const others = store.orders.map(({ id }) => id).filter((id) => !demo.has(id));
  expect(others.sort()).to.deep.equal([...told.keys()].sort());
  expect(unsettled, "journalled without a block").to.equal(0);
  const submitted = [...told].filter(([, { status }]) => status === "submitted");
  expect(store.transactions, "submitted = mined + failed").to.have.length(demo.size + submitted.length);
  for (const [orderId, { status, transactionId }] of told) {
    if (status === "submitted") {
      expect(expectExecutedOnce(evidence, { key: orderId, orderId })?.id).to.equal(transactionId);
      continue;
    }
    expect(store.orders.find(({ id }) => id === orderId)?.status, orderId).to.equal(status);
    expect(store.transactions.filter((row) => row.order_id === orderId)).to.deep.equal([]);
  }
  expect(journal).to.have.length(store.transactions.length + deployments(evidence));
}

/** Transactions of the first lane that carry no act: they came before all others, and made the contracts. */
function deployments({ store, journal }: Evidence): number {
  const [lane] = store.lanes;
  const ofLane = journal.filter(({ sender }) => sender === lane?.address);
  return ofLane.length - store.transactions.filter((row) => row.lane === lane?.address).length;
}

/**
 * Each lane gave each nonce once, and the ledger used each once: first, on the first lane, those of the deployment, then
 * those of its acts. Every attempt that may ever have left is one of them.
 */
export function expectNoncesWithoutHoles(evidence: Evidence): void {
  const { store, journal, ledger } = evidence;
  expect(new Set(journal.map(({ sender }) => sender)).size, "only lanes send").to.be.at.most(store.lanes.length);
  for (const { address, number, next_nonce } of store.lanes) {
    const sent = journal.filter(({ sender }) => sender === address);
    expect(
      sent.map(({ nonce }) => nonce),
      `lane ${number}`,
    ).to.deep.equal(sent.map((_, nonce) => nonce));
    expect([next_nonce, ledger.nonces.get(address)], `lane ${number}`).to.deep.equal([sent.length, sent.length]);
    const first = number === 0 ? deployments(evidence) : 0;
    const given = store.transactions
      .filter((row) => row.lane === address)
      .map(({ nonce, hash }) => ({ nonce, hash }))
      .sort((a, b) => Number(a.nonce) - Number(b.nonce));
    expect(given, `lane ${number}`).to.deep.equal(sent.slice(first).map(({ nonce, hash }) => ({ nonce, hash })));
    const attempts = store.attempts.filter((row) => row.lane === address).map(({ hash }) => hash);
    expect(attempts.sort(), `lane ${number}`).to.deep.equal(given.map(({ hash }) => hash).sort());
  }
}

/** Of two acts on one deal the one that was accepted first is in the earlier block, whichever lanes they took. */
export function expectDealsInOrder({ store }: Evidence): void {
  const last = new Map<string, number>();
  for (const { id, deal, other_deal, block_number } of store.transactions) {
    for (const of of [deal, other_deal].filter((name) => name !== null)) {
      expect(block_number, `transaction ${id} of deal ${of}`).to.be.greaterThan(last.get(of) ?? -1);
      last.set(of, block_number ?? Number.POSITIVE_INFINITY);
    }
  }
}

/** No entry of the audit log was lost, altered or put in between. */
export function expectAuditChain({ store }: Evidence): void {
  expect(store.auditVerdict).to.deep.include({ ok: true, entries: store.audit.length });
}

/** The store has the ledger's blocks, all of them and no others. */
export function expectBlocksToMatch({ store, ledger }: Evidence): void {
  expect(store.blocks.map(({ number, hash }) => ({ number, hash }))).to.deep.equal(
    ledger.blocks.map(({ number, hash }) => ({ number: Number(number), hash })),
  );
}

/** Each organisation's sequence has no gap, follows the ledger's order, and says what the ledger's logs say. */
export function expectEventsToMatch({ store, ledger }: Evidence): void {
  const logs = new Map(ledger.events.map((event) => [`${event.blockHash} ${event.logIndex}`, event]));
  for (const { id, name } of store.organisations) {
    const rows = store.events.filter((row) => row.organisation_id === id);
    expect(
      rows.map(({ sequence }) => sequence),
      name,
    ).to.deep.equal(rows.map((_, index) => index + 1));
    const next = store.sequences.find(({ organisation_id }) => organisation_id === id)?.next_sequence;
    expect(next ?? 1, name).to.equal(rows.length + 1);
    const places = rows.map((row) => `${row.block_hash} ${row.log_index}`);
    const inOrder = [...logs.keys()].filter((place) => places.includes(place));
    expect(places, name).to.deep.equal(inOrder);
    for (const row of rows) {
      const event = logs.get(`${row.block_hash} ${row.log_index}`);
      const said = { type: row.type, data: row.data, at: row.occurred_at, block: row.block_number };
      const logged = { type: event?.type, data: event?.data, at: event?.occurredAt, block: event?.blockNumber };
      expect(said, `${name}, ${row.sequence}`).to.deep.equal(JSON.parse(JSON.stringify(logged)));
    }
  }
}

/** What can be compared between two runs, whose ids, keys and times differ. */
function outline({ store, journal }: Evidence) {
  const names = new Map(store.organisations.map(({ id, name }) => [id, name]));
  const { audit: _audit, idempotency: _idempotency, ...counts } = store.counts;
  return {
    counts,
    journalled: journal.length,
    audit: store.audit.map(({ action }) => action).filter((action) => action !== "clock.moved"),
    idempotency: store.idempotency
      // Callers without credentials have no keys of their own: theirs are digests, another in every run.
      .map(({ key }) => (/^[0-9a-f]{64}$/.test(key) ? "public" : key.replace(/^demo\./, "")))
      .filter((key) => !isClock(key) && !isApproval(key))
      .sort(),
    approvals: store.orders.map(({ kind, approvals }) => `${kind} ${approvals.length}`).sort(),
    transactions: store.transactions.map(({ kind, status }) => `${kind} ${status}`),
    events: Object.fromEntries(
      [...names].map(([id, name]) => [
        name,
        store.events.filter((row) => row.organisation_id === id).map(({ type }) => type),
      ]),
    ),
  };
}

/** The store has exactly the rows, acts, audit entries and events that a run without a crash has. */
export function expectSameOutline(evidence: Evidence, control: Evidence): void {
  const expected = outline(control);
  for (const [part, found] of Object.entries(outline(evidence))) {
    expect(found, part).to.deep.equal(expected[part as keyof typeof expected]);
  }
}
