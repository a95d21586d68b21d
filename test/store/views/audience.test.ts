import { expect } from "chai";
import { eventSchemas } from "../../../src/domain/ledgerEvent.ts";
import { describeStore } from "../../fixtures/database.ts";
import {
  address,
  createTestBlocks,
  creditTerms,
  type Draft,
  draft,
  enterParticipants,
  escrowTerms,
  hash,
  heard,
  nobody,
  noHash,
  token,
} from "../blockFixture.ts";

/** An event and the participants whose organisations hear of it. */
type Line = readonly [Draft, readonly number[]];

/**
 * Issuing bank 2, applicant 3, beneficiary 4, advising bank 5, nominated bank 6, confirmer 7; 1 is the operator, 8 has no
 * part in anything, and 9 is admitted in the story.
 */
const everybody = [1, 2, 3, 4, 5, 6, 7, 8];
const creditId = hash(50);
const presentationId = hash(51);
const undertakingId = hash(52);
const escrowId = hash(53);
const banksAndApplicant = [2, 3, 5, 6, 7];

const presentation = {
  ...{ amount: "10000000", presentedAt: 1_046_100_000, presentedOn: 12_107, shipmentDay: 12_100, replaces: noHash },
  ...{ late: false, latePeriod: false, lateShipment: false },
};
const undertaking = { presentationId, token, holder: 4, amount: "10000000", dueAt: 1_046_200_000 };

const partyStory: readonly Line[] = [
  [draft("currency.listed", { currency: "EUR", exponent: 2 }), []],
  [
    draft("participant.admitted", {
      ...{ id: 9, account: address(9), leiCommitment: hash(9, "e"), country: "DE", roles: ["bank"] },
    }),
    [9],
  ],
  [draft("account.key_added", { account: address(9), signer: address(99), purposes: 5 }), [9]],
  [draft("account.key_removed", { account: address(9), signer: address(99) }), [9]],
  [
    draft("account.threshold_set", {
      account: address(9),
      threshold: { target: address(0), selector: "0x00000000", currency: "EUR", keys: 3, above: "100" },
      from: 7,
    }),
    [9],
  ],
  [draft("guardian.named", { id: 9, guardian: 5 }), [5, 9]],
  [draft("guardian.named", { id: 9, guardian: 0 }), [9]],
  [
    draft("recovery.proposed", {
      ...{ id: 9, proposer: 1, from: 7 },
      change: { revoked: [address(98)], signers: [address(97)], purposes: [15] },
    }),
    [1, 9],
  ],
  [draft("recovery.vetoed", { id: 9, by: 5 }), [5, 9]],
  [draft("recovery.completed", { id: 9 }), [9]],
  [draft("account.order_cancelled", { account: address(9), nonce: "0" }), [9]],
  [draft("account.call_failed", { account: address(9), orderHash: hash(1), index: "0", reason: "0x" }), [9]],
  [draft("account.order_executed", { account: address(9), orderHash: hash(1), nonce: "0" }), [9]],
  [draft("participant.suspended", { id: 9, reasonHash: hash(1) }), [9]],
  [draft("participant.reinstated", { id: 9, reasonHash: hash(1) }), [9]],
  [draft("moratorium.declared", { bank: 9, regulator: 8, until: 1_046_900_000, reasonHash: hash(1) }), [8, 9]],
  [draft("moratorium.lifted", { bank: 9, regulator: 8, reasonHash: hash(1) }), [8, 9]],
  [
    draft("calendar.published", {
      ...{ bank: 9, firstWord: 47, words: ["0"], cutOffMinutes: 1020, offsets: [{ from: 0, offsetMinutes: 60 }] },
    }),
    [9],
  ],
  [draft("calendar.extended", { bank: 9, firstWord: 48, words: ["0"] }), [9]],
  [draft("calendar.days_changed", { bank: 9, word: 47, was: "0", isNow: "1" }), [9]],
  [draft("deposit_token.created", { bank: 2, currency: "EUR", token, entryLimit: "900" }), [2]],
  [draft("deposit.moved", { token, from: nobody, to: address(3), value: "500" }), [3]],
  [draft("deposit.created", { token, ground: "entry", ref: hash(1), to: address(3), amount: "500" }), [2, 3]],
  [draft("deposit.moved", { token, from: address(3), to: address(4), value: "500" }), [3, 4]],
  // What a bank allows itself is nobody else's business.
  [draft("deposit.entry_limit_set", { token, limit: "100", effectiveAt: 1_046_200_000 }), [2]],
  [
    draft("deposit.entry_reversed", { token, ref: hash(1), contraRef: hash(2), holder: address(3), amount: "500" }),
    [2, 3],
  ],
  [draft("deposit.frozen", { token, account: address(4), was: "0", isNow: "70", reasonHash: hash(1) }), [2, 4]],
  [draft("deposit.forced", { token, from: address(4), to: address(5), amount: "500", reasonHash: hash(1) }), [2, 4, 5]],
];

