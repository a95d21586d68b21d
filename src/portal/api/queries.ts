import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type ApiClient, bodyOf } from "./client.ts";
import type { CreditStatus } from "./creditTypes.ts";
import type { EscrowStatus } from "./escrowTypes.ts";
import { keys } from "./keys.ts";
import type { LedgerEvent, Participant } from "./types.ts";

const pageSize = 50;
const pageSizeMax = 200;
/** Proposals and approvals are no events of the ledger, so they are asked for. */
const approvalsEveryMs = 10_000;

export function meQuery(client: ApiClient) {
  return queryOptions({ queryKey: keys.me(), queryFn: () => bodyOf(client.GET("/v1/me")) });
}

export function usersQuery(client: ApiClient) {
  return queryOptions({
    queryKey: keys.users(),
    queryFn: () => bodyOf(client.GET("/v1/users", { params: { query: { limit: pageSizeMax } } })),
  });
}

async function readDirectory(client: ApiClient): Promise<readonly Participant[]> {
  const all: Participant[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { limit: pageSizeMax, ...(cursor && { cursor }) };
    const page = await bodyOf(client.GET("/v1/participants", { params: { query } }));
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return all;
}

/** Names of all participants by their id on the ledger. */
export function directoryQuery(client: ApiClient) {
  return queryOptions({
    queryKey: keys.participants(),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const all = await readDirectory(client);
      return new Map(all.flatMap(({ participantId, name }) => (participantId === null ? [] : [[participantId, name]])));
    },
  });
}

interface ListOptions<Status> {
  readonly status?: Status | undefined;
  readonly enabled: boolean;
}

export function creditsQuery(client: ApiClient, { status, enabled }: ListOptions<CreditStatus>) {
  return infiniteQueryOptions({
    queryKey: keys.credits(status),
    enabled,
    initialPageParam: "",
    queryFn: ({ pageParam }) => {
      const query = { limit: pageSize, ...(status && { status }), ...(pageParam && { cursor: pageParam }) };
      return bodyOf(client.GET("/v1/credits", { params: { query } }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

export function escrowsQuery(client: ApiClient, { status, enabled }: ListOptions<EscrowStatus>) {
  return infiniteQueryOptions({
    queryKey: keys.escrows(status),
    enabled,
    initialPageParam: "",
    queryFn: ({ pageParam }) => {
      const query = { limit: pageSize, ...(status && { status }), ...(pageParam && { cursor: pageParam }) };
      return bodyOf(client.GET("/v1/escrows", { params: { query } }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

export function creditQuery(client: ApiClient, creditId: string) {
  return queryOptions({
    queryKey: keys.credit(creditId),
    queryFn: () => bodyOf(client.GET("/v1/credits/{creditId}", { params: { path: { creditId } } })),
  });
}

export function presentationQuery(client: ApiClient, presentationId: string) {
  return queryOptions({
    queryKey: keys.presentation(presentationId),
    queryFn: () => bodyOf(client.GET("/v1/presentations/{presentationId}", { params: { path: { presentationId } } })),
  });
}

/** Presentations that wait for the own bank's decision. */
export function toExamineQuery(client: ApiClient, enabled: boolean) {
  return queryOptions({
    queryKey: keys.toExamine(),
    enabled,
    queryFn: () => {
      const query = { queue: "examining", limit: pageSize } as const;
      return bodyOf(client.GET("/v1/presentations", { params: { query } }));
    },
  });
}

export function escrowQuery(client: ApiClient, escrowId: string) {
  return queryOptions({
    queryKey: keys.escrow(escrowId),
    queryFn: () => bodyOf(client.GET("/v1/escrows/{escrowId}", { params: { path: { escrowId } } })),
  });
}

/** The whole history of one subject, in order. */
export function eventsQuery(client: ApiClient, subject: string) {
  return queryOptions({
    queryKey: keys.events(subject),
    queryFn: async () => {
      const all: LedgerEvent[] = [];
      for (let after = 0; ; ) {
        const query = { subject, after, limit: pageSizeMax };
        const { items, next } = await bodyOf(client.GET("/v1/events", { params: { query } }));
        all.push(...items);
        if (items.length < pageSizeMax) return all;
        after = next;
      }
    },
  });
}

export function accountsQuery(client: ApiClient) {
  return queryOptions({
    queryKey: keys.accounts(),
    queryFn: () => bodyOf(client.GET("/v1/accounts")),
  });
}

export function statementQuery(client: ApiClient, token: string) {
  return infiniteQueryOptions({
    queryKey: keys.statement(token),
    initialPageParam: "",
    queryFn: ({ pageParam }) => {
      const query = { limit: pageSize, ...(pageParam && { cursor: pageParam }) };
      return bodyOf(client.GET("/v1/accounts/{token}/statement", { params: { query, path: { token } } }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

/** Payments between banks, newest first. */
export function paymentsQuery(client: ApiClient) {
  return infiniteQueryOptions({
    queryKey: keys.payments(),
    initialPageParam: "",
    queryFn: ({ pageParam }) => {
      const query = { limit: pageSize, ...(pageParam && { cursor: pageParam }) };
      return bodyOf(client.GET("/v1/payments", { params: { query } }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

/** Acts that wait for a second person. */
export function waitingApprovalsQuery(client: ApiClient) {
  const status = "awaiting_approval";
  return queryOptions({
    queryKey: keys.approvals(status),
    refetchInterval: approvalsEveryMs,
    queryFn: () => {
      const query = { status, limit: pageSize } as const;
      return bodyOf(client.GET("/v1/approvals", { params: { query } }));
    },
  });
}

export function approvalQuery(client: ApiClient, approvalId: string) {
  return queryOptions({
    queryKey: keys.approval(approvalId),
    refetchInterval: approvalsEveryMs,
    queryFn: () => bodyOf(client.GET("/v1/approvals/{approvalId}", { params: { path: { approvalId } } })),
  });
}
