import { expect } from "chai";
import type { LedgerEvent } from "../../src/domain/ledgerEvent.ts";
import { appendEvents, listEvents, subjectOf } from "../../src/store/eventLog.ts";
import { describeStore } from "../fixtures/database.ts";
import {
  address,
  createTestBlocks,
  type Draft,
  draft,
  enterParticipants,
  hash,
  organisationOf,
  type TestBlocks,
} from "./blockFixture.ts";

const closed = (n: number) => draft("credit.closed", { id: hash(n), undrawn: "0" });

describeStore("the event log", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [1, 2, 3]);
  });

  function placed(...events: Draft[]): readonly LedgerEvent[] {
    return blocks.make([events]).events;
  }

  const append = (events: readonly LedgerEvent[], participants: readonly number[]) =>
    fixture.store.transaction((tx) => appendEvents(tx, told(events, participants)));

  const told = (events: readonly LedgerEvent[], participants: readonly number[]) =>
    events.map((event) => ({ event, participants }));

  const sequenceOf = async (id: number) => {
    const filter = { after: 0, subject: undefined, limit: 100 };
    const rows = await listEvents(fixture.store.db, organisationOf(id), filter);
    return rows.map(({ sequence, subject }) => [sequence, subject]);
  };

  it("gives each organisation its own sequence from 1 on, without gaps", async () => {
    await append(placed(closed(1)), [1, 2]);
    await append(placed(closed(2)), [2]);
    await append(placed(closed(3)), [1, 2]);
    expect(await sequenceOf(1)).to.deep.equal([
      [1, hash(1)],
      [2, hash(3)],
    ]);
    expect(await sequenceOf(2)).to.deep.equal([
      [1, hash(1)],
      [2, hash(2)],
      [3, hash(3)],
    ]);
    expect(await sequenceOf(3), "whom it does not concern").to.deep.equal([]);
  });

  it("takes back the numbers of a commit that failed", async () => {
    await append(placed(closed(1)), [1]);
    const failure: unknown = await fixture.store
      .transaction(async (tx) => {
        await appendEvents(tx, told(placed(closed(2), closed(3)), [1]));
        throw new Error("a power cut");
      })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("message", "a power cut");
    await append(placed(closed(4)), [1]);
    expect(await sequenceOf(1)).to.deep.equal([
      [1, hash(1)],
      [2, hash(4)],
    ]);
  });

  it("counts a participant once, whatever roles it has, and nobody for an empty role", async () => {
    await append(placed(closed(1)), [1, 1, 0, 1, 77]);
    expect(await sequenceOf(1)).to.deep.equal([[1, hash(1)]]);
    const { rows } = { rows: await fixture.store.db.selectFrom("events").selectAll().execute() };
    expect(rows).to.have.length(1);
  });

  it("refuses the same log of the same block twice for one organisation", async () => {
    const events = placed(closed(1));
    await append(events, [1]);
    const failure: unknown = await append(events, [1, 2]).catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "events_once");
    expect(await sequenceOf(1)).to.deep.equal([[1, hash(1)]]);
    expect(await sequenceOf(2), "nor for another in the same commit").to.deep.equal([]);
  });

  it("keeps what happened as it happened, with its place in the ledger", async () => {
    const [event] = placed(
      draft("credit.drawn", { id: hash(1), amount: "1", drawn: "340282366920938463463374607431768211455" }),
    );
    if (!event) throw new Error("one event");
    await append([event], [1]);
    const [row] = await listEvents(fixture.store.db, organisationOf(1), { after: 0, subject: undefined, limit: 1 });
    expect(row).to.include({ type: "credit.drawn", block_hash: event.blockHash, log_index: 0, sequence: 1 });
    expect(row?.data).to.deep.equal(event.data);
    expect(row?.occurred_at).to.equal(event.occurredAt);
  });

  it("is read from after a sequence number, of one subject if asked, and no further than asked", async () => {
    await append(placed(closed(1), closed(2), closed(1), closed(2)), [1]);
    const read = async (after: number, subject: string | undefined, limit: number) => {
      const rows = await listEvents(fixture.store.db, organisationOf(1), { after, subject, limit });
      return rows.map(({ sequence }) => sequence);
    };
    expect(await read(0, undefined, 100)).to.deep.equal([1, 2, 3, 4]);
    expect(await read(2, undefined, 100)).to.deep.equal([3, 4]);
    expect(await read(0, undefined, 3)).to.deep.equal([1, 2, 3]);
    expect(await read(1, hash(2), 100)).to.deep.equal([2, 4]);
    expect(await read(4, undefined, 100)).to.deep.equal([]);
    expect(
      await listEvents(fixture.store.db, organisationOf(2), { after: 0, subject: undefined, limit: 9 }),
    ).to.deep.equal([]);
  });

  it("names the thing that an event is about", () => {
    const subjects: readonly (readonly [Draft, string])[] = [
      [closed(1), hash(1)],
      [draft("confirmation.added", { creditId: hash(2), bank: 3, token: address(9) }), hash(2)],
      [draft("participant.suspended", { id: 7, reasonHash: hash(3) }), "7"],
      [draft("deposit.moved", { token: address(9), from: address(1), to: address(2), value: "1" }), address(9)],
      [draft("deposit_token.created", { bank: 3, currency: "EUR", token: address(9), entryLimit: "0" }), address(9)],
      [draft("calendar.extended", { bank: 3, firstWord: 48, words: [] }), "3"],
      [draft("account.key_removed", { account: address(4), signer: "0x" }), address(4)],
      [draft("currency.listed", { currency: "EUR", exponent: 2 }), "EUR"],
    ];
    for (const [event, subject] of subjects) {
      const [one] = placed(event);
      expect(one && subjectOf(one), event.type).to.equal(subject);
    }
  });
});
