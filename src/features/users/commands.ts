import { randomUUID } from "node:crypto";
import { encodeCall } from "../../chain/contractSet.ts";
import { purposesOf } from "../../domain/roles.ts";
import { AppError } from "../../shared/errors.ts";
import { recordAudit } from "../../store/audit.ts";
import { voidOpenOrders } from "../../store/orders.ts";
import { disableUser, findOrganisation, insertUser } from "../../store/parties.ts";
import type { Transaction } from "../../store/store.ts";
import { hashSecret } from "../credentials.ts";
import type { Caller, UserRole, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { ownUser, type UserView } from "./queries.ts";

/** Acts of an administrator on the users of its own organisation. */
export function createUserCommands(gateway: GatewayContext) {
  const { acts, context, reads, store } = gateway;

  async function audit(tx: Transaction, caller: Caller, entry: { action: string; subject: string }): Promise<void> {
    const { organisationId, userId } = caller;
    await recordAudit(tx, { atMs: context.clock.wallMs(), organisationId, userId, ...entry });
  }

  async function accountOf(caller: Caller): Promise<string | null> {
    const organisation = await findOrganisation(store.db, caller.organisationId);
    return organisation?.account ?? null;
  }

  /** The ledger is asked, not the view: a key that is left standing could act. */
  async function standsOnLedger(account: string | null, signer: string | null): Promise<boolean> {
    if (account === null || signer === null) return false;
    const purposes = await reads.read<number>("ParticipantAccount", account, { fn: "purposesOf", args: [signer] });
    return purposes !== 0;
  }

  return {
    /** An administrator invites a user into its own organisation. The invitation's secret is the client's own. */
    invite(caller: Caller, invited: { name: string; role: UserRole; invitation: string }): Write {
      const { name, role, invitation } = invited;
      const id = randomUUID();
      return {
        async commit(tx) {
          const { organisationId } = caller;
          const createdAtMs = context.clock.wallMs();
          const invitationHash = hashSecret(invitation);
          await insertUser(tx, { id, organisationId, name, role, invitationHash, createdAtMs });
          await audit(tx, caller, { action: "user.invited", subject: id });
          const body: UserView = { userId: id, name, role, status: "invited", signer: null };
          return { status: 201, body };
        },
      };
    },

    /** An order of the organisation's own account gives the user's key the purposes of its role (AUTH-1). */
    async activate(caller: Caller, userId: string): Promise<Write> {
      const user = await ownUser(store, caller, userId);
      const { role, status, signer, name } = user;
      const account = await accountOf(caller);
      if (account === null) throw new AppError("participant.wrong_state", { status: "invited" });
      if (status !== "accepted" || signer === null) throw new AppError("user.wrong_state", { status });
      return acts.propose(caller, {
        kind: "user.activate",
        subject: userId,
        // Changes of an account's keys keep their order.
        deals: [account],
        summary: { userId, name, role, signer, purposes: purposesOf(role) },
        calls: [{ target: account, data: encodeCall("ParticipantAccount", "addKey", [signer, purposesOf(role)]) }],
      });
    },

    /**
     * A user's access ends in the commit. If its key stands on the ledger, an order that removes it is proposed in the
     * same commit; should that order come to nothing, disabling again proposes another.
     */
    async disable(caller: Caller, userId: string): Promise<Write> {
      const { role, status, signer, name } = await ownUser(store, caller, userId);
      // Nobody locks itself out; another administrator must do it.
      if (userId === caller.userId) throw new AppError("access.forbidden", { user: "own" });
      const account = await accountOf(caller);
      if (account !== null && signer !== null && (await standsOnLedger(account, signer))) {
        return acts.propose(caller, {
          kind: "user.disable",
          subject: userId,
          deals: [account],
          summary: { userId, name, role, signer },
          calls: [{ target: account, data: encodeCall("ParticipantAccount", "removeKey", [signer]) }],
          also: (tx) => disableUser(tx, userId),
        });
      }
      if (status === "disabled") throw new AppError("user.wrong_state", { status });
      return {
        async commit(tx) {
          await disableUser(tx, userId);
          // A key that waits for its approval must not come to stand on the ledger afterwards.
          await voidOpenOrders(tx, caller.organisationId, userId);
          await audit(tx, caller, { action: "user.disabled", subject: userId });
          const body: UserView = { userId, name, role, status: "disabled", signer };
          return { status: 200, body };
        },
      };
    },
  };
}
