import * as z from "zod";
import { participantRoles } from "../../domain/roles.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint, userRoles } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { ClientSecret, PageQuery, ParticipantIdText, pageOf, Uuid } from "../schemas.ts";
import { createAdmissionCommands, createEntryCommands, createMoratoriumCommands } from "./commands.ts";
import { getParticipant, listParticipants, ParticipantView } from "./queries.ts";

const tag = "Participants";
const Text = z.string().trim().min(1).max(140);

const InviteParticipant = z.strictObject({
  name: Text,
  lei: z.string().length(20),
  bic: z.string().max(11).optional(),
  country: z.string().regex(/^[A-Z]{2}$/),
  roles: z
    .array(z.enum(participantRoles).exclude(["operator"]))
    .min(1)
    .max(3),
  users: z
    .array(z.strictObject({ name: Text, role: z.enum(userRoles), invitation: ClientSecret }))
    .min(1)
    .max(16),
});

/** A second that the ledger can count, without a fraction that it would drop. */
const Moment = z.iso
  .datetime({ precision: 0, abort: true })
  .refine((text) => Date.parse(text) > 0, "a time after 1970");

const ofOperator = { tag, roles: ["maker"], organisationRoles: ["operator"] } as const;

export function createParticipantEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    ...entryEndpoints(gateway),
    ...admissionEndpoints(gateway),
    ...moratoriumEndpoints(gateway),
    ...directoryEndpoints(gateway),
  ];
}

/** How a party comes in: invited by the operator, its users make their keys. */
function entryEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createEntryCommands(gateway);
  return [
    defineEndpoint({
      ...ofOperator,
      method: "post",
      path: "/v1/participants",
      operationId: "inviteParticipant",
      summary: "Enter a party and invite its first users",
      body: InviteParticipant,
      replies: {
        201: z.strictObject({
          organisationId: z.string(),
          users: z.array(z.strictObject({ userId: z.string(), role: z.enum(userRoles) })),
        }),
      },
      handle: async ({ caller, body }) => commands.invite(caller, body),
    }),
    defineEndpoint({
      method: "post",
      path: "/v1/invitations/accept",
      operationId: "acceptInvitation",
      summary: "Accept an invitation with a credential of one's own making",
      tag,
      access: "public",
      body: z.strictObject({ userId: Uuid, invitation: ClientSecret, secret: ClientSecret }),
      replies: {
        201: z.strictObject({
          keyId: z.string(),
          userId: z.string(),
          organisationId: z.string(),
          role: z.enum(userRoles),
          signer: z.string(),
        }),
      },
      errors: ["invitation.not_open"],
      handle: ({ body }) => commands.accept(body),
    }),
  ];
}

/** What the operator does on the ledger: admission, suspension, and its end. */
function admissionEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createAdmissionCommands(gateway);
  return [
    defineEndpoint({
      ...ofOperator,
      method: "post",
      path: "/v1/organisations/{organisationId}/admit",
      operationId: "admitParticipant",
      summary: "Admit a party whose founding users have made their keys",
      params: z.strictObject({ organisationId: Uuid }),
      replies: { 202: ActReply },
      errors: [
        "participant.wrong_state",
        "participant.exists",
        "participant.roles_invalid",
        "participant.keys_invalid",
      ],
      handle: ({ caller, params }) => commands.admit(caller, params.organisationId),
    }),
    ...(["suspend", "reinstate"] as const).map((act) =>
      defineEndpoint({
        ...ofOperator,
        method: "post",
        path: `/v1/participants/{participantId}/${act}`,
        operationId: `${act}Participant`,
        summary: act === "suspend" ? "No new deals for a participant; live ones go on" : "End a suspension",
        params: z.strictObject({ participantId: ParticipantIdText }),
        body: z.strictObject({ reason: Text }),
        replies: { 202: ActReply },
        errors: ["participant.unknown", "participant.wrong_status"],
        handle: ({ caller, params, body }) =>
          commands.changeStanding(caller, params.participantId, { suspend: act === "suspend", reason: body.reason }),
      }),
    ),
  ];
}

/** What a regulator decides about the banks of its country. */
function moratoriumEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createMoratoriumCommands(gateway);
  const params = z.strictObject({ participantId: ParticipantIdText });
  const ofRegulator = { tag, method: "post", roles: ["maker"], organisationRoles: ["regulator"], params } as const;
  return [
    defineEndpoint({
      ...ofRegulator,
      path: "/v1/participants/{participantId}/moratorium",
      operationId: "declareMoratorium",
      summary: "A bank's deposit money is neither created nor redeemed until a time",
      body: z.strictObject({ until: Moment, reason: Text }),
      replies: { 202: ActReply },
      errors: ["moratorium.not_entitled", "moratorium.end_invalid"],
      handle: ({ caller, params: { participantId }, body }) => commands.declare(caller, participantId, body),
    }),
    defineEndpoint({
      ...ofRegulator,
      path: "/v1/participants/{participantId}/moratorium/lift",
      operationId: "liftMoratorium",
      summary: "End a moratorium before its time",
      body: z.strictObject({ reason: Text }),
      replies: { 202: ActReply },
      errors: ["moratorium.not_entitled", "moratorium.not_in_force"],
      handle: ({ caller, params: { participantId }, body }) => commands.lift(caller, participantId, body.reason),
    }),
  ];
}

function directoryEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: "get",
      path: "/v1/participants",
      operationId: "listParticipants",
      summary: "The network's directory",
      tag,
      query: PageQuery,
      replies: { 200: pageOf(ParticipantView) },
      handle: async ({ query }) => ({ status: 200, body: await listParticipants(gateway.store, query) }),
    }),
    defineEndpoint({
      method: "get",
      path: "/v1/participants/{participantId}",
      operationId: "getParticipant",
      summary: "One participant",
      tag,
      params: z.strictObject({ participantId: ParticipantIdText }),
      replies: { 200: ParticipantView },
      handle: async ({ params }) => ({ status: 200, body: await getParticipant(gateway.store, params.participantId) }),
    }),
  ];
}
