import { expect } from "chai";
import { listClearingLines } from "../../../src/store/clearing.ts";
import { findPayment, insertPaymentContent, listPayments } from "../../../src/store/payments.ts";
import { describeStore } from "../../fixtures/database.ts";
import { createTestBlocks, draft, enterParticipants, hash, organisationOf, type TestBlocks } from "../blockFixture.ts";

/** Payer 3 at bank 2, payee 4 at bank 5. */
const paid = (n: number, amount: string, owed: string) => [
  draft("payment.made", {
    ...{ id: hash(n), payer: 3, payee: 4 },
    payment: { payerBank: 2, payee: 4, payeeBank: 5, currency: "EUR", amount, ref: hash(n, "a") },
  }),
  draft("position.changed", { creditor: 5, debtor: 2, currency: "EUR", owed }),
];

describeStore("views of payments between banks", (fixture) => {
  let blocks: TestBlocks;

  beforeEach(async () => {
    blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, [2, 3, 4, 5, 6]);
  });

  const lines = async (bank: number) => {
    const rows = await listClearingLines(fixture.store.db, bank, { after: undefined, limit: 10 });
    return rows.map(({ creditor, debtor, currency, granted, owed }) => [creditor, debtor, currency, granted, owed]);
  };

  it("keep what a bank granted and what is owed apart, and show what is owed from both sides", async () => {
    await blocks.add(draft("limit.set", { creditor: 5, debtor: 2, currency: "EUR", limit: "900" }));
    await blocks.add(...paid(1, "500", "500"), ...paid(2, "100", "600"));
    await blocks.add(draft("limit.set", { creditor: 5, debtor: 2, currency: "EUR", limit: "100" }));
    const both = [
      [2, 5, "EUR", "0", "-600"],
      [5, 2, "EUR", "100", "600"],
    ];
    expect(await lines(2)).to.deep.equal(both);
    expect(await lines(5)).to.deep.equal(both);
    expect(await lines(6), "no other bank's business").to.deep.equal([]);
  });

  it("show a payment to its four parties, newest first, and to nobody else", async () => {
    await blocks.add(...paid(1, "500", "500"), ...paid(2, "100", "600"));
    await blocks.add(...paid(3, "1", "601"));
    for (const party of [2, 3, 4, 5]) {
      const rows = await listPayments(fixture.store.db, party, { before: undefined, limit: 10 });
      expect(rows.map(({ id }) => id)).to.deep.equal([hash(3), hash(2), hash(1)]);
      expect(await findPayment(fixture.store.db, party, hash(2))).to.include({ amount: "100", currency: "EUR" });
    }
    expect(await listPayments(fixture.store.db, 6, { before: undefined, limit: 10 })).to.deep.equal([]);
    expect(await findPayment(fixture.store.db, 6, hash(2))).to.equal(undefined);
    const [, second] = await listPayments(fixture.store.db, 3, { before: undefined, limit: 1 });
    const before = { block: second?.block_number ?? 0, log: (second?.log_index ?? 0) + 1 };
    const rest = await listPayments(fixture.store.db, 3, { before, limit: 10 });
    expect(rest.map(({ id }) => id)).to.deep.equal([hash(2), hash(1)]);
  });

  it("say nothing of a payment that was ordered elsewhere", async () => {
    const content = { endToEndId: "E2E", purpose: null, remittance: null, createdAtMs: 0 };
    await fixture.store.transaction((tx) =>
      insertPaymentContent(tx, {
        ...{ orderId: "another", paymentId: hash(9), organisationId: organisationOf(3), ...content },
      }),
    );
    await blocks.add(...paid(1, "500", "500"));
    expect(await findPayment(fixture.store.db, 3, hash(1))).to.include({ end_to_end_id: null, purpose: null });
  });
});
