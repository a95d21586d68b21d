import * as z from "zod";
import { ActReply } from "../actReply.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { Hex32, MoneyText, PageQuery, ParticipantIdInBody, pageOf } from "../schemas.ts";
import { createPaymentCommands } from "./commands.ts";
import { getLimits, getPayment, getPayments, LimitView, PaymentView } from "./queries.ts";

const tag = "Payments";

/** Characters that every ISO 20022 and SWIFT message can carry. */
const latin = (max: number) => z.string().regex(new RegExp(`^[0-9A-Za-z/?:().,'+ -]{1,${max}}$`));

const PaymentBody = z.strictObject({
  payerBank: ParticipantIdInBody,
  payee: ParticipantIdInBody,
  payeeBank: ParticipantIdInBody,
  money: MoneyText,
  /** EndToEndIdentification: Max35Text. */
  endToEndId: latin(35),
  /** A code of the external list ExternalPurpose1Code, all of which have four characters. */
  purpose: z
    .string()
    .regex(/^[A-Z0-9]{4}$/)
    .optional(),
  /** RemittanceInformation, Unstructured: Max140Text. */
  remittance: latin(140).optional(),
});

export function createPaymentEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [...paymentEndpoints(gateway), ...limitEndpoints(gateway)];
}

function paymentEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createPaymentCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      path: "/v1/payments",
      operationId: "makePayment",
      summary: "Pay a customer of the same or another bank out of one's own money",
      body: PaymentBody,
      replies: { 202: ActReply },
      errors: [
        "participant.unknown",
        "clearing.token_unknown",
        "clearing.limit_exceeded",
        "deposit.insufficient",
        "deposit.moratorium",
        "deposit.reference_used",
        "payment.to_self",
        "order.signer_unknown",
        "order.not_authorised",
        "contract.refused",
      ],
      handle: ({ caller, body }) => commands.pay(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/payments",
      operationId: "listPayments",
      summary: "Payments that one makes, gets, or books as a bank, newest first",
      query: PageQuery,
      replies: { 200: pageOf(PaymentView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getPayments(gateway.store, caller, query) }),
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/payments/{paymentId}",
      operationId: "getPayment",
      summary: "One payment",
      params: z.strictObject({ paymentId: Hex32 }),
      replies: { 200: PaymentView },
      handle: async ({ caller, params }) => ({
        status: 200,
        body: await getPayment(gateway.store, caller, params.paymentId),
      }),
    }),
  ];
}

/** What banks grant each other for the payments of their customers. */
function limitEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  const commands = createPaymentCommands(gateway);
  return [
    defineEndpoint({
      tag,
      method: "post",
      roles: ["maker"],
      organisationRoles: ["bank"],
      path: "/v1/limits",
      operationId: "setLimit",
      summary: "Say how much another bank may owe this one in a currency",
      body: z.strictObject({ debtor: ParticipantIdInBody, money: MoneyText }),
      replies: { 202: ActReply },
      errors: ["token.currency_unknown", "clearing.bank_invalid", "clearing.bank_suspended", "clearing.limit_invalid"],
      handle: ({ caller, body }) => commands.setLimit(caller, body),
    }),
    defineEndpoint({
      tag,
      method: "get",
      organisationRoles: ["bank"],
      path: "/v1/limits",
      operationId: "listLimits",
      summary: "Limits that this bank granted and was granted, and what is owed under them",
      query: PageQuery,
      replies: { 200: pageOf(LimitView) },
      handle: async ({ caller, query }) => ({ status: 200, body: await getLimits(gateway.store, caller, query) }),
    }),
  ];
}
