import type { Credit, CreditStatus, CreditSummary, Presentation, PresentationSummary } from "./creditTypes.ts";
import type { Escrow, EscrowStatus, EscrowSummary } from "./escrowTypes.ts";
import type {
  Account,
  Act,
  Approval,
  ApprovalStatus,
  LedgerEvent,
  Me,
  Page,
  Participant,
  Payment,
  Posting,
  Problem,
  User,
} from "./types.ts";

/** Replies in the form in which openapi-typescript writes them. */
interface Replies<Body> {
  200: { content: { "application/json": Body } };
  default: { content: { "application/json": Problem } };
}

type InPath<Path> = [Path] extends [never] ? { path?: never } : { path: Path };

interface Read<Body, Query = never, Path = never> {
  get: { parameters: { query?: Query } & InPath<Path>; responses: Replies<Body> };
}

/** Header parameters of every act: the key that the client makes, and how long it waits for the ledger. */
interface ActHeaders {
  "idempotency-key": string;
  prefer?: string;
}

interface ActOn<Path, Body = never> {
  post: {
    parameters: { header: ActHeaders; path: Path };
    requestBody?: [Body] extends [never] ? never : { content: { "application/json": Body } };
    responses: {
      202: { content: { "application/json": Act } };
      default: { content: { "application/json": Problem } };
    };
  };
}

interface Paging {
  cursor?: string;
  limit?: number;
}

/** The addresses that the portal calls; see types.ts about where this will come from. */
export interface paths {
  "/v1/me": Read<Me>;
  "/v1/users": Read<Page<User>, Paging>;
  "/v1/participants": Read<Page<Participant>, Paging>;
  "/v1/sandbox/clock": Read<{ businessTime: string; offsetSeconds: number }>;
  "/v1/credits": Read<Page<CreditSummary>, Paging & { status?: CreditStatus }>;
  "/v1/credits/{creditId}": Read<Credit, never, { creditId: string }>;
  "/v1/presentations": Read<Page<PresentationSummary>, Paging & { queue?: "examining" }>;
  "/v1/presentations/{presentationId}": Read<Presentation, never, { presentationId: string }>;
  "/v1/escrows": Read<Page<EscrowSummary>, Paging & { status?: EscrowStatus }>;
  "/v1/escrows/{escrowId}": Read<Escrow, never, { escrowId: string }>;
  "/v1/events": Read<{ items: LedgerEvent[]; next: number }, { after?: number; subject?: string; limit?: number }>;
  "/v1/accounts": Read<{ items: Account[] }>;
  "/v1/accounts/{token}/statement": Read<Page<Posting>, Paging, { token: string }>;
  "/v1/payments": Read<Page<Payment>, Paging>;
  "/v1/approvals": Read<Page<Approval>, Paging & { status?: ApprovalStatus }>;
  "/v1/approvals/{approvalId}": Read<Approval, never, { approvalId: string }>;
  "/v1/approvals/{approvalId}/approve": ActOn<{ approvalId: string }>;
  "/v1/approvals/{approvalId}/reject": ActOn<{ approvalId: string }, { reason: string }>;
}
