import { AppError } from "../../shared/errors.ts";
import { recordAudit } from "../../store/audit.ts";
import { findOrder, findTransaction } from "../../store/orders.ts";
import { requestCancellation } from "../../store/queue.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getTransaction } from "./queries.ts";

export function createTransactionCommands({ acts, context, store }: GatewayContext) {
  /**
   * An act stands on the signatures of those who signed it, so each of them can take back its own while it is not in a
   * block; and a checker can stop any act of its organisation, as it can refuse any proposal. No other maker and no
   * administrator can: to stop an act (a notice of refusal, say, U40) can bind a bank as much as to send it.
   * @throws AppError `request.not_found`, `access.forbidden`
   */
  async function assertMayCancel({ organisationId, userId, role }: Caller, transactionId: string): Promise<void> {
    const transaction = await findTransaction(store.db, organisationId, transactionId);
    if (!transaction) throw new AppError("request.not_found");
    if (role === "checker") return;
    const { order_id: orderId } = transaction;
    const order = orderId === null ? undefined : await findOrder(store.db, organisationId, orderId);
    const hasSigned = order?.approvals.some((approval) => approval.userId === userId) ?? false;
    if (!hasSigned) throw new AppError("access.forbidden", { rolesAllowed: ["checker"], hasSigned });
  }

  return {
    /**
     * Asks that a transaction is not executed. Without a nonce it is cancelled at once; with one, a no-op is sent at the
     * same nonce, never a hole, and which of the two is mined decides. Asking again changes nothing.
     * @throws AppError `request.not_found`, `access.forbidden`, `transaction.wrong_state`
     */
    async cancel(caller: Caller, transactionId: string): Promise<Write> {
      await assertMayCancel(caller, transactionId);
      const { organisationId, userId } = caller;
      return {
        async commit(tx) {
          const after = await requestCancellation(tx, { organisationId, transactionId, userId });
          if (!after) throw new AppError("request.not_found");
          const action = "transaction.cancellation_requested";
          const atMs = context.clock.wallMs();
          await recordAudit(tx, { atMs, organisationId, userId, action, subject: transactionId });
          return { status: 202, body: await getTransaction(tx, caller, transactionId) };
        },
        committed: () => acts.wakeSender(),
      };
    },
  };
}
