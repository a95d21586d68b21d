import { expect } from "chai";
import { hexlify } from "ethers";
import fc from "fast-check";
import { commit, makeSalt } from "../../src/chain/commitment.ts";
import {
  creditIdOf,
  cycleIdOf,
  paymentIdOf,
  presentationIdOf,
  redemptionIdOf,
  undertakingIdOf,
} from "../../src/chain/dealIds.ts";
import { escrowIdOf } from "../../src/chain/escrowIds.ts";
import { type DeployedChain, openDeployedChain } from "./chainFixture.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => hexlify(bytes));
const participant = fc.integer({ min: 0, max: 0xffff_ffff });
const run = { numRuns: 20 };

describe("ids of deals, computed before the deal is on the ledger", () => {
  let chain: DeployedChain;

  before(async () => {
    chain = await openDeployedChain();
  });
  after(() => chain.close());

  it("are what Credits computes", async () => {
    const { chainId, addresses } = chain;
    await fc.assert(
      fc.asyncProperty(participant, hash, async (issuingBank, salt) => {
        const call = { fn: "creditId", args: [issuingBank, salt] };
        const onLedger = await chain.reads.read("Credits", addresses.Credits, call);
        expect(creditIdOf({ chainId, credits: addresses.Credits, issuingBank, salt })).to.equal(onLedger);
      }),
      run,
    );
  });

  it("are what Presentations and Undertakings compute", async () => {
    const { chainId, addresses } = chain;
    await fc.assert(
      fc.asyncProperty(hash, hash, participant, async (creditId, salt, obligor) => {
        const { Presentations: presentations, Undertakings: undertakings } = addresses;
        const presented = { fn: "presentationId", args: [creditId, salt] };
        const id = presentationIdOf({ chainId, presentations, creditId, salt });
        expect(id).to.equal(await chain.reads.read("Presentations", presentations, presented));
        const owed = { fn: "undertakingId", args: [id, obligor] };
        expect(undertakingIdOf(id, obligor)).to.equal(await chain.reads.read("Undertakings", undertakings, owed));
      }),
      run,
    );
  });

  it("are what ClearingHouse computes", async () => {
    const { ClearingHouse } = chain.addresses;
    const currency = fc.constantFrom("0x455552", "0x4a5059", "0x000000");
    await fc.assert(
      fc.asyncProperty(fc.record({ payer: participant, payeeBank: participant, currency, ref: hash }), async (of) => {
        const call = { fn: "paymentId", args: [of.payer, of.payeeBank, of.currency, of.ref] };
        expect(paymentIdOf(of)).to.equal(await chain.reads.read("ClearingHouse", ClearingHouse, call));
        const cycle = { fn: "cycleId", args: [of.payer, of.currency, of.ref] };
        expect(cycleIdOf({ ...of, agent: of.payer })).to.equal(
          await chain.reads.read("ClearingHouse", ClearingHouse, cycle),
        );
      }),
      run,
    );
  });

  it("are what Redemptions computes", async () => {
    const { Redemptions, Credits: token } = chain.addresses;
    await fc.assert(
      fc.asyncProperty(participant, hash, async (holder, ref) => {
        const call = { fn: "redemptionId", args: [holder, token, ref] };
        const onLedger = await chain.reads.read("Redemptions", Redemptions, call);
        expect(redemptionIdOf({ holder, token, ref })).to.equal(onLedger);
      }),
      run,
    );
  });

  it("are what TradeEscrow computes, of buyer, seller and salt alone", async () => {
    const { chainId, addresses } = chain;
    await fc.assert(
      fc.asyncProperty(participant, participant, hash, async (buyer, seller, salt) => {
        const other = { arbiter: 1, fundBy: 2, inspectionSeconds: 3, rulingSeconds: 4, defaultSellerBps: 5 };
        const zero = `0x${"0".repeat(40)}`;
        const terms = { salt, termsCommitment: salt, token: zero, buyer, seller, ...other, milestones: [] };
        const call = { fn: "escrowId", args: [terms] };
        const onLedger = await chain.reads.read("TradeEscrow", addresses.TradeEscrow, call);
        expect(escrowIdOf({ chainId, tradeEscrow: addresses.TradeEscrow, buyer, seller, salt })).to.equal(onLedger);
      }),
      run,
    );
  });
});

describe("commitments", () => {
  it("differ by domain, content and salt, and a text is its bytes", () => {
    const salt = makeSalt();
    const made = commit("document", "invoice", salt);
    expect(commit("document", Buffer.from("invoice"), salt)).to.equal(made);
    expect(commit("terms", "invoice", salt)).not.to.equal(made);
    expect(commit("document", "invoice ", salt)).not.to.equal(made);
    expect(commit("document", "invoice", makeSalt())).not.to.equal(made);
    expect(made).to.match(/^0x[0-9a-f]{64}$/);
  });
});
