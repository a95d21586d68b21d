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
export function expectActsOnce({ replies, store, journal, unsettled, ledger }: Evidence): void {
  const told = acts(replies);
  const keys = new Set(told.map(({ key }) => key));
  expect(keys.size, "an act has one order").to.equal(told.length);
  expect(store.orders.map(({ id }) => id).sort()).to.deep.equal(told.map(({ orderId }) => orderId).sort());
  expect(store.transactions, "an act has one transaction").to.have.length(told.length);
  expect(unsettled, "journalled without a block").to.equal(0);

  const receipts = Map.groupBy(ledger.receipts, ({ transactionHash }) => transactionHash);
  for (const { key, orderId, transactionIds, hashes } of told) {
    const [transaction, ...others] = store.transactions.filter((row) => row.order_id === orderId);
    expect(others, key).to.deep.equal([]);
    expect(transaction?.status, key).to.equal("final");
    expect([transaction?.id], key).to.deep.equal(transactionIds);
    expect([transaction?.hash], key).to.deep.equal(hashes);
    expect(
      store.orders.find(({ id }) => id === orderId),
      key,
    ).to.include({
      status: "submitted",
      transaction_id: transaction?.id,
    });
    expect(
      journal.filter(({ hash }) => hash === transaction?.hash),
      key,
    ).to.have.length(1);
    const mined = receipts.get(transaction?.hash ?? "") ?? [];
    expect(
      mined.map(({ blockHash, status }) => [blockHash, status]),
      key,
    ).to.deep.equal([[transaction?.block_hash, "0x1"]]);
  }
}

/** The lane gave each nonce once: first to the deployment, then to the acts in the order in which they were accepted. */
export function expectNoncesWithoutHoles({ store, journal, ledger }: Evidence): void {
  const [lane, ...others] = store.lanes;
  expect(others).to.deep.equal([]);
  expect(lane?.next_nonce).to.equal(ledger.nonces);
  expect(journal.map(({ nonce }) => nonce)).to.deep.equal(Array.from({ length: ledger.nonces }, (_, nonce) => nonce));
  const deployed = ledger.nonces - store.transactions.length;
  const given = store.transactions.map(({ nonce, hash }) => ({ nonce, hash }));
  expect(given).to.deep.equal(journal.slice(deployed).map(({ nonce, hash }) => ({ nonce, hash })));
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
