import { expect } from "chai";
import { sql } from "kysely";
import type { DecodedBlock } from "../../src/domain/ledgerEvent.ts";
import { refuseUnfinishedReindex } from "../../src/store/chainState.ts";
import { createRebuildStore, createSequenceCheck } from "../../src/store/reindex.ts";
import { describeStore } from "../fixtures/database.ts";
import { viewsOf } from "../reorg/indexedState.ts";
import {
  address,
  createTestBlocks,
  creditTerms,
  type Draft,
  draft,
  enterLease,
  hash,
  lease,
  organisationOf,
  type TestBlocks,
} from "./blockFixture.ts";

const admitted = (id: number) =>
  draft("participant.admitted", {
    ...{ id, account: address(id), leiCommitment: hash(id, "e"), country: "NL", roles: ["bank"] },
  });
const keyAdded = (id: number) =>
  draft("account.key_added", { account: address(id), signer: address(90 + id), purposes: 5 });
const creditId = hash(50);
const story: readonly (readonly Draft[])[] = [
  [admitted(1), admitted(2), admitted(3), admitted(4)],
  [keyAdded(2), keyAdded(3), draft("account.key_removed", { account: address(3), signer: address(93) })],
  [draft("currency.listed", { currency: "EUR", exponent: 2 })],
  [draft("deposit_token.created", { bank: 2, currency: "EUR", token: address(900), entryLimit: "0" })],
  [draft("deposit.moved", { token: address(900), from: address(0), to: address(3), value: "500" })],
  [draft("credit.issued", { id: creditId, issuingBank: 2, beneficiary: 4, terms: creditTerms })],
  [draft("credit.advised", { id: creditId, bank: 2, second: false, termsCommitment: hash(2) })],
  [draft("deposit.moved", { token: address(900), from: address(3), to: address(4), value: "20" })],
  [draft("credit.closed", { id: creditId, undrawn: "0" })],
];

