/** New acts as features hand them over, and a queue that is nearly full. */
import { sql } from "kysely";
import { AppError } from "../../src/shared/errors.ts";
import { limits } from "../../src/shared/limits.ts";
import type { createIdempotencyStore } from "../../src/store/idempotency.ts";
import { insertNewActs, type NewAct } from "../../src/store/newActs.ts";
import type { Store, Transaction } from "../../src/store/store.ts";
import { address, enterParticipants, hash, organisationOf } from "./blockFixture.ts";

export const caller = { callerOrganisationId: organisationOf(1), userId: "maker-1" };
const approval = { userId: "maker-1", signer: address(91), signature: "0x01" };
let count = 0;

/** A new act as acts.ts hands it over: the same thing as rows and as a commit. */
export function makeAct(more: Partial<NewAct> = {}, organisation = 1) {
  count += 1;
  const id = `order-${count}`;
  const organisationId = organisationOf(organisation);
  const rows: NewAct = {
    order: {
      ...{ id, organisationId, kind: "credit.issue", subject: `credit-${count}`, deals: [`credit-${count}`] },
      ...{ summary: {}, account: address(1), calls: [{ target: address(2), data: "0x01" }], nonce: "1" },
      ...{
        deadline: 2_000_000_000,
        orderHash: hash(count),
        approvals: [approval],
        proposedBy: "maker-1",
        createdAtMs: 1,
      },
    },
    transaction: {
      ...{ id: `transaction-${count}`, organisationId, orderId: id, kind: "credit.issue", subject: `credit-${count}` },
      ...{ deals: [`credit-${count}`], target: address(1), data: "0x02", traceParent: null, createdAtMs: 1 },
    },
    audit: { atMs: 1, organisationId, userId: "maker-1", action: "credit.issue.submitted", subject: `credit-${count}` },
    ...more,
  };
  const result = {
    ...{ status: 202, contentType: "application/json", headers: {} },
    bodyBytes: Buffer.from(JSON.stringify({ id })),
  };
  return {
    ...{ ...caller, key: `key-${count}`, fingerprint: `fingerprint-${count}` },
    commit: async (tx: Transaction) => {
      await insertNewActs(tx, [rows], limits.queue);
      return result;
    },
    act: { rows, result },
  };
}

/** Two organisations and the person who makes the acts; their numbers begin anew. */
export async function enterMaker(store: Store): Promise<void> {
  count = 0;
  await enterParticipants(store, [1, 2]);
  await store.transaction(async (tx) => {
    await tx
      .insertInto("users")
      .values({
        ...{ id: "maker-1", organisation_id: organisationOf(1), name: "A maker", role: "maker" },
        ...{ status: "active", invitation_hash: null, signer: null, sealed_key: null, created_at_ms: 0 },
      })
      .execute();
  });
}

/** Transactions of the first organisation, `waiting-1` and on, until so many have room. */
export async function fillQueue(store: Store, room: number): Promise<void> {
  await store.transaction(async (tx) => {
    await sql`insert into transactions (id, organisation_id, kind, subject, deal, slot, target, data, status, created_at_ms)
      select 'waiting-' || n, ${organisationOf(1)}, 'k', 's', 's', 0, 't', '0x', 'accepted', 0
      from generate_series(1, ${limits.queue.perOrganisation - room}::int) as n`.execute(tx);
  });
}

type Outcomes = Awaited<ReturnType<ReturnType<typeof createIdempotencyStore>["commitMany"]>>;

export const kindsOf = (outcomes: Outcomes) =>
  outcomes.map((one) => (one.status === "fulfilled" ? one.value.kind : codeOf(one.reason)));
export const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
