import { expect } from "chai";
import { bindLedger } from "../../src/store/ledgerIdentity.ts";
import { describeStore } from "../fixtures/database.ts";
import { address, hash } from "./blockFixture.ts";

const ledger = {
  ...{ chainId: 61_337, genesisHash: hash(1), contractSet: hash(2), addresses: { Credits: address(1) } },
};

describeStore("the ledger that a store belongs to", (fixture) => {
  const refusal = (other: Partial<typeof ledger>) =>
    bindLedger(fixture.store, { ...ledger, ...other }).then(
      () => "taken",
      (error: { code: string }) => error.code,
    );

  it("is remembered at the first start and taken again at every later one", async () => {
    await bindLedger(fixture.store, ledger);
    expect(await refusal({})).to.equal("taken");
    const rows = await fixture.store.db.selectFrom("ledger").selectAll().execute();
    expect(rows).to.have.length(1);
    expect(rows[0]?.addresses).to.deep.equal(ledger.addresses);
  });

  it("is no other ledger, and no other set of contracts", async () => {
    await bindLedger(fixture.store, ledger);
    expect(await refusal({ chainId: 1 })).to.equal("start.other_ledger");
    expect(await refusal({ genesisHash: hash(9) })).to.equal("start.other_ledger");
    expect(await refusal({ contractSet: hash(9) })).to.equal("start.other_contracts");
    const elsewhere = { addresses: { Credits: address(2) } };
    expect(await refusal(elsewhere), "the same code, made anew elsewhere").to.equal("start.other_contracts");
  });
});
