import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import { redemptionIdOf } from "../../chain/dealIds.ts";
import { AppError } from "../../shared/errors.ts";
import { insertCommittedText } from "../../store/committedTexts.ts";
import { tokenOf } from "../deposits/queries.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";
import { type MoneyText, toMinor } from "../schemas.ts";
import { getRedemption } from "./queries.ts";

interface Answer {
  readonly kind: "redemption_payout" | "give_back";
  /** The reference of the payment, or the reason. */
  readonly text: string;
}

export function createRedemptionCommands(gateway: GatewayContext) {
  const { acts, addresses, context, store } = gateway;

  /** What ends a redemption at the bank's side, with the words that stand on the ledger as a commitment. */
  async function answer(caller: Caller, id: string, given: Answer): Promise<Write> {
    const { text } = given;
    const { holder, money } = await getRedemption(gateway, caller, id);
    const salt = makeSalt();
    const isPaid = given.kind === "redemption_payout";
    const commitment = commit(isPaid ? "redemption" : "reason", text, salt);
    const args = [id, commitment];
    return acts.propose(caller, {
      kind: isPaid ? "redemption.confirm" : "redemption.give_back",
      subject: id,
      summary: {
        ...{ redemption: id, holder: holder.participantId, money },
        ...(isPaid ? { payoutReference: text } : { reason: text }),
      },
      calls: [
        { target: addresses.Redemptions, data: encodeCall("Redemptions", isPaid ? "confirm" : "giveBack", args) },
      ],
      also: (tx, orderId) =>
        insertCommittedText(tx, {
          ...{ commitment, organisationId: caller.organisationId, kind: given.kind, text, salt, orderId },
          createdAtMs: context.clock.wallMs(),
        }),
    });
  }

  return {
    /** The caller wants its own money paid out by this bank. */
    async request(caller: Caller, asked: { bank: number; money: MoneyText; reference: string }): Promise<Write> {
      const { organisationId, participantId: holder } = caller;
      if (holder === null) throw new AppError("access.forbidden");
      const { currency, amountMinor } = toMinor(asked.money, "/money");
      const token = await tokenOf(store, asked.bank, currency);
      const { account, lei_salt: ownSalt } = await getOrganisation(store, organisationId);
      // The holder's own secret salt: the same reference works once, and nobody else can confirm a guess of it.
      const ref = commit("redemption", asked.reference, ownSalt);
      const id = redemptionIdOf({ holder, token, ref });
      return acts.propose(caller, {
        kind: "redemption.request",
        subject: id,
        // Movements of one account keep their order.
        deals: [account ?? id],
        summary: { bank: asked.bank, money: asked.money, reference: asked.reference },
        calls: [
          { target: addresses.Redemptions, data: encodeCall("Redemptions", "request", [token, amountMinor, ref]) },
        ],
        also: (tx, orderId) =>
          insertCommittedText(tx, {
            ...{
              commitment: ref,
              organisationId,
              kind: "redemption_request",
              text: asked.reference,
              salt: null,
              orderId,
            },
            createdAtMs: context.clock.wallMs(),
          }),
      });
    },

    /** The holder takes its request back. */
    withdraw(caller: Caller, id: string): Promise<Write> {
      return acts.propose(caller, {
        kind: "redemption.withdraw",
        subject: id,
        summary: { redemption: id },
        calls: [{ target: addresses.Redemptions, data: encodeCall("Redemptions", "withdraw", [id]) }],
      });
    },

    /** The bank says that it paid, under its own reference. */
    confirm: (caller: Caller, id: string, text: string) => answer(caller, id, { kind: "redemption_payout", text }),

    /** The bank gives the money back. */
    giveBack: (caller: Caller, id: string, text: string) => answer(caller, id, { kind: "give_back", text }),
  };
}
