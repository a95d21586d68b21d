import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import { AppError } from "../../shared/errors.ts";
import { insertCommittedText } from "../../store/committedTexts.ts";
import type { Act } from "../acts.ts";
import { tokenOf } from "../deposits/queries.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { accountOf } from "../participants/queries.ts";
import { type MoneyText, toMinor } from "../schemas.ts";

export function createEnforcementCommands({ acts, context, store }: GatewayContext) {
  function ownToken({ participantId }: Caller, currency: string): Promise<string> {
    if (participantId === null) throw new AppError("access.forbidden");
    return tokenOf(store, participantId, currency);
  }

  /** The reason is kept beside the order; its commitment is the last argument of the call. */
  function propose(
    caller: Caller,
    { kind, reason }: { kind: "freeze" | "forced_transfer"; reason: string },
    actOf: (commitment: string) => Act,
  ): Promise<Write> {
    const salt = makeSalt();
    const commitment = commit("reason", reason, salt);
    const { organisationId } = caller;
    return acts.propose(caller, {
      ...actOf(commitment),
      also: (tx, orderId) =>
        insertCommittedText(tx, {
          ...{ commitment, organisationId, kind, text: reason, salt, orderId },
          createdAtMs: context.clock.wallMs(),
        }),
    });
  }

  return {
    /** Says how much of a holder's money is frozen from now on; zero unfreezes. */
    async freeze(caller: Caller, order: { holder: number; money: MoneyText; reason: string }): Promise<Write> {
      const { currency, amountMinor } = toMinor(order.money, "/money", { allowZero: true });
      const token = await ownToken(caller, currency);
      const account = await accountOf(store, order.holder);
      return propose(caller, { kind: "freeze", reason: order.reason }, (commitment) => ({
        kind: "deposit.freeze",
        subject: token,
        // Movements of one account keep their order.
        deals: [account],
        summary: { holder: order.holder, money: order.money, reason: order.reason },
        calls: [{ target: token, data: encodeCall("DepositToken", "setFrozen", [account, amountMinor, commitment]) }],
      }));
    },

    /** Moves money from one participant to another without its consent. */
    async force(caller: Caller, order: { from: number; to: number; money: MoneyText; reason: string }): Promise<Write> {
      const { currency, amountMinor } = toMinor(order.money, "/money");
      const token = await ownToken(caller, currency);
      const from = await accountOf(store, order.from);
      const to = await accountOf(store, order.to);
      return propose(caller, { kind: "forced_transfer", reason: order.reason }, (commitment) => ({
        kind: "deposit.force",
        subject: token,
        deals: from === to ? [from] : [from, to],
        summary: { from: order.from, to: order.to, money: order.money, reason: order.reason },
        calls: [
          { target: token, data: encodeCall("DepositToken", "forceTransfer", [from, to, amountMinor, commitment]) },
        ],
      }));
    },
  };
}
