import { commit } from "../../chain/commitment.ts";
import { encodeCall, letterBytes } from "../../chain/contractSet.ts";
import { cycleIdOf } from "../../chain/dealIds.ts";
import { AppError } from "../../shared/errors.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";

export function createCycleCommands({ acts, addresses, store }: GatewayContext) {
  return {
    /** A bank lets another settle what it owes in a currency; given again to the same agent it takes notice back. */
    join(caller: Caller, { agent, currency }: { agent: number; currency: string }): Promise<Write> {
      return acts.propose(caller, {
        kind: "settlement.join",
        subject: `${caller.participantId}:${currency}`,
        summary: { agent, currency },
        calls: [
          {
            target: addresses.ClearingHouse,
            data: encodeCall("ClearingHouse", "joinSettlement", [letterBytes(currency), agent]),
          },
        ],
      });
    },

    /** A bank gives its agent notice, which takes effect after one day. */
    leave(caller: Caller, { currency }: { currency: string }): Promise<Write> {
      return acts.propose(caller, {
        kind: "settlement.leave",
        subject: `${caller.participantId}:${currency}`,
        summary: { currency },
        calls: [
          {
            target: addresses.ClearingHouse,
            data: encodeCall("ClearingHouse", "leaveSettlement", [letterBytes(currency)]),
          },
        ],
      });
    },

    /** The agent settles all that these banks owe each other in a currency. */
    async settle(
      caller: Caller,
      { banks, currency, reference }: { banks: readonly number[]; currency: string; reference: string },
    ): Promise<Write> {
      const { participantId: agent } = caller;
      if (agent === null) throw new AppError("access.forbidden");
      const { lei_salt: salt } = await getOrganisation(store, caller.organisationId);
      const ref = commit("cycle", reference, salt);
      const ascending = [...banks].sort((a, b) => a - b);
      const code = letterBytes(currency);
      return acts.propose(caller, {
        kind: "cycle.settle",
        subject: cycleIdOf({ agent, currency: code, ref }),
        summary: { banks: ascending, currency, reference },
        calls: [
          { target: addresses.ClearingHouse, data: encodeCall("ClearingHouse", "settle", [code, ascending, ref]) },
        ],
      });
    },
  };
}
