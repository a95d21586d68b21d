import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type * as z from "zod";
import type { ActReply } from "../../src/features/actReply.ts";
import type { ApprovalView } from "../../src/features/approvals/queries.ts";
import type { CreditSummary, CreditView } from "../../src/features/credits/schemas.ts";
import type { AccountView, PostingView } from "../../src/features/deposits/queries.ts";
import type { EscrowSummary, EscrowView } from "../../src/features/escrows/queries.ts";
import type { EventView } from "../../src/features/events/endpoints.ts";
import type { ParticipantView } from "../../src/features/participants/queries.ts";
import type { PaymentView } from "../../src/features/payments/queries.ts";
import type { PresentationSummary, PresentationView } from "../../src/features/presentations/queries.ts";
import type { MeView, UserView } from "../../src/features/users/queries.ts";
import type { problemSchema } from "../../src/http/problem.ts";
import type * as credit from "../../src/portal/api/creditTypes.ts";
import type * as escrow from "../../src/portal/api/escrowTypes.ts";
import type { paths } from "../../src/portal/api/paths.ts";
import type * as portal from "../../src/portal/api/types.ts";

/** Fails to compile where a view of the gateway is not what the portal takes it for. */
type Reads<Known, View extends Known> = [Known, View];

type Compared = [
  Reads<portal.Account, z.infer<typeof AccountView>>,
  Reads<portal.Act, ActReply>,
  Reads<portal.Approval, ApprovalView>,
  Reads<portal.LedgerEvent, z.infer<typeof EventView>>,
  Reads<portal.Me, MeView>,
  Reads<portal.Participant, ParticipantView>,
  Reads<portal.Payment, PaymentView>,
  Reads<portal.Posting, PostingView>,
  Reads<portal.Problem, z.infer<typeof problemSchema>>,
  Reads<portal.User, UserView>,
  Reads<credit.Credit, CreditView>,
  Reads<credit.CreditSummary, CreditSummary>,
  Reads<credit.Presentation, PresentationView>,
  Reads<credit.PresentationSummary, PresentationSummary>,
  Reads<escrow.Escrow, EscrowView>,
  Reads<escrow.EscrowSummary, z.infer<typeof EscrowSummary>>,
];

const compared: Compared["length"] = 16;

/** Every address that the portal calls; the compiler misses none. */
const called: { readonly [Address in keyof paths]: keyof paths[Address] } = {
  "/v1/me": "get",
  "/v1/users": "get",
  "/v1/participants": "get",
  "/v1/sandbox/clock": "get",
  "/v1/credits": "get",
  "/v1/credits/{creditId}": "get",
  "/v1/presentations": "get",
  "/v1/presentations/{presentationId}": "get",
  "/v1/escrows": "get",
  "/v1/escrows/{escrowId}": "get",
  "/v1/events": "get",
  "/v1/accounts": "get",
  "/v1/accounts/{token}/statement": "get",
  "/v1/payments": "get",
  "/v1/approvals": "get",
  "/v1/approvals/{approvalId}": "get",
  "/v1/approvals/{approvalId}/approve": "post",
  "/v1/approvals/{approvalId}/reject": "post",
};

describe("The portal's idea of the API", () => {
  it(`fits ${compared} views of the gateway, as the compiler compares them, and names only calls that exist`, () => {
    const file = path.join(import.meta.dirname, "..", "..", "docs", "api", "openapi.json");
    const { paths: described } = JSON.parse(readFileSync(file, "utf8")) as { paths: Record<string, object> };
    const unknown = Object.entries(called).filter(([address, method]) => !(method in (described[address] ?? {})));
    expect(unknown).to.deep.equal([]);
  });
});
