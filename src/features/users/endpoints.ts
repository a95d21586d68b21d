import * as z from "zod";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint, userRoles } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { ClientSecret, PageQuery, pageOf, Uuid } from "../schemas.ts";
import { createUserCommands } from "./commands.ts";
import { getMe, listUsersOf, MeView, UserView } from "./queries.ts";
import { rotateKey } from "./rotateKey.ts";

const tag = "Users";
const UserPath = z.strictObject({ userId: Uuid });

function adminEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createUserCommands(gateway);
  const byAdmin = { tag, method: "post", roles: ["admin"] } as const;
  return [
    defineEndpoint({
      ...byAdmin,
      path: "/v1/users",
      operationId: "inviteUser",
      summary: "Invite a user into one's own organisation",
      body: z.strictObject({
        name: z.string().trim().min(1).max(140),
        role: z.enum(userRoles),
        invitation: ClientSecret,
      }),
      replies: { 201: UserView },
      handle: async ({ caller, body }) => commands.invite(caller, body),
    }),
    defineEndpoint({
      ...byAdmin,
      path: "/v1/users/{userId}/activate",
      operationId: "activateUser",
      summary: "Give the key of a user who has accepted its place on the ledger",
      params: UserPath,
      replies: { 202: ActReply },
      errors: [
        "user.wrong_state",
        "participant.wrong_state",
        "key.exists",
        "key.purposes_invalid",
        "key.signer_invalid",
      ],
      handle: ({ caller, params }) => commands.activate(caller, params.userId),
    }),
    defineEndpoint({
      ...byAdmin,
      path: "/v1/users/{userId}/disable",
      operationId: "disableUser",
      summary: "End a user's access at once, and take its key off the ledger",
      params: UserPath,
      // 200: it had no key on the ledger. 202: its key goes with the order that is proposed.
      replies: { 200: UserView, 202: ActReply },
      errors: ["user.wrong_state", "key.indispensable", "key.unknown"],
      handle: ({ caller, params }) => commands.disable(caller, params.userId),
    }),
  ];
}

export function createUserEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/me",
      operationId: "getMe",
      summary: "Who one is, and for which organisation one acts",
      replies: { 200: MeView },
      handle: async ({ caller }) => ({ status: 200, body: await getMe(gateway.store, caller) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/users",
      operationId: "listUsers",
      summary: "Users of one's own organisation",
      query: PageQuery,
      replies: { 200: pageOf(UserView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await listUsersOf(gateway.store, caller, query) }),
    }),
    ...adminEndpoints(gateway),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/keys/rotate",
      operationId: "rotateKey",
      summary: "Replace one's own credential by a secret of one's own making",
      body: z.strictObject({ secret: ClientSecret }),
      replies: { 201: z.strictObject({ keyId: z.string() }) },
      handle: ({ caller, body }) => rotateKey(gateway, caller, body.secret),
    }),
  ];
}
