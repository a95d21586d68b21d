/** Business as it goes on while processes die: each play is a deal of its own, from its beginning to its end. */
import { randomUUID } from "node:crypto";
import { amountOf, type PartyName } from "./cast.ts";
import type { Stage, Step } from "./stage.ts";

const daySeconds = 86_400;
const euro = (minor: bigint) => ({ amount: amountOf(minor), currency: "EUR" });
const instant = (seconds: number) => new Date(seconds * 1000).toISOString();

async function businessSeconds(stage: Stage): Promise<number> {
  const { businessTime } = (await stage.read("issuer", "/v1/sandbox/clock")) as { businessTime: string };
  return Math.floor(Date.parse(businessTime) / 1000);
}

function depositStep(stage: Stage, to: PartyName, minor: bigint): Step {
  const body = { to: stage.cast[to].id, money: euro(minor), reference: randomUUID() };
  return { name: "deposit", who: "issuer", path: "/v1/deposits", body };
}

/** The issuer books money; its checker agrees, refuses, or the maker takes the proposal back. */
export async function playDeposit(stage: Stage): Promise<void> {
  const { draw, model } = stage;
  const minor = BigInt(1 + draw(900_000));
  const holder = draw.pick(["importer", "exporter"] as const);
  const second = draw.pick(["approve", "approve", "approve", "approve", "reject", "withdraw"] as const);
  await stage.act(depositStep(stage, holder, minor), second);
  if (second === "approve") model.book(holder, "issuer", minor);
}

/** Several at once, and twice the same reference, which creates money once. */
export async function playDeposits(stage: Stage): Promise<void> {
  const { draw, model } = stage;
  const amounts = Array.from({ length: 2 + draw(5) }, () => BigInt(1 + draw(50_000)));
  const steps = amounts.map((minor) => depositStep(stage, "exporter", minor));
  await stage.batch(steps);
  for (const minor of amounts) model.book("exporter", "issuer", minor);
  const [first] = steps;
  if (first && draw.chance(1, 2)) await stage.refused({ ...first, name: "again" }, "deposit.reference_used");
}

interface Escrow {
  readonly id: string;
  readonly path: string;
  readonly amounts: readonly bigint[];
}

async function openEscrow(stage: Stage): Promise<Escrow> {
  const { draw, cast } = stage;
  const now = await businessSeconds(stage);
  const amounts = Array.from({ length: 1 + draw(2) }, () => BigInt(10_000 + draw(90_000)));
  const body = {
    ...{ buyer: cast.importer.id, seller: cast.exporter.id, arbiter: cast.arbiter.id, bank: cast.issuer.id },
    title: "Bottles",
    text: "Bottles on delivery.",
    fundBy: instant(now + 2 * daySeconds),
    ...{ inspectionDays: 3, rulingDays: 3, defaultSellerBps: 5_000 },
    milestones: amounts.map((minor, index) => ({
      title: `Part ${index}`,
      money: euro(minor),
      dueAt: instant(now + 9 * daySeconds),
    })),
  };
  const { subject } = await stage.act({ name: "propose", who: "importer", path: "/v1/escrows", body });
  const path = `/v1/escrows/${subject}`;
  stage.model.deals.set(subject, { who: "importer", path, says: { status: "proposed" } });
  return { id: subject, path, amounts };
}

/** An escrow: paid in, each part delivered, released, refunded or disputed, and everything taken out. */
export async function playEscrow(stage: Stage): Promise<void> {
  const { model, draw } = stage;
  const escrow = await openEscrow(stage);
  const says = model.deals.get(escrow.id)?.says ?? {};
  const total = escrow.amounts.reduce((sum, minor) => sum + minor, 0n);
  await stage.act(depositStep(stage, "importer", total));
  model.book("importer", "issuer", total);
  await stage.act({ name: "agree", who: "exporter", path: `${escrow.path}/agree` });
  says["status"] = "agreed";
  await stage.act({ name: "fund", who: "importer", path: `${escrow.path}/fund` });
  Object.assign(says, { status: "funded", "locked.amount": amountOf(total) });
  model.book("importer", "issuer", -total);
  let toSeller = 0n;
  for (const [position, minor] of escrow.amounts.entries()) {
    const part = await playMilestone(stage, escrow, { position, minor });
    says[`milestones.${position}.status`] = "settled";
    toSeller += part;
  }
  Object.assign(says, { status: "settled", "locked.amount": "0.00" });
  for (const [who, minor] of [
    ["exporter", toSeller],
    ["importer", total - toSeller],
  ] as const) {
    if (minor === 0n) continue;
    await stage.act({ name: "claim", who, path: `${escrow.path}/claim` });
    model.book(who, "issuer", minor);
  }
  if (draw.chance(1, 3)) {
    const path = `${escrow.path}/claim`;
    await stage.refused({ name: "claim again", who: "exporter", path }, "escrow.nothing_to_claim");
  }
}