describeStore("a rebuild of the views", (fixture) => {
  let blocks: TestBlocks;
  let all: readonly DecodedBlock[];

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterLease(fixture.store);
    await fixture.store.transaction(async (tx) => {
      for (const id of [1, 2, 3, 4]) {
        await tx
          .insertInto("organisations")
          .values({
            ...{ id: organisationOf(id), name: `Party ${id}`, lei: `LEI${id}`, bic: null, country: "NL", roles: "[]" },
            ...{ lei_salt: hash(id, "f"), lei_commitment: hash(id, "e"), status: "invited", created_at_ms: 0 },
            ...{ participant_id: null, account: null },
          })
          .execute();
        for (const [name, role, status, signer] of [
          ["key", "maker", "accepted", address(90 + id)],
          ["waiting", "checker", "accepted", address(190 + id)],
          ["viewer", "viewer", "active", address(290 + id)],
          ["gone", "maker", "disabled", null],
        ] as const) {
          await tx
            .insertInto("users")
            .values({
              ...{ id: `${name}-${id}`, organisation_id: organisationOf(id), name, role, status, signer },
              ...{ invitation_hash: null, sealed_key: null, created_at_ms: 0 },
            })
            .execute();
        }
      }
    });
    all = story.map((events) => blocks.make([events]));
    await blocks.commit(all);
  });

  const rebuild = () => createRebuildStore(fixture.store);

  /** From the beginning or from where it stopped, `width` blocks to a commit. The number of commits made before a cut. */
  async function run(width: number, cutAfter = Number.POSITIVE_INFINITY): Promise<readonly string[] | "cut"> {
    const { position } = await rebuild().begin(lease);
    let commits = 0;
    for (let from = position + 1; from <= all.length; from += width) {
      if (commits === cutAfter) return "cut";
      const part = blocksFrom(from, width);
      if (part.length > 0) await rebuild().apply(lease, part);
      commits += 1;
    }
    return cutAfter === commits ? "cut" : rebuild().finish(lease);
  }

  /** The fixture numbers blocks from 1; block 0 is as empty as any genesis. */
  const genesis: DecodedBlock = {
    block: { number: 0, hash: hash(0, "b"), parentHash: hash(0), timestamp: 0 },
    ...{ events: [], transactions: [] },
  };
  const blocksFrom = (from: number, width: number) =>
    [genesis, ...all].filter(({ block }) => block.number >= from && block.number < from + width);

  beforeEach(async () => {
    await fixture.store.transaction((tx) =>
      tx
        .insertInto("blocks")
        .values({ number: 0, hash: hash(0, "b"), parent_hash: hash(0), timestamp: 0 })
        .execute(),
    );
  });

  const originals = async () => ({
    events: await fixture.store.db
      .selectFrom("events")
      .selectAll()
      .orderBy("organisation_id")
      .orderBy("sequence")
      .execute(),
    sequences: await fixture.store.db.selectFrom("event_sequences").selectAll().orderBy("organisation_id").execute(),
    blocks: await fixture.store.db.selectFrom("blocks").selectAll().orderBy("number").execute(),
    users: await fixture.store.db.selectFrom("users").selectAll().orderBy("id").execute(),
  });

  it("gives the same views byte for byte, and leaves sequences, blocks and originals alone", async () => {
    const before = [await viewsOf(fixture.store), await originals()];
    for (const width of [1, 3, 100]) {
      expect(await run(width), `${width} blocks to a commit`).to.deep.equal([]);
      expect([await viewsOf(fixture.store), await originals()]).to.deep.equal(before);
    }
  });

  it("mends views that were damaged", async () => {
    const before = await viewsOf(fixture.store);
    await fixture.store.transaction(async (tx) => {
      await sql`update balances set amount = 7; delete from postings; update credits set drawn = 1`.execute(tx);
      await sql`update organisations set account = null; update users set status = 'accepted' where status = 'active'
        and role <> 'viewer'`.execute(tx);
    });
    expect(await run(4)).to.deep.equal([]);
    expect(await viewsOf(fixture.store)).to.deep.equal(before);
  });

  it("goes on where it was cut off, wherever that was", async () => {
    const before = await viewsOf(fixture.store);
    for (let cutAfter = 0; cutAfter <= 4; cutAfter += 1) {
      expect(await run(2, cutAfter)).to.equal("cut");
      // A second cut, at another place.
      expect(await run(1, 1)).to.equal("cut");
      expect(await run(2)).to.deep.equal([]);
      expect(await viewsOf(fixture.store)).to.deep.equal(before);
      expect(await rebuild().state()).to.equal(undefined);
    }
  });

  it("keeps the gateway from starting and the indexer from writing while it is not finished", async () => {
    await refuseUnfinishedReindex(fixture.store.db);
    await run(2, 2);
    const refused: readonly (() => Promise<unknown>)[] = [
      () => refuseUnfinishedReindex(fixture.store.db),
      () => blocks.commit([blocks.make([[]])]),
      () => blocks.store.retractBlocks(lease, { above: 9, atMs: 0 }),
    ];
    for (const attempt of refused) {
      const failure: unknown = await attempt().catch((error: unknown) => error);
      expect(failure).to.have.property("code", "start.reindex_unfinished");
    }
    await run(2);
    await refuseUnfinishedReindex(fixture.store.db);
  });

  it("takes no other block than the one that is stored, and none out of turn", async () => {
    await rebuild().begin(lease);
    const [first] = blocksFrom(0, 1);
    if (!first) throw new Error("a genesis");
    const other = { ...first, block: { ...first.block, hash: hash(77, "b") } };
    for (const wrong of [[other], blocksFrom(1, 1)]) {
      const failure: unknown = await rebuild()
        .apply(lease, wrong)
        .catch((error: unknown) => error);
      expect(failure)
        .to.have.property("message")
        .that.matches(/^invariant: block \d of the rebuild/);
    }
    const early: unknown = await rebuild()
      .finish(lease)
      .catch((error: unknown) => error);
    expect(early)
      .to.have.property("message")
      .that.matches(/^invariant: the rebuild ends at block -1/);
  });

  it("is refused to a leader that has been replaced", async () => {
    await fixture.store.transaction((tx) => tx.updateTable("leaders").set({ epoch: 2 }).execute());
    const before = await viewsOf(fixture.store);
    const failure: unknown = await rebuild()
      .begin(lease)
      .catch((error: unknown) => error);
    expect(failure).to.have.property("code", "leader.superseded");
    expect(await viewsOf(fixture.store)).to.deep.equal(before);
  });

  const check = async () => {
    const sequences = await createSequenceCheck(fixture.store.db);
    await sequences.apply(blocksFrom(0, 4));
    await sequences.apply(blocksFrom(4, 100));
    return sequences.finish();
  };
  const tamper = (statement: string) => fixture.store.transaction((tx) => sql.raw(statement).execute(tx));

  const tampered: readonly (readonly [what: string, statement: string, found: RegExp])[] = [
    [
      "an event is missing at the end",
      `delete from events where organisation_id = 'organisation-4' and sequence = 4;
       update event_sequences set next_sequence = 4 where organisation_id = 'organisation-4'`,
      /organisation-4: credit\.closed of block 9, log 0 is missing/,
    ],
    [
      "an event says something else",
      `update events set data = jsonb_set(data, '{value}', '"501"') where organisation_id = 'organisation-3' and sequence = 4`,
      /organisation-3: deposit\.moved of block 5, log 0 is told otherwise at sequence 4/,
    ],
    [
      "an organisation heard what does not concern it",
      `insert into events select 'organisation-1', 2, type, subject, data, block_number, block_hash, log_index, occurred_at
         from events where organisation_id = 'organisation-3' and sequence = 7;
       update event_sequences set next_sequence = 3 where organisation_id = 'organisation-1'`,
      /organisation-1: deposit\.moved at sequence 2 is not in block 8/,
    ],
    [
      "two events stand in another order than on the ledger",
      `update events set sequence = sequence + 100 where organisation_id = 'organisation-2' and sequence in (3, 4);
       update events set sequence = 207 - sequence - 100 where organisation_id = 'organisation-2' and sequence > 100;`,
      /organisation-2: the order from sequence \d on is not the ledger's/,
    ],
  ];
  for (const [what, statement, found] of tampered) {
    it(`finds that ${what}, and so does the check that writes nothing`, async () => {
      expect(await check()).to.deep.equal([]);
      await tamper(statement);
      expect((await check()).join("\n")).to.match(found);
      expect(((await run(100)) as readonly string[]).join("\n")).to.match(found);
    });
  }

  const broken: readonly (readonly [what: string, statement: string, found: RegExp])[] = [
    [
      "a sequence has a gap",
      "delete from events where organisation_id = 'organisation-3' and sequence = 2",
      /organisation-3: 7 entries up to sequence 8, and the next is to be 9/,
    ],
    [
      "the next number is not the next",
      "update event_sequences set next_sequence = 20 where organisation_id = 'organisation-3'",
      /organisation-3: 8 entries up to sequence 8, and the next is to be 20/,
    ],
    [
      "an event was retracted by nothing",
      "update events set retracted_by = 9 where organisation_id = 'organisation-3' and sequence = 5",
      /organisation-3: nothing retracts 5/,
    ],
    [
      "a retraction is of no event",
      "update events set retracts = 77 where organisation_id = 'organisation-3' and sequence = 5",
      /organisation-3: 5 retracts no such event/,
    ],
    [
      "an event is of a block that is gone",
      "delete from blocks where number = 9",
      /organisation-2: \d is of no stored block/,
    ],
  ];
  for (const [what, statement, found] of broken) {
    it(`is not needed to see that ${what}`, async () => {
      await tamper(statement);
      expect((await check()).join("\n")).to.match(found);
    });
  }
});
