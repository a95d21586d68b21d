import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { TransactionStatus } from "../../../src/domain/transaction.ts";
import type { GatewayContext } from "../../../src/features/gatewayContext.ts";
import { createTransactionEndpoints } from "../../../src/features/transactions/endpoints.ts";
import type { TransactionView } from "../../../src/features/transactions/queries.ts";
import { createFixedClock } from "../../../src/shared/clock.ts";
import { createIdempotencyStore } from "../../../src/store/idempotency.ts";
import { insertOrder, insertTransaction } from "../../../src/store/orders.ts";
import { describeStore } from "../../fixtures/database.ts";
import { callerOf, problemOf, startTestServer, type TestServer } from "../../http/testServer.ts";
import { address, enterParticipants, hash, organisationOf } from "../../store/blockFixture.ts";

const own = { organisationId: organisationOf(1), participantId: 1 };
const users = {
  proposer: callerOf({ ...own, userId: "maker-1", role: "maker" }),
  "other-maker": callerOf({ ...own, userId: "maker-2", role: "maker" }),
  checker: callerOf({ ...own, userId: "checker-1", role: "checker" }),
  admin: callerOf({ ...own, userId: "admin-1", role: "admin" }),
  viewer: callerOf({ ...own, userId: "viewer-1", role: "viewer" }),
  stranger: callerOf({ organisationId: organisationOf(2), participantId: 2, userId: "checker-9", role: "checker" }),
} as const;

const wall = Date.UTC(2026, 2, 2, 8);

