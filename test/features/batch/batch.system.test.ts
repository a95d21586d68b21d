import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { ActReply } from "../../../src/features/actReply.ts";
import type { TransactionView } from "../../../src/features/transactions/queries.ts";
import {
  daySeconds,
  describeGateway,
  instant,
  type TestBank,
  type TestParty,
  type TestUser,
} from "../../fixtures/gateway.ts";

interface Result {
  readonly status: number;
  /** An act, or where it was refused the problem. */
  readonly body: ActReply & { readonly code?: string };
  readonly replayed: boolean;
}

const wait = { wait: 30 };

describeGateway("a batch of acts on the ledger", (fixture) => {
  let bank: TestBank;
  let buyer: TestParty;
  let seller: TestParty;
  let arbiter: TestParty;

  before(async function enterParties() {
    this.timeout(120_000);
    const { system } = fixture;
    bank = await system.bank();
    buyer = await system.party({ roles: ["merchant"] });
    seller = await system.party({ roles: ["merchant"] });
    arbiter = await system.party({ roles: ["arbiter"] });
  });

  async function proposal(title: string) {
    const now = await fixture.system.now();
    return {
      ...{ buyer: buyer.id, seller: seller.id, arbiter: arbiter.id, bank: bank.id, title, text: "One milestone." },
      ...{ fundBy: instant(now + daySeconds), inspectionDays: 7, rulingDays: 7, defaultSellerBps: 5_000 },
      milestones: [{ title: "All", money: { amount: "1.00", currency: "EUR" }, dueAt: instant(now + 9 * daySeconds) }],
    };
  }

  async function batch(by: TestUser, acts: readonly object[], more: object = {}): Promise<readonly Result[]> {
    const reply = await fixture.system.as(by).post<{ results: Result[] }>("/v1/batch", { acts, ...more }, wait);
    expect(reply.status, reply.text).to.equal(200);
    return reply.body.results;
  }

  const entry = (path: string, body?: unknown) => ({
    ...{ path, idempotencyKey: randomUUID() },
    ...(body !== undefined && { body }),
  });

  it("is mined as a whole: every act once, in the order given, each with a transaction of its own", async () => {
    const { system } = fixture;
    const body = await proposal("A batch");
    const acts = Array.from({ length: 60 }, () => entry("/v1/escrows", body));
    const results = await batch(buyer.maker, acts);
    expect(new Set(results.map(({ body: act }) => act.transaction?.status))).to.deep.equal(new Set(["final"]));
    const again = await batch(buyer.maker, acts);
    expect(again.every(({ replayed }) => replayed)).to.equal(true);
    expect(again.map(({ body: act }) => act.orderId)).to.deep.equal(results.map(({ body: act }) => act.orderId));

    const { items } = (await system.as(buyer.maker).get<{ items: TransactionView[] }>("/v1/transactions?limit=100"))
      .body;
    const ofBatch = items.filter(({ kind }) => kind === "escrow.propose").reverse();
    expect(ofBatch.map(({ orderId }) => orderId)).to.deep.equal(results.map(({ body: act }) => act.orderId));
    expect(new Set(ofBatch.map(({ lane, nonce }) => `${lane} ${nonce}`)).size).to.equal(60);
    for (const { attempts, final, status } of ofBatch) {
      expect([status, final, attempts.length, attempts[0]?.kind]).to.deep.equal(["final", true, 1, "act"]);
    }
    const first = await system
      .as(seller.maker)
      .get<{ title: string; status: string }>(`/v1/escrows/${results[0]?.body.subject}`);
    expect(first.body).to.include({ title: "A batch", status: "proposed" });
  });

  it("lets the ledger refuse one act before it is stored, and the others go on", async () => {
    const [one] = await batch(buyer.maker, [entry("/v1/escrows", await proposal("To agree"))]);
    const escrow = one?.body.subject;
    const results = await batch(seller.maker, [
      entry(`/v1/escrows/${escrow}/agree`),
      entry(`/v1/escrows/${escrow}/fund`),
      entry(`/v1/escrows/${`0x${"7".repeat(64)}`}/agree`),
    ]);
    expect(results.map(({ status, body }) => [status, body.code ?? body.transaction?.status])).to.deep.equal([
      [202, "final"],
      [403, "escrow.not_entitled"],
      [404, "request.not_found"],
    ]);
  });

  it("with simulate: false shows the ledger's refusal as a reverted transaction with its code", async () => {
    const [one] = await batch(buyer.maker, [entry("/v1/escrows", await proposal("Agreed twice"))]);
    const path = `/v1/escrows/${one?.body.subject}/agree`;
    const [first, second] = await batch(seller.maker, [entry(path), entry(path)], { simulate: false });
    expect([first?.status, first?.body.transaction?.status]).to.deep.equal([202, "final"]);
    expect([second?.status, second?.body.transaction?.status]).to.deep.equal([202, "reverted"]);
    expect(second?.body.transaction?.error).to.equal("escrow.wrong_status");
  });

  it("proposes and approves acts of a bank, two persons for each", async () => {
    const entries = Array.from({ length: 5 }, (_, index) =>
      entry("/v1/deposits", {
        ...{ to: buyer.id, reference: randomUUID() },
        money: { amount: `${index + 1}.00`, currency: "EUR" },
      }),
    );
    const proposed = await batch(bank.maker, entries);
    expect(proposed.map(({ body }) => body.status)).to.deep.equal(entries.map(() => "awaiting_approval"));
    const approvals = proposed.map(({ body }) => entry(`/v1/approvals/${body.orderId}/approve`));
    const own = await batch(bank.maker, approvals);
    expect(own.map(({ body }) => body.code)).to.deep.equal(entries.map(() => "access.own_act"));
    const approved = await batch(
      bank.checker,
      approvals.map(({ path }) => entry(path)),
    );
    expect(approved.map(({ body }) => body.transaction?.status)).to.deep.equal(entries.map(() => "final"));
    expect(await fixture.system.balance(buyer, bank)).to.equal("15.00");
  });
});
