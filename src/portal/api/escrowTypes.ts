/** Escrows as replies show them; see types.ts. */
import type { MoneyText, PartyRef } from "./types.ts";

export type EscrowStatus = "proposed" | "agreed" | "funded" | "settled" | "lapsed";

export interface EscrowSummary {
  readonly id: string;
  readonly status: EscrowStatus;
  readonly buyer: PartyRef;
  readonly seller: PartyRef;
  readonly arbiter: PartyRef;
  readonly title: string | null;
  readonly total: MoneyText;
  /** Funded and not yet settled. */
  readonly locked: MoneyText;
  readonly fundBy: string;
  readonly proposedAt: string;
}

export interface Milestone {
  readonly position: number;
  readonly title: string | null;
  readonly money: MoneyText;
  readonly status: "open" | "delivered" | "disputed" | "settled";
  readonly dueAt: string;
  readonly deliveredAt: string | null;
  readonly disputedAt: string | null;
  readonly inspectionEndsAt: string | null;
  readonly rulingEndsAt: string | null;
  readonly toSeller: MoneyText | null;
  readonly toBuyer: MoneyText | null;
  readonly timedExit: {
    readonly exit: "default" | "inspected" | "undelivered";
    readonly from: string;
    readonly open: boolean;
  } | null;
}

export interface Escrow extends EscrowSummary {
  readonly proposer: PartyRef;
  readonly bank: PartyRef;
  readonly text: string | null;
  readonly inspectionDays: number;
  readonly rulingDays: number;
  readonly defaultSellerBps: number;
  readonly claimable: { readonly buyer: MoneyText; readonly seller: MoneyText };
  readonly milestones: Milestone[];
  readonly evidence: {
    readonly position: number;
    readonly kind: "delivery" | "dispute";
    readonly by: PartyRef;
    readonly text: string;
  }[];
  readonly lapse: { readonly from: string; readonly open: boolean } | null;
}