const redemption = { token, holder: 3, dueAt: 1_046_300_000, status: "requested" as const, amount: "500", bank: 2 };
const ended = (n: number) => ({ id: hash(n), bank: 2, holder: 3 });
const requested = (n: number): Line => [
  draft("redemption.requested", { ...ended(n), ref: hash(n, "a"), redemption }),
  [2, 3],
];

/** Holder 3 at bank 2. */
const redemptionStory: readonly Line[] = [
  requested(80),
  [draft("redemption.paid", { ...ended(80), payoutRef: hash(1) }), [2, 3]],
  requested(81),
  [draft("redemption.given_back", { ...ended(81), reasonHash: hash(1) }), [2, 3]],
  requested(82),
  [draft("redemption.withdrawn", ended(82)), [2, 3]],
];

/** Payer 3 at bank 2, payee 4 at bank 5. */
const paymentStory: readonly Line[] = [
  [draft("limit.set", { creditor: 5, debtor: 2, currency: "EUR", limit: "900" }), [2, 5]],
  [
    draft("payment.made", {
      ...{ id: hash(70), payer: 3, payee: 4 },
      payment: { payerBank: 2, payee: 4, payeeBank: 5, currency: "EUR", amount: "500", ref: hash(1) },
    }),
    [2, 3, 4, 5],
  ],
  [draft("position.changed", { creditor: 5, debtor: 2, currency: "EUR", owed: "500" }), [2, 5]],
  [draft("deposit.destroyed", { token, ground: "payment", ref: hash(70), from: address(3), amount: "500" }), [3]],
  [draft("settlement.joined", { bank: 2, currency: "EUR", agent: 5 }), [2, 5]],
  [draft("settlement.left", { bank: 2, currency: "EUR", agent: 5, until: 1_046_900_000 }), [2, 5]],
  [draft("cycle.bank_settled", { cycleId: hash(71), bank: 2, agent: 5, net: "-500" }), [2, 5]],
  [draft("cycle.settled", { id: hash(71), agent: 5, currency: "EUR", ref: hash(1), gross: "500", paid: "500" }), [5]],
];

const creditStory: readonly Line[] = [
  [draft("credit.issued", { id: creditId, issuingBank: 2, beneficiary: 4, terms: creditTerms }), banksAndApplicant],
  [draft("confirmation.added", { creditId, bank: 7, token: address(901) }), banksAndApplicant],
  // From here on, and not before, the beneficiary knows of the credit (U15).
  [
    draft("credit.advised", { id: creditId, bank: 5, second: false, termsCommitment: hash(2) }),
    [...banksAndApplicant, 4],
  ],
  // The applicant, the advising bank and, before it has the documents, the issuer hear nothing of a presentation.
  [draft("presentation.made", { id: presentationId, creditId, bank: 6, presentation, documents: [hash(60)] }), [4, 6]],
  [draft("presentation.forwarded", { id: presentationId, from: 6, to: 7 }), [4, 6, 7]],
  [
    draft("examination.started", { id: presentationId, bank: 7, receivedOn: 12_107, deadline: 1_046_900_000 }),
    [4, 6, 7],
  ],
  [draft("presentation.honoured", { id: presentationId, bank: 7, undertakingId }), [4, 6, 7]],
  [draft("credit.drawn", { id: creditId, amount: "10000000", drawn: "10000000" }), [...banksAndApplicant, 4]],
  [draft("undertaking.created", { id: undertakingId, creditId, obligor: 7, undertaking }), [4, 7]],
  [draft("undertaking.transferred", { id: undertakingId, from: 4, to: 9 }), [4, 7]],
  [draft("undertaking.transferred", { id: undertakingId, from: 9, to: 3 }), [3, 7]],
  // Who gave it away hears nothing of what becomes of it.
  [draft("undertaking.paid", { id: undertakingId, obligor: 7, holder: 3, amount: "10000000" }), [3, 7]],
  [draft("presentation.forwarded", { id: presentationId, from: 7, to: 2 }), [2, 4, 6, 7]],
  [draft("presentation.refused", { id: presentationId, bank: 2, disposal: "hold", discrepancies: [] }), [2, 4, 6, 7]],
  [draft("presentation.bank_precluded", { id: presentationId, bank: 2, undertakingId: noHash }), [2, 4, 6, 7]],
  [draft("credit.closed", { id: creditId, undrawn: "0" }), [...banksAndApplicant, 4]],
];

