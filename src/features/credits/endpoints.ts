import * as z from "zod";
import type { Code } from "../../shared/errors/codes.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { PageQuery, ParticipantIdText, pageOf } from "../schemas.ts";
import { getMt730 } from "./acknowledgement.ts";
import { createCreditCommands } from "./commands.ts";
import { createDraftCommands } from "./draftCommands.ts";
import { getCredit, listVisibleCredits } from "./queries.ts";
import { CreditPath, CreditStatus, CreditSummary, CreditView, DraftRequest, Reason } from "./schemas.ts";

const tag = "Credits";

/** Refusals that the simulation of any order may show. */
const orderCodes: readonly Code[] = ["order.signer_unknown", "order.not_authorised", "contract.refused"];
const draftCodes: readonly Code[] = [
  "credit.draft_contradictory",
  "credit.availability_not_built",
  "credit.message_unsuitable",
  "credit.reference_used",
  "message.type_unsupported",
  "message.incomplete",
  "message.invalid",
];

/** Drafts of the issuing bank and their issue. */
function draftEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const drafts = createDraftCommands(gateway);
  const commands = createCreditCommands(gateway);
  const ofIssuer = { tag, roles: ["maker"], organisationRoles: ["bank"] } as const;

  return [
    defineEndpoint({
      ...ofIssuer,
      method: "post",
      path: "/v1/credits",
      operationId: "draftCredit",
      summary: "Draft a credit, from an own outgoing MT700 or in structured terms",
      body: DraftRequest,
      replies: { 201: CreditView },
      errors: draftCodes,
      handle: ({ caller, body }) => drafts.draft(caller, body),
    }),
    defineEndpoint({
      ...ofIssuer,
      method: "put",
      path: "/v1/credits/{creditId}",
      operationId: "editCredit",
      summary: "Replace a draft; its open approvals are void",
      params: CreditPath,
      body: DraftRequest,
      replies: { 200: CreditView },
      errors: [...draftCodes, "credit.not_draft", "credit.draft_changed"],
      handle: ({ caller, params, body }) => drafts.edit(caller, params.creditId, body),
    }),
    defineEndpoint({
      ...ofIssuer,
      method: "post",
      path: "/v1/credits/{creditId}/issue",
      operationId: "issueCredit",
      summary: "Propose the issue of a draft, for a second person's approval",
      params: CreditPath,
      replies: { 202: ActReply },
      errors: [
        ...orderCodes,
        "credit.not_draft",
        "credit.draft_changed",
        "credit.not_entitled",
        "credit.exists",
        "credit.terms_invalid",
        "credit.party_inactive",
        "calendar.not_published",
      ],
      handle: ({ caller, params }) => commands.issue(caller, params.creditId),
    }),
  ];
}

function readEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/credits",
      operationId: "listCredits",
      summary: "One's own drafts and the credits that one is a party of",
      query: PageQuery.extend({
        status: CreditStatus.optional(),
        party: ParticipantIdText.optional(),
        reference: z.string().min(1).max(16).optional(),
      }),
      replies: { 200: pageOf(CreditSummary) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listVisibleCredits(gateway, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/credits/{creditId}",
      operationId: "getCredit",
      summary: "One credit with its terms, deadlines, liabilities and presentations",
      params: CreditPath,
      replies: { 200: CreditView },
      handle: async ({ caller, params }) => ({ status: 200, body: await getCredit(gateway, caller, params.creditId) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/credits/{creditId}/mt730",
      operationId: "getAcknowledgementMessage",
      summary: "The MT730 that the advising or confirming bank would send",
      params: CreditPath,
      replies: { 200: "text/plain" },
      errors: ["credit.content_missing", "message.not_writable"],
      handle: async ({ caller, params }) => ({
        status: 200,
        contentType: "text/plain",
        body: await getMt730(gateway, caller, params.creditId),
      }),
    }),
  ];
}

const adviceCodes: readonly Code[] = [
  ...orderCodes,
  "credit.unknown",
  "credit.not_entitled",
  "credit.wrong_status",
  "credit.advice_wrong_state",
];
const confirmationCodes: readonly Code[] = [
  ...orderCodes,
  "credit.unknown",
  "confirmation.not_entitled",
  "confirmation.not_asked",
  "confirmation.wrong_state",
  "confirmation.credit_not_live",
  "calendar.not_published",
];

/** What banks answer to a credit, and its end. */
function answerEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createCreditCommands(gateway);
  const act = { tag, method: "post", roles: ["maker"], params: CreditPath, replies: { 202: ActReply } } as const;
  const ofBank = { ...act, organisationRoles: ["bank"] } as const;
  return [
    defineEndpoint({
      ...ofBank,
      path: "/v1/credits/{creditId}/advise",
      operationId: "adviseCredit",
      summary: "Advise the credit as it was received",
      errors: [...adviceCodes, "credit.terms_differ", "credit.content_missing"],
      handle: ({ caller, params }) => commands.advise(caller, params.creditId),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/credits/{creditId}/decline-advice",
      operationId: "declineAdvice",
      summary: "Say that one's bank will not advise, and why",
      body: Reason,
      errors: adviceCodes,
      handle: ({ caller, params, body }) => commands.declineAdvice(caller, params.creditId, body.reason),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/credits/{creditId}/confirm",
      operationId: "confirmCredit",
      summary: "Add one's bank's own undertaking",
      errors: [...confirmationCodes, "confirmation.token_invalid", "confirmation.party_inactive"],
      handle: ({ caller, params }) => commands.confirm(caller, params.creditId),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/credits/{creditId}/decline-confirmation",
      operationId: "declineConfirmation",
      summary: "Say that one's bank will not confirm, and why",
      body: Reason,
      errors: confirmationCodes,
      handle: ({ caller, params, body }) => commands.declineConfirmation(caller, params.creditId, body.reason),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/credits/{creditId}/close",
      operationId: "closeCredit",
      summary: "State that an expired credit has ended",
      errors: [
        ...orderCodes,
        "credit.unknown",
        "credit.wrong_status",
        "credit.not_expired",
        "credit.presentations_open",
        "calendar.not_published",
      ],
      handle: ({ caller, params }) => commands.close(caller, params.creditId),
    }),
  ];
}

/** Documentary credits from draft to end (U01, U02, U09 to U17, U50). */
export function createCreditEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...draftEndpoints(gateway), ...readEndpoints(gateway), ...answerEndpoints(gateway)];
}
