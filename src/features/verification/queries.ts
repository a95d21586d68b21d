import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import { readCreditViews, readEscrowViews } from "../../store/verification.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";

/** The store's views of a deal beside the ledger's own state. */
export const VerificationView = z.strictObject({
  deal: z.string(),
  kind: z.enum(["credit", "escrow"]),
  agrees: z.boolean(),
  compared: z.int(),
  differences: z.array(z.strictObject({ what: z.string(), store: z.string(), ledger: z.string() })),
});
export type VerificationView = z.infer<typeof VerificationView>;

interface Comparison {
  readonly what: string;
  readonly store: unknown;
  readonly ledger: unknown;
}

type Fields = Record<string, unknown>;

function compare(prefix: string, store: Fields, ledger: Fields): Comparison[] {
  return Object.keys(store).map((name) => ({ what: `${prefix}.${name}`, store: store[name], ledger: ledger[name] }));
}

async function compareCredit(gateway: GatewayContext, creditId: string): Promise<Comparison[] | undefined> {
  const { store, reads, addresses } = gateway;
  const views = await readCreditViews(store.db, creditId);
  if (!views) return undefined;
  const { credit, examinations, undertakings } = views;
  const onLedger = await reads.read<Fields>("Credits", addresses.Credits, { fn: "credit", args: [creditId] });
  const confirmation = await reads.read<Fields>("Confirmations", addresses.Confirmations, {
    fn: "confirmation",
    args: [creditId],
  });
  const found = compare(
    "credit",
    {
      status: credit.status,
      issuingBank: credit.issuing_bank,
      applicant: credit.applicant,
      beneficiary: credit.beneficiary,
      token: credit.token,
      amount: credit.amount,
      drawn: credit.drawn,
      advice: credit.advice,
      secondAdvice: credit.second_advice,
    },
    onLedger,
  );
  found.push({ what: "confirmation.status", store: credit.confirmation, ledger: confirmation.status });
  for (const row of examinations) {
    const args = [row.presentation_id, row.bank];
    const examination = await reads.read<Fields>("Presentations", addresses.Presentations, { fn: "examination", args });
    const own = { decision: row.decision, receivedOn: row.received_on ?? 0, deadline: row.deadline ?? 0 };
    found.push(...compare(`examination.${row.presentation_id}.${row.bank}`, own, examination));
  }
  for (const row of undertakings) {
    const undertaking = await reads.read<Fields>("Undertakings", addresses.Undertakings, {
      fn: "undertaking",
      args: [row.id],
    });
    const own = { status: row.status, obligor: row.obligor, holder: row.holder, amount: row.amount, dueAt: row.due_at };
    found.push(...compare(`undertaking.${row.id}`, own, undertaking));
  }
  return found;
}

async function compareEscrow(gateway: GatewayContext, escrowId: string): Promise<Comparison[] | undefined> {
  const { store, reads, addresses } = gateway;
  const views = await readEscrowViews(store.db, escrowId);
  if (!views) return undefined;
  const { escrow, milestones, claimables } = views;
  const read = <T>(fn: string, args: readonly unknown[]) =>
    reads.read<T>("TradeEscrow", addresses.TradeEscrow, { fn, args });
  const onLedger = await read<Fields>("escrow", [escrowId]);
  const found = compare(
    "escrow",
    { status: escrow.status, locked: escrow.locked, proposer: escrow.proposer },
    onLedger,
  );
  for (const row of milestones) {
    const milestone = await read<Fields>("milestone", [escrowId, row.position]);
    found.push({ what: `milestone.${row.position}.status`, store: row.status, ledger: milestone.status });
  }
  for (const row of claimables) {
    const claimable = await read<string>("claimable", [escrowId, row.participant]);
    found.push({ what: `claimable.${row.participant}`, store: row.amount, ledger: claimable });
  }
  return found;
}

async function isParty(gateway: GatewayContext, caller: Caller, deal: string): Promise<boolean> {
  const id = caller.participantId;
  if (id === null) return false;
  const credit = (await readCreditViews(gateway.store.db, deal))?.credit;
  const escrow = (await readEscrowViews(gateway.store.db, deal))?.escrow;
  const advised = credit?.advice === "advised" || credit?.second_advice === "advised";
  const parties = [
    credit?.issuing_bank,
    credit?.applicant,
    credit?.advising_bank,
    credit?.second_advising_bank,
    credit?.nominated_bank,
    credit?.confirmer,
    advised ? credit?.beneficiary : undefined,
    escrow?.buyer,
    escrow?.seller,
    escrow?.arbiter,
  ];
  return parties.includes(id);
}

/** Compares the views of one of the caller's deals with the ledger. @throws AppError `request.not_found` */
export async function verifyDeal(gateway: GatewayContext, caller: Caller, deal: string): Promise<VerificationView> {
  if (!(await isParty(gateway, caller, deal))) throw new AppError("request.not_found");
  const credit = await compareCredit(gateway, deal);
  const found = credit ?? (await compareEscrow(gateway, deal)) ?? [];
  const differences = found
    .filter(({ store, ledger }) => String(store) !== String(ledger))
    .map(({ what, store, ledger }) => ({ what, store: String(store), ledger: String(ledger) }));
  const kind = credit ? "credit" : "escrow";
  return { deal, kind, agrees: differences.length === 0, compared: found.length, differences };
}
