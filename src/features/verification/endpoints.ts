import * as z from "zod";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32 } from "../schemas.ts";
import { VerificationView, verifyDeal } from "./queries.ts";

export function createVerificationEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: "get",
      path: "/v1/verifications/{deal}",
      operationId: "verifyDeal",
      summary: "Compare the gateway's view of one's own credit or escrow with the ledger",
      tag: "Verification",
      params: z.strictObject({ deal: Hex32 }),
      replies: { 200: VerificationView },
      handle: async ({ caller, params }) => ({ status: 200, body: await verifyDeal(gateway, caller, params.deal) }),
    }),
  ];
}
