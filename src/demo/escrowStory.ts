import type { Book } from "./book.ts";
import type { Ids } from "./opening.ts";
import { rfc3339, timeOf } from "./plan.ts";
import type { Stage } from "./stage.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });

const day = { agreed: 66, funded: 66, delivered: 68, released: 69, deliveredLate: 71, disputed: 72, ruled: 74 };

/** Basis points that the arbiter gives the seller of the disputed milestone. */
const ruling = 6_000;

async function proposeAndAgree(stage: Stage, ids: Ids): Promise<string> {
  await stage.moveTo(day.agreed, 9);
  const due = (n: number) => rfc3339(timeOf(stage.plan, n, 20));
  const { subject } = await stage.act({
    key: "escrow.propose",
    who: "importer",
    what: "proposes an escrow for bottling equipment: two milestones",
    amount: "EUR 30000.00",
    becomes: "proposed",
    path: "/v1/escrows",
    body: {
      buyer: ids.importer,
      seller: ids.exporter,
      arbiter: ids.arbiter,
      bank: ids.issuer,
      title: "Bottling equipment",
      text: "The seller delivers a bottling line and its commissioning. Each milestone is paid on delivery.",
      fundBy: rfc3339(timeOf(stage.plan, day.funded + 1, 16)),
      inspectionDays: 7,
      rulingDays: 10,
      defaultSellerBps: 5_000,
      milestones: [
        { title: "Delivery of the line", money: euro("10000.00"), dueAt: due(80) },
        { title: "Commissioning", money: euro("20000.00"), dueAt: due(80) },
      ],
    },
  });
  await stage.act({
    key: "escrow.agree",
    who: "exporter",
    what: "agrees to exactly these terms",
    becomes: "agreed",
    path: `/v1/escrows/${subject}/agree`,
  });
  return subject;
}

async function fund(stage: Stage, ids: Ids, at: { escrowId: string; book: Book }): Promise<void> {
  await stage.act({
    key: "deposit.importer",
    who: "issuer",
    what: "books money for the importer by its own entry: two people sign",
    amount: "EUR 40000.00",
    becomes: "on account",
    path: "/v1/deposits",
    body: { to: ids.importer, money: euro("40000.00"), reference: "LOAN-2093-1" },
  });
  at.book.create({ bank: "issuer", holder: "importer", amountMinor: 4_000_000n });
  await stage.act({
    key: "escrow.fund",
    who: "importer",
    what: "locks the sum of both milestones",
    amount: "EUR 30000.00",
    becomes: "funded",
    path: `/v1/escrows/${at.escrowId}/fund`,
  });
  at.book.move({ bank: "issuer", from: "importer", to: "escrow", amountMinor: 3_000_000n });
}

async function milestones(stage: Stage, escrowId: string): Promise<void> {
  const of = (position: number, act: string) => `/v1/escrows/${escrowId}/milestones/${position}/${act}`;
  await stage.moveTo(day.delivered, 9);
  await stage.act({
    key: "milestone.0.deliver",
    who: "exporter",
    what: "states delivery of the line, with evidence",
    becomes: "delivered",
    path: of(0, "deliver"),
    body: { evidence: "Delivery note 4711, signed at the gate" },
  });
  await stage.moveTo(day.released, 9);
  await stage.act({
    key: "milestone.0.release",
    who: "importer",
    what: "releases the first milestone",
    amount: "EUR 10000.00",
    becomes: "settled: all to the seller",
    path: of(0, "release"),
  });
  await stage.moveTo(day.deliveredLate, 9);
  await stage.act({
    key: "milestone.1.deliver",
    who: "exporter",
    what: "states commissioning, with evidence",
    becomes: "delivered",
    path: of(1, "deliver"),
    body: { evidence: "Commissioning protocol 12" },
  });
  await stage.moveTo(day.disputed, 9);
  await stage.act({
    key: "milestone.1.dispute",
    who: "importer",
    what: "disputes the second milestone, with evidence",
    becomes: "disputed",
    path: of(1, "dispute"),
    body: { evidence: "Test run stopped after two hours" },
  });
  await stage.moveTo(day.ruled, 9);
  await stage.act({
    key: "milestone.1.rule",
    who: "arbiter",
    what: "rules 60 % for the seller",
    amount: "EUR 20000.00",
    becomes: "settled: 12000.00 to the seller, 8000.00 to the buyer",
    path: of(1, "rule"),
    body: { sellerBps: ruling },
  });
}

async function takeOut(stage: Stage, escrowId: string, book: Book): Promise<void> {
  const path = `/v1/escrows/${escrowId}/claim`;
  const disputed = 2_000_000n;
  const toSeller = 1_000_000n + (disputed * BigInt(ruling)) / 10_000n;
  const toBuyer = 3_000_000n - toSeller;
  await stage.act({
    key: "escrow.claim.exporter",
    who: "exporter",
    what: "claims its part",
    amount: "EUR 22000.00",
    becomes: "paid",
    path,
  });
  book.move({ bank: "issuer", from: "escrow", to: "exporter", amountMinor: toSeller });
  await stage.act({
    key: "escrow.claim.importer",
    who: "importer",
    what: "claims its part",
    amount: "EUR 8000.00",
    becomes: "paid",
    path,
  });
  book.move({ bank: "issuer", from: "escrow", to: "importer", amountMinor: toBuyer });
}

/** The escrow: agreed, funded, one milestone released, one disputed and decided, both parties paid. */
export async function playEscrow(stage: Stage, ids: Ids, book: Book): Promise<string> {
  stage.say("\nThe escrow");
  const escrowId = await proposeAndAgree(stage, ids);
  await fund(stage, ids, { escrowId, book });
  await milestones(stage, escrowId);
  await takeOut(stage, escrowId, book);
  return escrowId;
}
