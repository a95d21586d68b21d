import { expect } from "chai";
import { findCalendars } from "../../../src/store/calendars.ts";
import { listKnownContracts } from "../../../src/store/parties.ts";
import { describeStore } from "../../fixtures/database.ts";
import { address, createTestBlocks, draft, enterParticipants, hash, type TestBlocks } from "../blockFixture.ts";

const admitted = draft("participant.admitted", {
  ...{ id: 9, account: address(9), leiCommitment: hash(9, "e"), country: "DE", roles: ["bank", "inspector"] },
});
const keyAdded = (signer: number) =>
  draft("account.key_added", { account: address(9), signer: address(signer), purposes: 5 });

describeStore("views of parties", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2]);
  });

  async function enterOrganisation(users: Readonly<Record<string, [status: string, signer: number | null]>>) {
    await fixture.store.transaction(async (tx) => {
      await tx
        .insertInto("organisations")
        .values({
          ...{ id: "nine", name: "Nine", lei: "LEI9", bic: null, country: "DE", roles: "[]", created_at_ms: 0 },
          ...{ lei_salt: hash(9, "f"), lei_commitment: hash(9, "e"), status: "invited" },
          ...{ participant_id: null, account: null },
        })
        .execute();
      for (const [id, [status, signer]] of Object.entries(users)) {
        await tx
          .insertInto("users")
          .values({
            ...{ id, organisation_id: "nine", name: id, role: "maker", status: status as "accepted" },
            ...{ invitation_hash: null, signer: signer === null ? null : address(signer), sealed_key: null },
            created_at_ms: 0,
          })
          .execute();
      }
    });
  }

  const statusOf = async (id: string) => {
    const row = await fixture.store.db.selectFrom("users").select("status").where("id", "=", id).executeTakeFirst();
    return row?.status;
  };
  const participant = () =>
    fixture.store.db.selectFrom("participants").selectAll().where("id", "=", 9).executeTakeFirst();

  it("know until when a bank is under a moratorium, and from when no more", async () => {
    const of = { bank: 2, regulator: 1, reasonHash: hash(1) };
    const until = async () => {
      const row = await fixture.store.db.selectFrom("participants").selectAll().where("id", "=", 2).executeTakeFirst();
      return row?.moratorium_until;
    };
    expect(await until()).to.equal(null);
    await blocks.add(draft("moratorium.declared", { ...of, until: 1_046_900_000 }));
    expect(await until()).to.equal(1_046_900_000);
    const lifted = await blocks.add(draft("moratorium.lifted", of));
    expect(await until()).to.equal(lifted.block.timestamp);
  });

  it("tell an organisation its id and account when the ledger has admitted it", async () => {
    await enterOrganisation({});
    await blocks.add(admitted);
    expect(await participant()).to.include({ account: address(9), country: "DE", status: "active" });
    const organisation = await fixture.store.db
      .selectFrom("organisations")
      .select(["participant_id", "account", "status"])
      .where("id", "=", "nine")
      .executeTakeFirst();
    expect(organisation).to.deep.equal({ participant_id: 9, account: address(9), status: "admitted" });
  });

  it("take a participant whose organisation another gateway serves", async () => {
    await blocks.add(admitted);
    expect(await participant()).to.include({ lei_commitment: hash(9, "e") });
    expect((await listKnownContracts(fixture.store.db)).accounts).to.include(address(9));
  });

  it("let a user sign from the moment its key stands on the ledger, and not before or after", async () => {
    await enterOrganisation({ founder: ["accepted", 91], later: ["accepted", 92], invited: ["invited", null] });
    await blocks.add(admitted, keyAdded(91));
    expect([await statusOf("founder"), await statusOf("later")]).to.deep.equal(["active", "accepted"]);
    expect(await statusOf("invited")).to.equal("invited");
    await blocks.add(keyAdded(92));
    expect(await statusOf("later")).to.equal("active");
    await blocks.add(draft("account.key_removed", { account: address(9), signer: address(91) }));
    expect([await statusOf("founder"), await statusOf("later")]).to.deep.equal(["disabled", "active"]);
  });

  it("do not wake a disabled user because its key was added", async () => {
    await enterOrganisation({ gone: ["disabled", 91] });
    await blocks.add(admitted, keyAdded(91));
    expect(await statusOf("gone")).to.equal("disabled");
  });

  it("leave a user alone whose key another account adds and removes, for anyone may do that with any key", async () => {
    await enterOrganisation({ signing: ["accepted", 91], waiting: ["accepted", 92] });
    await blocks.add(admitted, keyAdded(91));
    const ofAnother = (signer: number) => ({ account: address(2), signer: address(signer) });
    await blocks.add(draft("account.key_added", { ...ofAnother(92), purposes: 5 }));
    await blocks.add(draft("account.key_removed", ofAnother(91)));
    expect([await statusOf("signing"), await statusOf("waiting")]).to.deep.equal(["active", "accepted"]);
  });

  it("show a suspension and its end", async () => {
    await blocks.add(admitted);
    await blocks.add(draft("participant.suspended", { id: 9, reasonHash: hash(1) }));
    expect(await participant()).to.include({ status: "suspended" });
    await blocks.add(draft("participant.reinstated", { id: 9, reasonHash: hash(1) }));
    expect(await participant()).to.include({ status: "active" });
  });

  it("keep a bank's calendar with what it adds and changes", async () => {
    await blocks.add(admitted);
    expect((await participant())?.calendar_published).to.equal(false);
    const most = (2n ** 256n - 1n).toString();
    await blocks.add(
      draft("calendar.published", {
        ...{ bank: 9, firstWord: 47, words: ["1", "2"], cutOffMinutes: 1020 },
        offsets: [
          { from: 0, offsetMinutes: 60 },
          { from: 1_048_986_000, offsetMinutes: 120 },
        ],
      }),
      draft("calendar.extended", { bank: 9, firstWord: 49, words: ["3", most] }),
      draft("calendar.days_changed", { bank: 9, word: 48, was: "2", isNow: "6" }),
    );
    expect((await participant())?.calendar_published).to.equal(true);
    const calendar = (await findCalendars(fixture.store.db, [9, 2])).get(9);
    expect([...(calendar?.closedWords ?? [])]).to.deep.equal([
      [47, 1n],
      [48, 6n],
      [49, 3n],
      [50, 2n ** 256n - 1n],
    ]);
    expect(calendar?.cutOffMinutes).to.equal(1020);
    expect(calendar?.offsetChanges).to.deep.equal([
      { fromSeconds: 0, offsetMinutes: 60 },
      { fromSeconds: 1_048_986_000, offsetMinutes: 120 },
    ]);
    expect((await findCalendars(fixture.store.db, [2])).size, "a bank without one").to.equal(0);
  });
});