/** What the seller gets of it. */
async function playMilestone(stage: Stage, escrow: Escrow, at: { position: number; minor: bigint }): Promise<bigint> {
  const act = (who: PartyName, verb: string, body?: unknown) => {
    const path = `${escrow.path}/milestones/${at.position}/${verb}`;
    return stage.act({ name: verb, who, path, ...(body !== undefined && { body }) });
  };
  await act("exporter", "deliver", { evidence: "Delivery note" });
  const end = stage.draw.pick(["release", "refund", "rule"] as const);
  if (end === "release") await act("importer", "release");
  else if (end === "refund") await act("exporter", "refund");
  else {
    await act("importer", "dispute", { evidence: "Bottles broken" });
    await act("arbiter", "rule", { sellerBps: 6_000 });
    return (at.minor * 6_000n) / 10_000n;
  }
  return end === "release" ? at.minor : 0n;
}

/** A credit: drafted, issued, advised, presented under, honoured and claimed. */
export async function playCredit(stage: Stage): Promise<void> {
  const { model, cast, draw } = stage;
  const minor = BigInt(100_000 + draw(900_000));
  const path = await issueCredit(stage, minor);
  const says = model.deals.get(path.id)?.says ?? {};
  await stage.act({ name: "advise", who: "confirmer", path: `${path.credit}/advise` });
  says["advice"] = "advised";
  const content = Buffer.from(`INVOICE ${randomUUID()}`).toString("base64");
  const kept = { kind: "commercial_invoice", name: "invoice.txt", mediaType: "text/plain", contentBase64: content };
  const document = await stage.post({ name: "document", who: "exporter", path: "/v1/documents", body: kept });
  const body = { bank: cast.issuer.id, amount: euro(minor), documents: [document["id"]] };
  const presented = await stage.act({ name: "present", who: "exporter", path: `${path.credit}/presentations`, body });
  const { presentationId } = presented as typeof presented & { presentationId: string };
  const presentation = `/v1/presentations/${presentationId}`;
  const shown = { who: "issuer" as const, path: presentation, says: { "examinations.0.decision": "examining" } };
  model.deals.set(presentationId, shown);
  if (draw.chance(1, 3)) return;
  await stage.act({ name: "honour", who: "issuer", path: `${presentation}/honour` });
  shown.says["examinations.0.decision"] = "complying";
  says["drawing.drawn.amount"] = amountOf(minor);
  await claim(stage, path.id, minor);
}

async function issueCredit(stage: Stage, minor: bigint): Promise<{ id: string; credit: string }> {
  const { cast, model, draw } = stage;
  const now = await businessSeconds(stage);
  const body = {
    reference: `C${draw(0x7fffffff).toString(36).toUpperCase()}${randomUUID().slice(0, 6).toUpperCase()}`,
    parties: { applicant: cast.importer.id, beneficiary: cast.exporter.id, advisingBank: cast.confirmer.id },
    terms: {
      amount: euro(minor),
      confirmation: "without",
      availableBy: "sight",
      expiryDate: instant(now + 60 * daySeconds).slice(0, 10),
      expiryPlace: "VIENNA",
    },
    texts: { "45A": ["BOTTLES OF BEER"], "46A": ["COMMERCIAL INVOICE"] },
  };
  const drafted = await stage.post({ name: "draft", who: "issuer", path: "/v1/credits", body });
  const id = String(drafted["id"]);
  const credit = `/v1/credits/${id}`;
  model.deals.set(id, { who: "issuer", path: credit, says: { status: "draft" } });
  await stage.act({ name: "issue", who: "issuer", path: `${credit}/issue` });
  Object.assign(model.deals.get(id)?.says ?? {}, { status: "issued", "amount.amount": amountOf(minor) });
  return { id, credit };
}

/** The issuer owes, the exporter claims: the claim creates the money. */
async function claim(stage: Stage, creditId: string, minor: bigint): Promise<void> {
  const { items } = (await stage.read("exporter", `/v1/undertakings?role=holder&credit=${creditId}`)) as {
    items: { id: string }[];
  };
  const [undertaking, ...others] = items;
  if (!undertaking || others.length > 0) throw new Error(`credit ${creditId} has ${items.length} undertakings`);
  await stage.act({ name: "claim", who: "exporter", path: `/v1/undertakings/${undertaking.id}/claim` });
  stage.model.book("exporter", "issuer", minor);
}

export const plays = [playDeposit, playDeposits, playEscrow, playEscrow, playCredit] as const;
