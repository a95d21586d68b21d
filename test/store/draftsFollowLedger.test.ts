import { expect } from "chai";
import { sql } from "kysely";
import type { DecodedBlock } from "../../src/domain/ledgerEvent.ts";
import { insertCreditContent } from "../../src/store/credits.ts";
import { createRebuildStore } from "../../src/store/reindex.ts";
import { describeStore } from "../fixtures/database.ts";
import {
  createTestBlocks,
  creditTerms,
  draft,
  enterLease,
  enterParticipants,
  enterToken,
  hash,
  lease,
  organisationOf,
  type TestBlocks,
} from "./blockFixture.ts";

const [first, second, third] = [hash(51), hash(52), hash(53)] as const;
const issued = (id: string) => draft("credit.issued", { id, issuingBank: 2, beneficiary: 4, terms: creditTerms });

describeStore("whether a credit is a draft follows the ledger", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    await enterParticipants(fixture.store, [2, 3, 4, 5, 6, 7]);
    await enterToken(fixture.store);
    await enterLease(fixture.store);
    blocks = createTestBlocks(fixture.store);
    for (const id of [first, second, third]) await enterContent(id);
  });

  const enterContent = (creditId: string) =>
    fixture.store.transaction((tx) =>
      insertCreditContent(tx, {
        ...{ creditId, organisationId: organisationOf(2), reference: creditId, messageId: null, terms: creditTerms },
        ...{ content: {}, bankOnly: {}, contentSalt: "salt", createdAtMs: 0 },
      }),
    );

  async function drafts(): Promise<readonly string[]> {
    const rows = await fixture.store.db
      .selectFrom("credit_contents")
      .select("credit_id")
      .where("issued", "=", false)
      .orderBy("credit_id")
      .execute();
    return rows.map(({ credit_id: id }) => id);
  }

  it("from its drafting to its issue, of several in one block too", async () => {
    expect(await drafts()).to.deep.equal([first, second, third]);
    await blocks.add(issued(first), issued(third));
    expect(await drafts()).to.deep.equal([second]);
  });

  it("when the block of its issue is taken back, and comes again", async () => {
    const block = blocks.make([[issued(first), issued(second)]]);
    await blocks.commit([block], 0);
    expect(await drafts()).to.deep.equal([third]);
    await blocks.store.retractBlocks(lease, { above: 0, atMs: 0 });
    expect(await drafts()).to.deep.equal([first, second, third]);
    await blocks.commit([block], 0);
    expect(await drafts()).to.deep.equal([third]);
  });

  it("also where its texts come after its issue", async () => {
    await blocks.add(issued(hash(60)));
    await enterContent(hash(60));
    expect(await drafts()).to.deep.equal([first, second, third]);
  });

  async function rebuild(all: readonly DecodedBlock[]): Promise<void> {
    const store = createRebuildStore(fixture.store);
    await store.begin(lease);
    await store.apply(lease, all);
    await store.finish(lease);
  }

  it("through a rebuild of the views, and one that stood on nothing is a draft again after it", async () => {
    const genesis: DecodedBlock = {
      block: { number: 0, hash: hash(0, "b"), parentHash: hash(0), timestamp: 0 },
      ...{ events: [], transactions: [] },
    };
    await fixture.store.transaction((tx) =>
      tx
        .insertInto("blocks")
        .values({ number: 0, hash: hash(0, "b"), parent_hash: hash(0), timestamp: 0 })
        .execute(),
    );
    const block = await blocks.add(issued(first));
    await fixture.store.transaction((tx) =>
      sql`insert into credits select (jsonb_populate_record(credits, jsonb_build_object('id', ${second}::text))).*
        from credits where id = ${first}`.execute(tx),
    );
    expect(await drafts()).to.deep.equal([third]);
    await rebuild([genesis, block]);
    expect(await drafts()).to.deep.equal([second, third]);
  });
});
