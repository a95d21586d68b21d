import { encodeCall } from "../../chain/contractSet.ts";
import type { SignedOrder } from "../../chain/orders.ts";
import { type KeyPurpose, purposesToBits } from "../../domain/roles.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { accountOf } from "./queries.ts";

export function createOrderCommands(gateway: GatewayContext) {
  const { acts } = gateway;
  return {
    /** The order is of the caller's own account, whatever its signers meant: the digest covers the account. */
    async send(caller: Caller, signed: Omit<SignedOrder, "account">): Promise<Write> {
      return acts.send(caller, { account: await accountOf(gateway, caller), ...signed });
    },

    /** A key that the client made and keeps. */
    async addKey(caller: Caller, key: { signer: string; purposes: readonly KeyPurpose[] }): Promise<Write> {
      const account = await accountOf(gateway, caller);
      const { signer, purposes } = key;
      const data = encodeCall("ParticipantAccount", "addKey", [signer, purposesToBits(purposes)]);
      // Changes of an account's keys keep their order.
      const act = { kind: "account_key.add", subject: signer, deals: [account], summary: { signer, purposes } };
      return acts.propose(caller, { ...act, calls: [{ target: account, data }] });
    },

    async removeKey(caller: Caller, signer: string): Promise<Write> {
      const account = await accountOf(gateway, caller);
      const data = encodeCall("ParticipantAccount", "removeKey", [signer]);
      const act = { kind: "account_key.remove", subject: signer, deals: [account], summary: { signer } };
      return acts.propose(caller, { ...act, calls: [{ target: account, data }] });
    },
  };
}