const settlementLegs = [
  { target: token, from: 3, to: 4, item: noHash, amount: "5" },
  { target: token, from: 4, to: 5, item: noHash, amount: "5" },
];
const settlementStory: readonly Line[] = [
  [draft("settlement.executed", { id: hash(80), legs: settlementLegs }), [3, 4, 5]],
  [draft("settlement.cancelled", { id: hash(81), by: 4, parties: [3, 4, 5] }), [3, 4, 5]],
];

const escrowParties = [3, 4, 5];
const escrowStory: readonly Line[] = [
  [draft("escrow.proposed", { id: escrowId, buyer: 3, seller: 4, proposer: 3, terms: escrowTerms }), escrowParties],
  [draft("escrow.agreed", { id: escrowId, by: 4 }), escrowParties],
  [draft("escrow.funded", { id: escrowId, amount: "1000" }), escrowParties],
  [draft("milestone.delivered", { id: escrowId, milestone: 0, evidenceCommitment: hash(1) }), escrowParties],
  [draft("milestone.disputed", { id: escrowId, milestone: 0, by: 3, evidenceCommitment: hash(1) }), escrowParties],
  [
    draft("milestone.settled", { id: escrowId, milestone: 0, cause: "0xdeadbeef", toSeller: "600", toBuyer: "0" }),
    escrowParties,
  ],
  [draft("escrow.claimed", { id: escrowId, participant: 4, amount: "600" }), escrowParties],
  [draft("escrow.settled", { id: escrowId }), escrowParties],
  [draft("escrow.lapsed", { id: escrowId }), escrowParties],
];

/** A credit whose adviser declines: the beneficiary never hears of it. */
const declinedStory: readonly Line[] = [
  [draft("credit.issued", { id: creditId, issuingBank: 2, beneficiary: 4, terms: creditTerms }), banksAndApplicant],
  [
    draft("credit.advice_declined", { id: creditId, bank: 5, second: false, reasonCommitment: hash(2) }),
    banksAndApplicant,
  ],
  [draft("confirmation.declined", { creditId, bank: 7, reasonCommitment: hash(1) }), banksAndApplicant],
  [draft("credit.closed", { id: creditId, undrawn: "10000000" }), banksAndApplicant],
];

const stories = { partyStory, paymentStory, redemptionStory, creditStory, settlementStory, escrowStory, declinedStory };

describeStore("who hears of an event", (fixture) => {
  for (const [name, story] of Object.entries(stories)) {
    it(`is exactly whom it concerns: ${name}`, async () => {
      const blocks = createTestBlocks(fixture.store);
      await enterParticipants(fixture.store, everybody);
      // Participant 9 is an organisation of this gateway before it is on the ledger.
      await fixture.store.transaction(async (tx) => {
        await tx
          .insertInto("organisations")
          .values({
            ...{ id: "organisation-9", name: "Party 9", lei: "LEI9", bic: null, country: "DE", roles: "[]" },
            ...{ lei_salt: hash(9, "f"), lei_commitment: hash(9, "e"), status: "invited", created_at_ms: 0 },
            ...{ participant_id: null, account: null },
          })
          .execute();
      });
      let before = 0;
      for (const [event, audience] of story) {
        await blocks.add(event);
        const now = await heard(fixture.store);
        const count = Object.values(now).flat().length;
        const told = Object.entries(now).filter(([, types]) => types.at(-1) === event.type);
        expect(count - before, `${event.type}: as many as it concerns`).to.equal(audience.length);
        expect(
          told.map(([id]) => Number(id)),
          event.type,
        ).to.include.members([...audience]);
        before = count;
      }
      if (name !== "partyStory") expect((await heard(fixture.store))[8], "the outsider").to.equal(undefined);
    });
  }

  it("is shown here for every event type that there is", () => {
    const shown = Object.values(stories).flatMap((story) => story.map(([{ type }]) => type));
    expect([...new Set(shown)].sort()).to.deep.equal(Object.keys(eventSchemas).sort());
  });

  it("includes the beneficiary once the second advising bank has advised (U15)", async () => {
    const blocks = createTestBlocks(fixture.store);
    await enterParticipants(fixture.store, everybody);
    const terms = { ...creditTerms, secondAdvisingBank: 8 };
    await blocks.add(draft("credit.issued", { id: creditId, issuingBank: 2, beneficiary: 4, terms }));
    expect((await heard(fixture.store))[4]).to.equal(undefined);
    await blocks.add(draft("credit.advised", { id: creditId, bank: 8, second: true, termsCommitment: hash(2) }));
    expect((await heard(fixture.store))[4]).to.deep.equal(["credit.advised"]);
    expect((await heard(fixture.store))[8]).to.deep.equal(["credit.issued", "credit.advised"]);
  });
});
