import * as z from "zod";
import { keyPurposes } from "../../domain/roles.ts";
import { contractErrorCodes } from "../../shared/errors/contractErrorCodes.ts";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { createOrderCommands } from "./commands.ts";
import { getOrderDomain, OrderDomainView } from "./queries.ts";

const tag = "Orders";
const signerPattern = /^0x(?:[0-9a-f]{40}|[0-9a-f]{168})$/;
const Signer = z.string().regex(signerPattern, "an address, or a verifier and a P-256 key, in lower-case hex");

/** Any bytes up to so many, whole, in lower-case hex. */
function hex(minBytes: number, maxBytes: number) {
  const pattern = new RegExp(`^0x(?:[0-9a-f]{2}){${minBytes},${maxBytes}}$`);
  return z.string().regex(pattern, `${minBytes} to ${maxBytes} bytes in lower-case hex`);
}

const uint256Max = (1n << 256n) - 1n;
const Nonce = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,77})$/, { abort: true, error: "a whole number in digits" })
  .refine((digits) => BigInt(digits) <= uint256Max, "below 2^256");

/** The end of the year 9999, as far as an instant can be written. */
const latestDeadline = 253_402_300_799;

const SignedOrderBody = z.strictObject({
  /** `all_or_nothing` was signed as `Order`, `one_by_one` as `Batch`. */
  mode: z.enum(["all_or_nothing", "one_by_one"]),
  calls: z
    .array(z.strictObject({ target: hex(20, 20), data: hex(4, 16_384) }))
    .min(1)
    .max(50),
  /** Keyed: the high 192 bits name a lane, the low 64 count in it. */
  nonce: Nonce,
  /** Seconds since 1970, as it was signed. */
  deadline: z.int().min(0).max(latestDeadline),
  approvals: z
    .array(z.strictObject({ signer: Signer, signature: hex(0, 4_096) }))
    .min(1)
    .max(16),
});
export type SignedOrderBody = z.infer<typeof SignedOrderBody>;

export function createOrderEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createOrderCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/orders/domain",
      operationId: "getOrderDomain",
      summary: "What a client needs to sign orders of its own account",
      replies: { 200: OrderDomainView },
      errors: ["participant.wrong_state"],
      handle: async ({ caller }) => ({ status: 200, body: await getOrderDomain(gateway, caller) }),
    }),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/orders",
      operationId: "sendOrder",
      summary: "Send an order that one's own keys signed",
      roles: ["maker", "checker", "admin"],
      body: SignedOrderBody,
      replies: { 202: ActReply },
      // Any contract of the set may refuse the order at this moment.
      errors: contractErrorCodes,
      handle: ({ caller, body }) => commands.send(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/account-keys",
      operationId: "addAccountKey",
      summary: "Give a key of one's own making purposes on the ledger",
      roles: ["admin"],
      body: z.strictObject({ signer: Signer, purposes: z.array(z.enum(keyPurposes)).min(1).max(4) }),
      replies: { 202: ActReply },
      errors: ["participant.wrong_state", "key.exists", "key.signer_invalid", "key.purposes_invalid"],
      handle: ({ caller, body }) => commands.addKey(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/account-keys/remove",
      operationId: "removeAccountKey",
      summary: "Take a key off one's own account",
      roles: ["admin"],
      body: z.strictObject({ signer: Signer }),
      replies: { 202: ActReply },
      errors: ["participant.wrong_state", "key.unknown", "key.indispensable"],
      handle: ({ caller, body }) => commands.removeKey(caller, body.signer),
    }),
  ];
}
