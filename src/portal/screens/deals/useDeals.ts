import { useInfiniteQuery } from "@tanstack/react-query";
import type { CreditStatus, CreditSummary } from "../../api/creditTypes.ts";
import type { EscrowStatus, EscrowSummary } from "../../api/escrowTypes.ts";
import { creditsQuery, escrowsQuery } from "../../api/queries.ts";
import { useSession } from "../../api/useSession.ts";
import type { DealStatusName } from "../../ui/DealStatus.tsx";

export const creditStatuses = ["draft", "issued", "expired", "closed"] as const satisfies readonly CreditStatus[];
export const escrowStatuses = [
  "proposed",
  "agreed",
  "funded",
  "settled",
  "lapsed",
] as const satisfies readonly EscrowStatus[];

export type Deal =
  | { readonly kind: "credit"; readonly deal: CreditSummary }
  | { readonly kind: "escrow"; readonly deal: EscrowSummary };

/** What a text in the address stands for; anything unknown is no filter. */
export function toStatus(text: string | null): DealStatusName | undefined {
  return [...creditStatuses, ...escrowStatuses].find((status) => status === text);
}

const beganAt = ({ kind, deal }: Deal) => (kind === "credit" ? (deal.issuedAt ?? "9") : deal.proposedAt);

/** Credits and escrows that have the status, newest first; drafts before everything. */
export function useDeals(status: DealStatusName | undefined) {
  const { client } = useSession();
  const creditStatus = creditStatuses.find((one) => one === status);
  const escrowStatus = escrowStatuses.find((one) => one === status);
  const credits = useInfiniteQuery(creditsQuery(client, { status: creditStatus, enabled: escrowStatus === undefined }));
  const escrows = useInfiniteQuery(escrowsQuery(client, { status: escrowStatus, enabled: creditStatus === undefined }));
  const wanted = [...(escrowStatus === undefined ? [credits] : []), ...(creditStatus === undefined ? [escrows] : [])];
  const deals: Deal[] = [
    ...(escrowStatus === undefined ? (credits.data?.pages ?? []) : [])
      .flatMap(({ items }) => items)
      .map((deal) => ({ kind: "credit", deal }) as const),
    ...(creditStatus === undefined ? (escrows.data?.pages ?? []) : [])
      .flatMap(({ items }) => items)
      .map((deal) => ({ kind: "escrow", deal }) as const),
  ];
  deals.sort((one, other) => (beganAt(one) < beganAt(other) ? 1 : -1));
  return {
    deals,
    isComplete: wanted.every(({ data }) => data !== undefined),
    error: wanted.find(({ error }) => error)?.error ?? null,
    hasMore: wanted.some(({ hasNextPage }) => hasNextPage),
    readMore: () => Promise.all(wanted.map((list) => list.hasNextPage && list.fetchNextPage())),
    readAgain: () => Promise.all(wanted.map((list) => list.refetch())),
  };
}
