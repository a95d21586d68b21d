import * as z from "zod";
import type { Code } from "../../shared/errors/codes.ts";
import { limits } from "../../shared/limits.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import {
  Hex32,
  MoneyText,
  PageQuery,
  ParticipantIdInBody,
  ParticipantIdText,
  PlainDateText,
  pageOf,
  Uuid,
} from "../schemas.ts";
import { createPresentationCommands } from "./commands.ts";
import { DisposalWordSchema } from "./disposal.ts";
import {
  decisions,
  getPresentation,
  listVisiblePresentations,
  PresentationSummary,
  PresentationView,
} from "./queries.ts";
import { getMt734 } from "./refusalMessage.ts";

const tag = "Presentations";
const PresentationPath = z.strictObject({ presentationId: Hex32 });

const Present = z.strictObject({
  bank: ParticipantIdInBody,
  amount: MoneyText,
  /** Ids of own documents, in order. */
  documents: z.array(Uuid).min(1).max(limits.documentsPerPresentation),
  /** As the presenter states it, when a transport document is presented (U29). */
  shipmentDate: PlainDateText.optional(),
  replaces: Hex32.optional(),
});

const Refuse = z.strictObject({
  disposal: DisposalWordSchema,
  discrepancies: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[A-Z]{4}$/, "four letters, such as DOCM or LATE"),
        document: z.int().min(0).max(limits.documentsPerPresentation).default(0),
        /** Of UCP 600, which has 39. */
        article: z.int().min(1).max(39),
        text: z.string().trim().min(1).max(2_000),
      }),
    )
    .min(1)
    .max(limits.discrepanciesPerNotice),
});

/** The act, and the id that the presentation has from now on. */
const PresentReply = ActReply.extend({ presentationId: Hex32 });

/** Refusals that the simulation of any order may show. */
const orderCodes: readonly Code[] = ["order.signer_unknown", "order.not_authorised", "contract.refused"];
const examinationCodes: readonly Code[] = [
  ...orderCodes,
  "presentation.not_entitled",
  "presentation.unknown",
  "examination.wrong_state",
  "calendar.not_published",
];

/** Reads, and the notice as a message. */
function readEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/presentations",
      operationId: "listPresentations",
      summary: "Presentations that one's own organisation made or was given",
      query: PageQuery.extend({
        credit: Hex32.optional(),
        decision: z.enum(decisions).optional(),
        queue: z.enum(["examining"]).optional(),
      }),
      replies: { 200: pageOf(PresentationSummary) },
      handle: async ({ caller, query }) => ({
        status: 200,
        body: await listVisiblePresentations(gateway, caller, query),
      }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/presentations/{presentationId}",
      operationId: "getPresentation",
      summary: "A presentation with its documents, its banks' clocks and their decisions",
      params: PresentationPath,
      replies: { 200: PresentationView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getPresentation(gateway, caller, params.presentationId),
      }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/presentations/{presentationId}/mt734",
      operationId: "getRefusalMessage",
      summary: "The MT734 that the refusing bank would send, for it and its receiver",
      params: PresentationPath,
      query: z.strictObject({ bank: ParticipantIdText.optional() }),
      replies: { 200: "text/plain" },
      errors: ["refusal.receiver_not_bank", "message.not_writable"],
      handle: async ({ caller, params, query }) => ({
        status: 200,
        contentType: "text/plain",
        body: await getMt734(gateway, caller, { presentationId: params.presentationId, bank: query.bank }),
      }),
    }),
  ];
}

export function createPresentationEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createPresentationCommands(gateway);
  const act = { tag, method: "post", roles: ["maker"], replies: { 202: ActReply } } as const;
  const ofBank = { ...act, params: PresentationPath, organisationRoles: ["bank"] } as const;

  return [
    defineEndpoint({
      ...act,
      path: "/v1/credits/{creditId}/presentations",
      operationId: "presentDocuments",
      summary: "Present documents under a credit, as its beneficiary",
      params: z.strictObject({ creditId: Hex32 }),
      body: Present,
      replies: { 202: PresentReply },
      errors: [
        ...orderCodes,
        "presentation.not_entitled",
        "presentation.invalid",
        "presentation.bank_not_allowed",
        "presentation.credit_not_live",
        "credit.unknown",
        "credit.amount_unavailable",
        "credit.partial_not_allowed",
        "calendar.not_published",
      ],
      handle: ({ caller, params, body }) => commands.present(caller, params.creditId, body),
    }),
    ...readEndpoints(gateway),
    defineEndpoint({
      ...ofBank,
      path: "/v1/presentations/{presentationId}/forward",
      operationId: "forwardPresentation",
      summary: "Pass the documents on to the next bank",
      body: z.strictObject({ to: ParticipantIdInBody }),
      errors: [...examinationCodes, "presentation.bank_not_allowed"],
      handle: ({ caller, params, body }) => commands.forward(caller, params.presentationId, body.to),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/presentations/{presentationId}/honour",
      operationId: "honourPresentation",
      summary: "Find that the documents comply, and honour",
      errors: [...examinationCodes, "credit.amount_unavailable", "undertaking.exists"],
      handle: ({ caller, params }) => commands.honour(caller, params.presentationId),
    }),
    defineEndpoint({
      ...ofBank,
      path: "/v1/presentations/{presentationId}/refuse",
      operationId: "refusePresentation",
      summary: "Give the one notice of refusal, with every discrepancy",
      body: Refuse,
      errors: [...examinationCodes, "examination.time_over", "refusal.incomplete", "refusal.disposal_not_allowed"],
      handle: ({ caller, params, body }) => commands.refuse(caller, params.presentationId, body),
    }),
    defineEndpoint({
      ...act,
      path: "/v1/presentations/{presentationId}/assert-preclusion",
      operationId: "assertPreclusion",
      summary: "State that a bank's time to decide is over",
      params: PresentationPath,
      body: z.strictObject({ bank: ParticipantIdInBody }),
      errors: [...examinationCodes, "examination.time_not_over"],
      handle: ({ caller, params, body }) => commands.assertPreclusion(caller, params.presentationId, body.bank),
    }),
  ];
}
