/** Two whole gateways on one database and one ledger outside, as production runs them. */
import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { ActReply } from "../../src/features/actReply.ts";
import { startSystem, type TestBank, type TestParty, type TestSystem } from "../fixtures/gateway.ts";
import { type OutsideLedger, startOutsideLedger } from "../fixtures/outsideLedger.ts";
import { describeRace } from "./raceDatabase.ts";

interface Events {
  readonly items: readonly { readonly sequence: number }[];
}

describeRace("two gateways that share a database", (database) => {
  let ledger: OutsideLedger;
  let first: TestSystem;
  let second: TestSystem;
  let bank: TestBank;
  let holder: TestParty;

  beforeEach(async function startBoth() {
    this.timeout(120_000);
    ledger = await startOutsideLedger();
    const settings = {
      ...{ HANSA_LEDGER_URLS: ledger.url, HANSA_DATABASE_URL: database.url, HANSA_LANES: "4" },
      // The test's server does not force its writes.
      HANSA_DURABILITY: "relaxed",
    };
    first = await startSystem({ settings });
    second = await startSystem({ settings, keysOf: first.dataDir });
    bank = await first.bank();
    holder = await first.party({ roles: ["merchant"] });
  });
  afterEach(async () => {
    await second?.close();
    await first?.close();
    await ledger?.close();
  });

  const wait = { wait: 20 };

  /** Proposed at one gateway, approved at the other. */
  async function deposit(at: TestSystem, approvedAt: TestSystem): Promise<ActReply> {
    const money = { amount: "1.00", currency: "EUR" };
    const proposed = await at
      .as(bank.maker)
      .post("/v1/deposits", { to: holder.id, money, reference: randomUUID() }, wait);
    expect(proposed.status, proposed.text).to.equal(202);
    const approve = `/v1/approvals/${proposed.body.orderId}/approve`;
    const done = await approvedAt.as(bank.checker).post(approve, undefined, wait);
    expect(done.body.transaction?.status, done.text).to.equal("final");
    return done.body;
  }

  async function sequences(system: TestSystem): Promise<readonly number[]> {
    const { body } = await system.as(bank.maker).get<Events>("/v1/events?limit=200");
    return body.items.map(({ sequence }) => sequence);
  }

  it("do each act once, wherever it was sent, and both hear of it at once", async function bothWork() {
    this.timeout(120_000);
    const count = 24;
    await Promise.all(
      Array.from({ length: count }, (_, index) => (index % 2 === 0 ? deposit(first, second) : deposit(second, first))),
    );
    expect(await second.balance(holder, bank)).to.equal(`${count}.00`);
    const rows = await database.query("select lane, nonce from transactions order by lane, nonce");
    const lanes = Map.groupBy(rows, ({ lane }) => String(lane));
    expect(lanes.size, "several lanes had something to do").to.be.above(1);
    const numbers = await sequences(first);
    expect(numbers).to.deep.equal(numbers.map((_, index) => index + 1));
    expect(await sequences(second)).to.deep.equal(numbers);
  });

  it("go on as one when the one that leads ends", async function failOver() {
    this.timeout(120_000);
    await deposit(first, first);
    const leaders = "select name, epoch from leaders where name like 'lane:%' or name = 'indexer' order by name";
    const before = await database.query(leaders);
    await first.stop();
    await deposit(second, second);
    expect(await second.balance(holder, bank)).to.equal("2.00");
    const after = new Map((await database.query(leaders)).map(({ name, epoch }) => [name, Number(epoch)]));
    for (const { name, epoch } of before) {
      expect(after.get(name), String(name)).to.be.above(Number(epoch));
    }
  });
});
