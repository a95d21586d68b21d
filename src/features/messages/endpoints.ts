import * as z from "zod";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { PageQuery, ParticipantIdInBody, pageOf, Uuid } from "../schemas.ts";
import { createMessageCommands } from "./commands.ts";
import { getMessage, getMessageText, listOwnMessages } from "./queries.ts";
import { MessageSummary, MessageView } from "./views.ts";

const tag = "Messages";
/** A FIN message has at most 10,000 characters; a file may be a little longer. */
const textMax = 20_000;
const MessagePath = z.strictObject({ messageId: Uuid });

const Reissue = z.strictObject({
  /** Field 20 of the new message. */
  reference: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,15}$/),
  /** Every date moves by this many weeks, so that weekdays stay. From 1980, the first year of a message, back to 1900. */
  weeks: z.int().min(-4_000).max(4_000),
  placeOfExpiry: z.string().trim().min(1).max(29).optional(),
  parties: z.strictObject({
    applicant: ParticipantIdInBody,
    beneficiary: ParticipantIdInBody,
    advisingBank: ParticipantIdInBody,
    nominatedBank: ParticipantIdInBody,
    secondAdvisingBank: ParticipantIdInBody.optional(),
  }),
});

function reissueEndpoint(gateway: GatewayContext): Endpoint {
  const commands = createMessageCommands(gateway);
  return defineEndpoint({
    tag,
    method: "post",
    path: "/v1/messages/{messageId}/reissue",
    operationId: "reissueMessage",
    summary: "Sandbox: issue a received credit anew, with other dates and parties, in today's release",
    roles: ["maker"],
    organisationRoles: ["bank"],
    params: MessagePath,
    body: Reissue,
    replies: { 201: MessageView },
    errors: [
      "message.duplicate",
      "message.invalid",
      "message.not_writable",
      "message.malformed",
      "message.type_unsupported",
    ],
    handle: ({ caller, params, body }) => commands.reissue(caller, params.messageId, body),
  });
}

/** Messages of banks, one folder per organisation: U15 rests on what was received and sent. */
export function createMessageEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createMessageCommands(gateway);
  const { store } = gateway;

  return [
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/messages",
      operationId: "receiveMessage",
      summary: "Put a SWIFT message into one's own folder",
      roles: ["maker"],
      body: z.strictObject({ text: z.string().min(1).max(textMax) }),
      replies: { 201: MessageView },
      errors: ["message.malformed", "message.invalid", "message.duplicate"],
      handle: ({ caller, body }) => commands.receive(caller, body.text),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/messages",
      operationId: "listMessages",
      summary: "One's own folder of messages",
      query: PageQuery.extend({
        type: z
          .string()
          .regex(/^\d{3}$/)
          .optional(),
      }),
      replies: { 200: pageOf(MessageSummary) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listOwnMessages(store, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/messages/{messageId}",
      operationId: "getMessage",
      summary: "A message with what reading it found and the terms it states",
      params: MessagePath,
      replies: { 200: MessageView },
      handle: async ({ caller, params }) => ({ status: 200, body: await getMessage(store, caller, params.messageId) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/messages/{messageId}/text",
      operationId: "getMessageText",
      summary: "The message's text as it came",
      params: MessagePath,
      replies: { 200: "text/plain" },
      handle: async ({ caller, params }) => ({
        status: 200,
        contentType: "text/plain",
        body: await getMessageText(store, caller, params.messageId),
      }),
    }),
    ...(gateway.mode === "sandbox" ? [reissueEndpoint(gateway)] : []),
  ];
}
