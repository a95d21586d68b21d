import type { CodeRow } from "./row.ts";

/** Who may ask: credentials, roles, four eyes. */
export const accessCodes = {
  "access.unauthenticated": {
    status: 401,
    retry: false,
    title: "Credentials are missing or not valid",
    page: "Send `Authorization: Bearer <API key>` with a key that is active.",
  },
  "access.forbidden": {
    status: 403,
    retry: false,
    title: "Your role does not allow this",
    page: "Your user is known, but its role or its organisation's role may not do this act.",
  },
  "access.own_act": {
    status: 403,
    retry: false,
    title: "A maker cannot approve its own act",
    page: "An act that binds a bank or moves its money needs a second person: another user with an approving role.",
  },
  "invitation.not_open": {
    status: 404,
    retry: false,
    title: "The invitation is not open",
    page: "It was accepted already, or the user id and the invitation do not belong together.",
  },
  "user.wrong_state": {
    status: 409,
    retry: false,
    title: "The user's state does not allow this",
    page: "The facts show whether the user is invited, accepted, active or disabled.",
  },
  "participant.wrong_state": {
    status: 409,
    retry: false,
    title: "The organisation is not ready for this",
    page: "It is admitted already, or some of its founding users have not accepted their invitations.",
  },
  "approval.wrong_state": {
    status: 409,
    retry: false,
    title: "The approval is no longer open",
    page: "It was approved, rejected, withdrawn, voided by an edit, or it lapsed. Propose the act again.",
  },
} as const satisfies Record<string, CodeRow>;
