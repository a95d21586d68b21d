import { commit } from "../../chain/commitment.ts";
import { encodeCall, letterBytes } from "../../chain/contractSet.ts";
import { paymentIdOf } from "../../chain/dealIds.ts";
import { AppError } from "../../shared/errors.ts";
import { insertPaymentContent } from "../../store/payments.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";
import { type MoneyText, toMinor } from "../schemas.ts";

export interface PaymentOrder {
  /** Bank at which the caller holds its money. */
  readonly payerBank: number;
  readonly payee: number;
  readonly payeeBank: number;
  readonly money: MoneyText;
  readonly endToEndId: string;
  readonly purpose?: string | undefined;
  readonly remittance?: string | undefined;
}

export function createPaymentCommands({ acts, addresses, context, store }: GatewayContext) {
  return {
    /** Pays out of the caller's own money at one bank to a customer of another. */
    async pay(caller: Caller, order: PaymentOrder): Promise<Write> {
      const { participantId: payer } = caller;
      if (payer === null) throw new AppError("access.forbidden");
      const { payerBank, payee, payeeBank, endToEndId, purpose = null, remittance = null } = order;
      const { currency, amountMinor } = toMinor(order.money, "/money");
      const { account, lei_salt: salt } = await getOrganisation(store, caller.organisationId);
      // The payer's own secret salt: the same reference pays once, and nobody else can confirm a guess of it.
      const ref = commit("payment", endToEndId, salt);
      const payment = { payerBank, payee, payeeBank, currency: letterBytes(currency), amount: amountMinor, ref };
      const id = paymentIdOf({ payer, payeeBank, currency: payment.currency, ref });
      const { organisationId } = caller;
      return acts.propose(caller, {
        kind: "payment.make",
        subject: id,
        // Movements of one account keep their order.
        deals: [account ?? id],
        summary: { payerBank, payee, payeeBank, money: order.money, endToEndId, purpose, remittance },
        calls: [{ target: addresses.ClearingHouse, data: encodeCall("ClearingHouse", "pay", [payment]) }],
        also: (tx, orderId) =>
          insertPaymentContent(tx, {
            ...{ orderId, paymentId: id, organisationId, endToEndId, purpose, remittance },
            createdAtMs: context.clock.wallMs(),
          }),
      });
    },

    /** A bank says how much another may owe it in a currency; zero withdraws what it granted. */
    setLimit(caller: Caller, { debtor, money }: { debtor: number; money: MoneyText }): Promise<Write> {
      const { currency, amountMinor } = toMinor(money, "/money", { allowZero: true });
      const args = [debtor, letterBytes(currency), amountMinor];
      return acts.propose(caller, {
        kind: "limit.set",
        subject: `${caller.participantId}:${debtor}:${currency}`,
        summary: { debtor, money },
        calls: [{ target: addresses.ClearingHouse, data: encodeCall("ClearingHouse", "setLimit", args) }],
      });
    },
  };
}