describeStore("transactions over the API", (fixture) => {
  let server: TestServer;
  let woken: number;
  let nonce = 0;

  beforeEach(async () => {
    woken = 0;
    const { store } = fixture;
    await enterParticipants(store, [1, 2]);
    await store.transaction(async (tx) => {
      for (const { userId, organisationId, role } of Object.values(users)) {
        await tx
          .insertInto("users")
          .values({
            ...{ id: userId, organisation_id: organisationId, name: role, role, status: "active" },
            ...{ invitation_hash: null, signer: null, sealed_key: null, created_at_ms: 0 },
          })
          .execute();
      }
    });
    const wakeSender = () => {
      woken += 1;
    };
    const context = { clock: createFixedClock(wall / 1000) };
    const gateway = { store, context, acts: { wakeSender } } as unknown as GatewayContext;
    const known: Readonly<Record<string, (typeof users)[keyof typeof users]>> = users;
    server = await startTestServer(createTransactionEndpoints(gateway), {
      authenticate: async (token) => known[token],
      idempotency: createIdempotencyStore(store, () => wall),
    });
  });
  afterEach(() => server.close());

  /** An act that maker-1 proposed and checker-1 approved, as far as it has come. */
  async function enter(status: TransactionStatus, more: Partial<Progress> = {}): Promise<string> {
    const id = randomUUID();
    nonce += 1;
    const has = progressOf[status];
    const attempt = {
      ...(has.nonce !== undefined && { nonce }),
      ...(has.hash !== undefined && { hash: hash(1_000 + nonce) }),
    };
    const progress = { ...has, ...attempt, ...more };
    await fixture.store.transaction(async (tx) => {
      const approvals = ["maker-1", "admin-1"].map((userId) => ({ userId, signer: address(9), signature: "0x01" }));
      const act = {
        organisationId: organisationOf(1),
        kind: "credit.honour",
        subject: "credit-1",
        deals: ["credit-1"],
      };
      const order = {
        ...{ ...act, id: `order-${id}`, summary: {}, account: address(1), calls: [], nonce: "1", deadline: 2e9 },
        ...{ orderHash: `order-hash-${id}`, approvals, proposedBy: "maker-1", createdAtMs: wall },
      };
      await insertOrder(tx, order, id);
      const intent = { target: address(1), data: "0x", traceParent: null, createdAtMs: wall };
      await insertTransaction(tx, { ...act, ...intent, id, orderId: order.id });
      await tx
        .updateTable("transactions")
        .set({ status, ...progress })
        .where("id", "=", id)
        .execute();
    });
    return id;
  }

  const cancel = (id: string, as: keyof typeof users = "proposer", key: string = randomUUID()) =>
    server.call("POST", `/v1/transactions/${id}/cancellation`, { as, key });
  const show = async (id: string, as: keyof typeof users = "viewer") =>
    (await (await server.call("GET", `/v1/transactions/${id}`, { as })).json()) as TransactionView;
  const audited = async () => {
    const rows = await fixture.store.db.selectFrom("audit").select(["user_id", "action", "subject"]).execute();
    return rows.map(({ user_id: userId, action, subject }) => [userId, action, subject]);
  };

  interface Progress {
    readonly lane: string | null;
    readonly nonce: number | null;
    readonly hash: string | null;
    readonly block_number: number | null;
    readonly block_hash: string | null;
  }
  const taken = { lane: address(50) };
  const signed = { ...taken, nonce: 4, hash: hash(4) };
  const inBlock = { ...signed, block_number: 7, block_hash: hash(7) };
  const progressOf: Readonly<Record<TransactionStatus, Partial<Progress>>> = {
    accepted: {},
    assigned: taken,
    signed,
    broadcast: signed,
    mined: inBlock,
    final: inBlock,
    reverted: inBlock,
    cancelled: inBlock,
    replaced: signed,
    dead: inBlock,
  };

  it("is cancelled at once while no lane has given it a nonce, and the lanes are told (202)", async () => {
    const id = await enter("accepted");
    const reply = await cancel(id);
    const view = (await reply.json()) as TransactionView;
    expect(reply.status).to.equal(202);
    expect(view).to.deep.include({ id, status: "cancelled", final: true, cancellationRequested: true, attempts: [] });
    expect(await show(id)).to.deep.equal(view);
    expect(await audited()).to.deep.equal([["maker-1", "transaction.cancellation_requested", id]]);
    expect(woken).to.equal(1);
  });

  for (const status of ["assigned", "signed", "broadcast"] as const) {
    it(`stays ${status} when its cancellation is asked for: its nonce will be used up, and the ledger decides (202)`, async () => {
      const id = await enter(status);
      const reply = await cancel(id);
      expect(reply.status).to.equal(202);
      expect(await reply.json()).to.deep.include({ status, final: false, cancellationRequested: true });
      const row = await fixture.store.db
        .selectFrom("transactions")
        .select("cancel_requested_by")
        .where("id", "=", id)
        .executeTakeFirst();
      expect(row?.cancel_requested_by).to.equal("maker-1");
      expect([(await audited()).length, woken]).to.deep.equal([1, 1]);
    });
  }

  for (const status of ["mined", "final", "reverted", "cancelled", "replaced", "dead"] as const) {
    it(`cannot be cancelled when it is ${status} (409), and nothing is changed`, async () => {
      const id = await enter(status);
      const problem = await problemOf(await cancel(id));
      expect([problem.status, problem.code, problem.facts]).to.deep.equal([409, "transaction.wrong_state", { status }]);
      expect((await show(id)).cancellationRequested).to.equal(false);
      expect([await audited(), woken]).to.deep.equal([[], 0]);
    });
  }

  it("may be stopped by each who signed it and by any checker, not by another maker or a viewer (403)", async () => {
    for (const as of ["proposer", "admin", "checker"] as const) {
      expect((await cancel(await enter("broadcast"), as)).status, as).to.equal(202);
    }
    for (const as of ["other-maker", "viewer"] as const) {
      const id = await enter("broadcast");
      const problem = await problemOf(await cancel(id, as));
      expect([problem.status, problem.code], as).to.deep.equal([403, "access.forbidden"]);
      expect((await show(id)).cancellationRequested, as).to.equal(false);
    }
  });

  it("is not there for another organisation, nor is one that nobody has (404)", async () => {
    const id = await enter("accepted");
    for (const [asked, as] of [
      [id, "stranger"],
      [randomUUID(), "proposer"],
    ] as const) {
      const problem = await problemOf(await cancel(asked, as));
      expect([problem.status, problem.code]).to.deep.equal([404, "request.not_found"]);
      expect((await server.call("GET", `/v1/transactions/${asked}`, { as })).status).to.equal(404);
    }
    expect((await show(id)).status).to.equal("accepted");
  });

  it("refuses a path that is no id (400), no key (400) and no credentials (401)", async () => {
    const id = await enter("accepted");
    const path = `/v1/transactions/${id}/cancellation`;
    expect((await cancel("x")).status).to.equal(400);
    expect((await problemOf(await server.call("POST", path, { as: "proposer" }))).code).to.equal(
      "idempotency.key_missing",
    );
    expect((await server.call("POST", path, { as: null, key: randomUUID() })).status).to.equal(401);
    expect((await show(id)).status).to.equal("accepted");
  });

  it("is asked for once: the same request is replayed, a second one changes nothing, another key's request is its own (422)", async () => {
    const [id, other] = [await enter("broadcast"), await enter("broadcast")];
    const key = randomUUID();
    const first = await cancel(id, "proposer", key);
    const again = await cancel(id, "proposer", key);
    expect(again.headers.get("idempotency-replayed")).to.equal("true");
    expect(await again.text()).to.equal(await first.text());
    expect((await cancel(id, "checker")).status).to.equal(202);
    const asker = await fixture.store.db
      .selectFrom("transactions")
      .select("cancel_requested_by")
      .where("id", "=", id)
      .executeTakeFirst();
    expect(asker?.cancel_requested_by).to.equal("maker-1");
    const reused = await problemOf(await cancel(other, "proposer", key));
    expect([reused.status, reused.code]).to.deep.equal([422, "idempotency.key_reused"]);
  });

  it("shows every attempt, oldest first, with its fee and when it left", async () => {
    const id = await enter("broadcast");
    const fee = { type: 2, maxFeePerGas: "20", maxPriorityFeePerGas: "2" } as const;
    await fixture.store.transaction(async (tx) => {
      const attempt = { transaction_id: id, lane: address(50), nonce: 4, raw: "0x", fee: JSON.stringify(fee) };
      await tx
        .insertInto("attempts")
        .values([
          { ...attempt, hash: hash(2), kind: "noop", signed_at_ms: wall + 1_000, broadcast_at_ms: null },
          { ...attempt, hash: hash(1), kind: "act", signed_at_ms: wall, broadcast_at_ms: wall + 5 },
        ])
        .execute();
    });
    const view = await show(id);
    expect(view.lane).to.equal(address(50));
    expect(view.attempts).to.deep.equal([
      {
        hash: hash(1),
        kind: "act",
        fee,
        signedAt: "2026-03-02T08:00:00.000Z",
        broadcastAt: "2026-03-02T08:00:00.005Z",
      },
      { hash: hash(2), kind: "noop", fee, signedAt: "2026-03-02T08:00:01.000Z", broadcastAt: null },
    ]);
    const listed = await server.call("GET", "/v1/transactions", { as: "viewer" });
    expect(((await listed.json()) as { items: TransactionView[] }).items).to.deep.equal([view]);
  });

  it("is final only with its block, or where it needs none", async () => {
    await fixture.store.transaction(async (tx) => {
      await tx
        .insertInto("chain_state")
        .values({
          id: 1,
          finalized_number: 6,
          finalized_hash: hash(6),
          rebuild_position: null,
          rebuild_differences: "[]",
        })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ finalized_number: 6 }))
        .execute();
    });
    const finalAt = async (status: TransactionStatus, block?: number) =>
      (await show(await enter(status, block === undefined ? {} : { block_number: block }))).final;
    expect(await finalAt("mined")).to.equal(false);
    expect(await finalAt("final")).to.equal(true);
    expect([await finalAt("reverted", 7), await finalAt("reverted", 6)]).to.deep.equal([false, true]);
    expect([await finalAt("cancelled", 7), await finalAt("cancelled", 6)]).to.deep.equal([false, true]);
    expect(await finalAt("replaced")).to.equal(true);
  });
});
