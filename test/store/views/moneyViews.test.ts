import { expect } from "chai";
import { listBalances, listCurrencies, listFrozen, listTokens } from "../../../src/store/deposits.ts";
import { describeStore } from "../../fixtures/database.ts";
import {
  address,
  createTestBlocks,
  draft,
  enterParticipants,
  enterToken,
  hash,
  nobody,
  type TestBlocks,
  token,
} from "../blockFixture.ts";

const moved = (from: string, to: string, value: string) => draft("deposit.moved", { token, from, to, value });
const created = (to: string, amount: string, ref: number) => [
  moved(nobody, to, amount),
  draft("deposit.created", { token, ground: "entry", ref: hash(ref), to, amount }),
];

describeStore("views of money", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 3, 4]);
    await enterToken(fixture.store);
  });

  const postings = async (holder: number) => {
    const rows = await fixture.store.db
      .selectFrom("postings")
      .select(["amount", "balance", "counterparty", "ground", "reference"])
      .where("holder", "=", address(holder))
      .orderBy("block_number")
      .orderBy("log_index")
      .execute();
    return rows.map(({ amount, balance, counterparty, ground, reference }) => {
      return [amount, balance, counterparty, ground, reference];
    });
  };
  const balanceOf = async (holder: number) => (await listBalances(fixture.store.db, address(holder)))[0]?.amount;

  it("list currencies, and tokens with the exponent of their currency", async () => {
    await blocks.add(draft("currency.listed", { currency: "JPY", exponent: 0 }));
    await blocks.add(
      draft("deposit_token.created", { bank: 3, currency: "JPY", token: address(903), entryLimit: "0" }),
    );
    expect(await listCurrencies(fixture.store.db)).to.deep.equal([
      { currency: "EUR", exponent: 2 },
      { currency: "JPY", exponent: 0 },
    ]);
    expect(await listTokens(fixture.store.db)).to.deep.include({
      ...{ address: address(903), bank: 3, currency: "JPY", exponent: 0 },
    });
  });

  it("book what is created with its ground and reference, and a transfer on both sides", async () => {
    await blocks.add(...created(address(3), "500", 1));
    await blocks.add(moved(address(3), address(4), "200"));
    expect(await postings(3)).to.deep.equal([
      ["500", "500", null, "entry", hash(1)],
      ["-200", "300", address(4), null, null],
    ]);
    expect(await postings(4)).to.deep.equal([["200", "200", address(3), null, null]]);
    expect([await balanceOf(3), await balanceOf(4)]).to.deep.equal(["300", "200"]);
  });

  it("keep the largest amounts to the last unit", async () => {
    const most = (2n ** 128n - 1n).toString();
    await blocks.add(...created(address(3), most, 1), ...created(address(3), most, 2));
    expect(await balanceOf(3)).to.equal((2n * (2n ** 128n - 1n)).toString());
  });

  it("name the ground of money that was created, and of no transfer beside it in the same transaction", async () => {
    await blocks.add(...created(address(2), "900", 1));
    await blocks.add(
      moved(address(2), address(3), "100"),
      ...created(address(3), "50", 2),
      ...created(address(3), "60", 3),
      moved(address(2), address(3), "10"),
    );
    expect(await postings(3)).to.deep.equal([
      ["100", "100", address(2), null, null],
      ["50", "150", null, "entry", hash(2)],
      ["60", "210", null, "entry", hash(3)],
      ["10", "220", address(2), null, null],
    ]);
  });

  it("take a transfer to oneself, which moves nothing, without stopping", async () => {
    await blocks.add(...created(address(3), "500", 1));
    await blocks.add(moved(address(3), address(3), "200"), moved(address(3), address(3), "0"));
    expect(await balanceOf(3)).to.equal("500");
    expect(await postings(3)).to.deep.equal([["500", "500", null, "entry", hash(1)]]);
  });

  it("take a transfer of nothing", async () => {
    await blocks.add(moved(address(3), address(4), "0"));
    expect([await balanceOf(3), await balanceOf(4)]).to.deep.equal(["0", "0"]);
  });

  it("refuse a balance below zero, which the ledger cannot have", async () => {
    await blocks.add(...created(address(3), "5", 1));
    const failure: unknown = await blocks.add(moved(address(3), address(4), "6")).catch((error: unknown) => error);
    expect(failure).to.have.property("constraint", "balances_not_negative");
    expect([await balanceOf(3), await balanceOf(4)]).to.deep.equal(["5", undefined]);
  });

  it("book what a payment to another bank destroys, with its ground and reference", async () => {
    await blocks.add(...created(address(3), "500", 1));
    await blocks.add(
      moved(address(3), nobody, "120"),
      draft("deposit.destroyed", { token, ground: "payment", ref: hash(8), from: address(3), amount: "120" }),
    );
    expect((await postings(3)).at(-1)).to.deep.equal(["-120", "380", null, "payment", hash(8)]);
    expect(await balanceOf(3)).to.equal("380");
  });

  it("name the ground of what a reversal takes, and keep what is frozen beside a balance or without one", async () => {
    await blocks.add(...created(address(3), "500", 1));
    await blocks.add(
      moved(address(3), nobody, "500"),
      draft("deposit.destroyed", { token, ground: "reversal", ref: hash(7), from: address(3), amount: "500" }),
      draft("deposit.entry_reversed", { token, ref: hash(1), contraRef: hash(7), holder: address(3), amount: "500" }),
    );
    expect((await postings(3)).at(-1)).to.deep.equal(["-500", "0", null, "reversal", hash(7)]);
    const freeze = (n: number, isNow: string) =>
      draft("deposit.frozen", { token, account: address(n), was: "0", isNow, reasonHash: hash(1) });
    await blocks.add(freeze(3, "70"), freeze(4, "90"));
    await blocks.add(moved(nobody, address(4), "40"));
    await blocks.add(freeze(3, "0"));
    const frozenOf = async (n: number) =>
      (await listBalances(fixture.store.db, address(n))).map(({ amount, frozen }) => [amount, frozen]);
    expect([await frozenOf(3), await frozenOf(4)]).to.deep.equal([[["0", "0"]], [["40", "90"]]]);
    const listed = await listFrozen(fixture.store.db, 2, { after: undefined, limit: 10 });
    expect(listed.map(({ holderId, frozen }) => [holderId, frozen])).to.deep.equal([[4, "90"]]);
    expect(await listFrozen(fixture.store.db, 3, { after: undefined, limit: 10 }), "another bank").to.deep.equal([]);
  });

  it("book what leaves to a contract of the system, and what a claim creates", async () => {
    await blocks.add(...created(address(3), "500", 1));
    await blocks.add(moved(address(3), address(7_000), "500"));
    await blocks.add(
      moved(nobody, address(4), "70"),
      draft("deposit.created", { token, ground: "undertaking", ref: hash(9), to: address(4), amount: "70" }),
    );
    expect(await balanceOf(3)).to.equal("0");
    expect(await balanceOf(7_000)).to.equal("500");
    expect(await postings(4)).to.deep.equal([["70", "70", null, "undertaking", hash(9)]]);
  });
});
