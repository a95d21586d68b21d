/** `hansa reindex --check` sees whatever somebody changed in the sequences, in any column and in the counters. */
import { expect } from "chai";
import { sql } from "kysely";
import type { DecodedBlock } from "../../src/domain/ledgerEvent.ts";
import { createSequenceCheck } from "../../src/store/reindex.ts";
import { describeStore } from "../fixtures/database.ts";
import { address, createTestBlocks, draft, enterLease, hash, lease, organisationOf } from "./blockFixture.ts";

const admitted = (id: number) =>
  draft("participant.admitted", {
    ...{ id, account: address(id), leiCommitment: hash(id, "e"), country: "NL", roles: ["bank"] },
  });
const keyAdded = (id: number, signer: number) =>
  draft("account.key_added", { account: address(id), signer: address(signer), purposes: 5 });
const nothingFinal = -1;

/** Another value for each column that an event is stored in. */
const otherValues: Readonly<Record<string, string>> = {
  organisation_id: "'organisation-3'",
  sequence: "sequence + 100",
  type: "'account.key_removed'",
  subject: "subject || 'x'",
  data: `data || '{"purposes": 7}'`,
  block_number: "block_number + 1",
  block_hash: "block_hash || '0'",
  log_index: "log_index + 1",
  occurred_at: "occurred_at + 86400",
  retracts: "coalesce(retracts, 0) + 1",
  retracted_by: "coalesce(retracted_by, 0) + 90",
};

describeStore("a sequence that somebody altered", (fixture) => {
  let ledger: readonly DecodedBlock[];

  /** Organisation 1 hears of its admission, of a key, of one that is taken back (3, by 4), and of that again (5). */
  beforeEach(async () => {
    const blocks = createTestBlocks(fixture.store);
    await enterLease(fixture.store);
    await fixture.store.transaction(async (tx) => {
      for (const id of [1, 2, 3]) {
        await tx
          .insertInto("organisations")
          .values({
            ...{ id: organisationOf(id), name: `Party ${id}`, lei: `LEI${id}`, bic: null, country: "NL", roles: "[]" },
            ...{ lei_salt: hash(id, "f"), lei_commitment: hash(id, "e"), status: "invited", created_at_ms: 0 },
            ...{ participant_id: null, account: null },
          })
          .execute();
      }
    });
    const [first, keys, last] = [
      blocks.make([[admitted(1), admitted(2)]]),
      blocks.make([[keyAdded(1, 91), keyAdded(2, 92)]]),
      blocks.make([[keyAdded(1, 93)]]),
    ];
    await blocks.commit([first, keys, last], nothingFinal);
    await blocks.store.retractBlocks(lease, { above: 2, atMs: 0 });
    await blocks.commit([last], nothingFinal);
    ledger = [first, keys, last];
  });

  const alter = (statement: string) => fixture.store.transaction((tx) => sql.raw(statement).execute(tx));

  async function check(): Promise<string> {
    const sequences = await createSequenceCheck(fixture.store.db);
    await sequences.apply(ledger);
    return (await sequences.finish()).join("\n");
  }

  it("is altered below in every column that there is, and agrees before", async () => {
    const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = 'events'`.execute(fixture.store.db);
    expect(Object.keys(otherValues)).to.have.members(rows.map(({ name }) => name));
    expect(await check()).to.equal("");
  });

  for (const [entry, sequence] of [
    ["a first event", 1],
    ["an event that stands", 5],
    ["an event that was taken back", 3],
    ["a retraction", 4],
  ] as const) {
    for (const [column, value] of Object.entries(otherValues)) {
      it(`is found by ${column} of ${entry}`, async () => {
        await alter(
          `update events set ${column} = ${value} where organisation_id = 'organisation-1' and sequence = ${sequence}`,
        );
        expect(await check()).to.match(/^organisation organisation-[13]: /);
      });
    }
  }

  const counterOf = (id: number, next: number) =>
    `update event_sequences set next_sequence = ${next} where organisation_id = 'organisation-${id}'`;
  const altered: readonly (readonly [what: string, statement: string, found: RegExp])[] = [
    [
      "the counter is gone",
      "delete from event_sequences where organisation_id = 'organisation-1'",
      /^organisation organisation-1: 5 entries up to sequence 5, and no number is kept for the next$/,
    ],
    [
      "every counter is gone",
      "delete from event_sequences",
      /organisation-1: 5 entries .* no number .*\n.*organisation-2: 2 entries .* no number/,
    ],
    [
      "all events of an organisation are gone",
      "delete from events where organisation_id = 'organisation-2'",
      /organisation-2: 0 entries up to sequence 0, and the next is to be 3/,
    ],
    [
      "all events of an organisation are gone, and its counter with them",
      `delete from events where organisation_id = 'organisation-2';
       delete from event_sequences where organisation_id = 'organisation-2'`,
      /organisation-2: participant\.admitted of block 1, log 1 is missing/,
    ],
    [
      "the last event is gone, and the counter fits",
      `delete from events where organisation_id = 'organisation-2' and sequence = 2; ${counterOf(2, 2)}`,
      /^organisation organisation-2: account\.key_added of block 2, log 1 is missing$/,
    ],
    [
      "an organisation that heard nothing has a counter that has counted",
      "insert into event_sequences (organisation_id, next_sequence) values ('organisation-3', 3)",
      /^organisation organisation-3: 0 entries up to sequence 0, and the next is to be 3$/,
    ],
    [
      "numbers begin below 1",
      "update events set sequence = 0 where organisation_id = 'organisation-2' and sequence = 1",
      /^organisation organisation-2: 2 entries from sequence 0 to 2, and the next is to be 3$/,
    ],
    [
      "an event more is said to be of a block that is not there yet, and the counter fits",
      `insert into events select 'organisation-2', 3, type, subject, data, block_number + 1000, block_hash, log_index,
         occurred_at from events where organisation_id = 'organisation-1' and sequence = 5; ${counterOf(2, 4)}`,
      /^organisation organisation-2: 3 is of no stored block$/,
    ],
  ];
  for (const [what, statement, found] of altered) {
    it(`is found when ${what}`, async () => {
      await alter(statement);
      expect(await check()).to.match(found);
    });
  }
});
