import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import type { Caller } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";

const Members = z.array(z.strictObject({ name: z.string(), type: z.string() }));

export const OrderDomainView = z.strictObject({
  domain: z.strictObject({
    name: z.string(),
    version: z.string(),
    chainId: z.int(),
    verifyingContract: z.string(),
  }),
  types: z.strictObject({ Order: Members, Batch: Members, Call: Members, Cancellation: Members, Consent: Members }),
});

const order = [
  { name: "calls", type: "Call[]" },
  { name: "nonce", type: "uint256" },
  { name: "deadline", type: "uint48" },
];

/** EIP-712 types that the keys of an account sign. */
export const accountTypes = {
  Order: order,
  Batch: order,
  Call: [
    { name: "target", type: "address" },
    { name: "data", type: "bytes" },
  ],
  Cancellation: [{ name: "nonce", type: "uint256" }],
  Consent: [{ name: "hash", type: "bytes32" }],
};

/** @throws AppError `participant.wrong_state` before the organisation is admitted */
export async function accountOf({ store }: GatewayContext, caller: Caller): Promise<string> {
  const { account } = await getOrganisation(store, caller.organisationId);
  if (!account) throw new AppError("participant.wrong_state", { status: "invited" });
  return account;
}

export async function getOrderDomain(gateway: GatewayContext, caller: Caller) {
  const verifyingContract = await accountOf(gateway, caller);
  const domain = { name: "Hansa Account", version: "1", chainId: gateway.chainId, verifyingContract };
  return { domain, types: accountTypes };
}
