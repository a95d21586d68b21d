import * as z from "zod";
import { commit, makeSalt } from "../../chain/commitment.ts";
import { escrowIdOf } from "../../chain/escrowIds.ts";
import type { EscrowTerms } from "../../domain/events/escrow.ts";
import { AppError, type Fault } from "../../shared/errors.ts";
import { limits } from "../../shared/limits.ts";
import { amountMinorMax, parseAmount } from "../../shared/money.ts";
import { findTokenOf } from "../../store/deposits.ts";
import { findParticipants } from "../../store/parties.ts";
import type { Store } from "../../store/store.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { fromMinor, Instant, MoneyText, ParticipantIdInBody } from "../schemas.ts";

const daySeconds = 86_400;
/** No time of a deal lies further ahead than ten years (TradeEscrow). */
const horizonSeconds = 3653 * daySeconds;

const Title = z.string().trim().min(1).max(140);
/** A party has at least a day to inspect or to rule, and a year at most (TradeEscrow). */
const Days = z.int().min(1).max(366);

/** What a party proposes. The caller is the buyer or the seller, and has thereby agreed. */
export const ProposeEscrow = z.strictObject({
  buyer: ParticipantIdInBody,
  seller: ParticipantIdInBody,
  arbiter: ParticipantIdInBody,
  /** The bank whose deposit money is locked. */
  bank: ParticipantIdInBody,
  title: Title,
  /** The agreement. It stays off the ledger, which has a salted commitment to it. */
  text: z.string().trim().min(1).max(20_000),
  /** Last second for agreeing and funding. */
  fundBy: Instant,
  inspectionDays: Days,
  rulingDays: Days,
  /** The seller's share in basis points when the arbiter stays silent. */
  defaultSellerBps: z.int().min(0).max(10_000),
  milestones: z
    .array(z.strictObject({ title: Title, money: MoneyText, dueAt: Instant }))
    .min(1)
    .max(limits.milestonesPerEscrow),
});
export type ProposeEscrow = z.infer<typeof ProposeEscrow>;

/** Terms for the ledger, with what stays off it. */
export interface Proposal {
  readonly escrowId: string;
  readonly terms: EscrowTerms;
  /** Salt of the texts' commitment. Unlike the salt in the terms it never reaches the ledger. */
  readonly contentSalt: string;
  readonly total: MoneyText;
}

/** Business seconds of an instant; a part of a second counts for the second in which it lies. */
function seconds(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}

async function partyFaults(store: Store, body: ProposeEscrow): Promise<Fault[]> {
  const faults: Fault[] = [];
  const parties = await findParticipants(store.db, [body.buyer, body.seller, body.arbiter]);
  for (const role of ["buyer", "seller", "arbiter"] as const) {
    const party = parties.find(({ id }) => id === body[role]);
    if (!party) faults.push({ pointer: `/${role}`, detail: "no participant has this id" });
    else if (role === "arbiter" && !party.roles.includes("arbiter")) {
      faults.push({ pointer: "/arbiter", detail: "not admitted as an arbiter" });
    }
  }
  if (body.seller === body.buyer) faults.push({ pointer: "/seller", detail: "the same as the buyer" });
  if ([body.buyer, body.seller].includes(body.arbiter)) {
    faults.push({ pointer: "/arbiter", detail: "a party cannot be the arbiter" });
  }
  return faults;
}

function timeFaults(body: ProposeEscrow, nowSeconds: number): Fault[] {
  const faults: Fault[] = [];
  const fundBy = seconds(body.fundBy);
  if (fundBy < nowSeconds) faults.push({ pointer: "/fundBy", detail: "has passed" });
  for (const [index, { dueAt }] of body.milestones.entries()) {
    const pointer = `/milestones/${index}/dueAt`;
    if (seconds(dueAt) <= fundBy) faults.push({ pointer, detail: "not after /fundBy" });
    else if (seconds(dueAt) > nowSeconds + horizonSeconds)
      faults.push({ pointer, detail: "more than ten years ahead" });
  }
  return faults;
}

/** Amounts of all milestones in one currency, minor units. */
function readAmounts(body: ProposeEscrow): { amounts: bigint[]; currency: string; faults: Fault[] } {
  const faults: Fault[] = [];
  const amounts: bigint[] = [];
  const currency = body.milestones[0]?.money.currency ?? "";
  for (const [index, { money }] of body.milestones.entries()) {
    const pointer = `/milestones/${index}/money`;
    const parsed = parseAmount(money);
    if (parsed.ok) amounts.push(parsed.money.amountMinor);
    else faults.push({ pointer, detail: parsed.fault });
    if (money.currency !== currency) {
      faults.push({ pointer: `${pointer}/currency`, detail: "all milestones have one currency" });
    }
  }
  const sum = amounts.reduce((total, amount) => total + amount, 0n);
  if (sum > amountMinorMax) faults.push({ pointer: "/milestones", detail: "their sum has too many digits" });
  return { amounts, currency, faults };
}

/** The texts in the one form over which the commitment is made: JSON with its keys in order (RFC 8785). */
export function canonicalTexts(texts: {
  readonly title: string;
  readonly text: string;
  readonly milestoneTitles: readonly string[];
}): string {
  const { milestoneTitles, text, title } = texts;
  return JSON.stringify({ milestoneTitles, text, title });
}

/**
 * Turns what was proposed into terms for the ledger.
 * @throws AppError `request.invalid` with every fault and its pointer.
 */
export async function readProposal(gateway: GatewayContext, body: ProposeEscrow): Promise<Proposal> {
  const { store, context, chainId, addresses } = gateway;
  const { amounts, currency, faults: amountFaults } = readAmounts(body);
  const token = await findTokenOf(store.db, body.bank, currency);
  const faults = [
    ...(await partyFaults(store, body)),
    ...(token ? [] : [{ pointer: "/bank", detail: `has no deposit money in ${currency}` }]),
    ...timeFaults(body, context.clock.businessSeconds()),
    ...amountFaults,
  ];
  if (faults.length > 0 || !token) throw new AppError("request.invalid", { in: "body" }, { faults });

  const { buyer, seller, arbiter, title, text, defaultSellerBps } = body;
  const salt = makeSalt();
  const contentSalt = makeSalt();
  const milestoneTitles = body.milestones.map((milestone) => milestone.title);
  const terms: EscrowTerms = {
    salt,
    termsCommitment: commit("terms", canonicalTexts({ title, text, milestoneTitles }), contentSalt),
    token: token.address,
    buyer,
    seller,
    arbiter,
    fundBy: seconds(body.fundBy),
    inspectionSeconds: body.inspectionDays * daySeconds,
    rulingSeconds: body.rulingDays * daySeconds,
    defaultSellerBps,
    milestones: body.milestones.map(({ dueAt }, index) => ({
      amount: String(amounts[index] ?? 0n),
      dueAt: seconds(dueAt),
    })),
  };
  const escrowId = escrowIdOf({ chainId, tradeEscrow: addresses.TradeEscrow, buyer, seller, salt });
  const total = fromMinor(
    amounts.reduce((sum, amount) => sum + amount, 0n),
    currency,
  );
  return { escrowId, terms, contentSalt, total };
}
