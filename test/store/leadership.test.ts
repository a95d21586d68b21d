import { expect } from "chai";
import type { Leadership, Lease } from "../../src/domain/leadership.ts";
import { assertLeader, createLeadership } from "../../src/store/leadership.ts";
import { describeStore } from "../fixtures/database.ts";

describeStore("the lead of a name", (fixture) => {
  const taken: { leadership: Leadership; lease: Lease }[] = [];
  /** On a server a lock outlives the test that took it. */
  function open(): Leadership {
    const leadership = createLeadership(fixture.store);
    return {
      ...leadership,
      async acquire(name) {
        const lease = await leadership.acquire(name);
        if (lease) taken.push({ leadership, lease });
        return lease;
      },
    };
  }
  afterEach(async () => {
    for (const { leadership, lease } of taken.splice(0)) await leadership.release(lease);
  });
  const epochOf = async (name: string) => {
    const row = await fixture.store.db
      .selectFrom("leaders")
      .select("epoch")
      .where("name", "=", name)
      .executeTakeFirst();
    return row?.epoch;
  };

  it("is taken once while it is held, and each time with a new epoch", async () => {
    const leadership = open();
    const first = await leadership.acquire("indexer");
    expect(first).to.deep.equal({ name: "indexer", epoch: 1 });
    if (!first) return;
    expect(await leadership.acquire("indexer"), "held").to.equal(undefined);
    expect([leadership.isLost(first), await epochOf("indexer")]).to.deep.equal([false, 1]);
    await leadership.release(first);
    expect(leadership.isLost(first)).to.equal(true);
    expect(await leadership.acquire("indexer")).to.deep.equal({ name: "indexer", epoch: 2 });
  });

  it("of two who ask at the same moment one has it", async () => {
    const leadership = open();
    const leases = await Promise.all([leadership.acquire("lane"), leadership.acquire("lane")]);
    expect(leases.filter((lease) => lease !== undefined)).to.deep.equal([{ name: "lane", epoch: 1 }]);
  });

  it("of one name has nothing to do with that of another", async () => {
    const leadership = open();
    const [lane, indexer] = await Promise.all([leadership.acquire("lane"), leadership.acquire("indexer")]);
    expect([lane?.epoch, indexer?.epoch]).to.deep.equal([1, 1]);
    if (lane) await leadership.release(lane);
    expect(indexer && leadership.isLost(indexer)).to.equal(false);
  });

  it("is given back once: a second release takes nothing from whoever leads then", async () => {
    const leadership = open();
    const first = await leadership.acquire("lane");
    if (!first) throw new Error("nobody else is there");
    await leadership.release(first);
    const second = await leadership.acquire("lane");
    await leadership.release(first);
    expect(second && leadership.isLost(second)).to.equal(false);
    expect(await leadership.acquire("lane")).to.equal(undefined);
  });

  it("is checked in the transaction that needs it, which writes nothing without it", async () => {
    const leadership = open();
    const lease = await leadership.acquire("lane");
    if (!lease) throw new Error("nobody else is there");
    const write = (epoch: number) =>
      fixture.store.transaction(async (tx) => {
        await tx
          .insertInto("currencies")
          .values({ currency: `C${epoch}`, exponent: 2 })
          .execute();
        await assertLeader(tx, { ...lease, epoch });
      });
    await write(lease.epoch);
    const failure: unknown = await write(lease.epoch - 1).catch((error: unknown) => error);
    expect(failure).to.have.property("code", "leader.superseded");
    expect(failure).to.have.deep.property("facts", { name: "lane", epoch: 0, lastEpoch: 1 });
    const { rows } = { rows: await fixture.store.db.selectFrom("currencies").select("currency").execute() };
    expect(rows.map(({ currency }) => currency)).to.deep.equal(["C1"]);
  });
});
