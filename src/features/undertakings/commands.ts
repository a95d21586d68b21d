import { encodeCall } from "../../chain/contractSet.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getUndertaking } from "./queries.ts";

export function createUndertakingCommands(gateway: GatewayContext) {
  const { acts, addresses } = gateway;

  return {
    /**
     * The holder claims what is due: the claim itself creates the obligor's deposit money (U02, U13). No act of the
     * obligor is needed, and none can stop it.
     */
    async claim(caller: Caller, undertakingId: string): Promise<Write> {
      const undertaking = await getUndertaking(gateway, caller, undertakingId);
      const { creditId, obligor, amount } = undertaking;
      return acts.propose(caller, {
        kind: "undertaking.claim",
        subject: creditId,
        summary: { undertakingId, obligor: obligor.participantId, amount },
        calls: [{ target: addresses.Undertakings, data: encodeCall("Undertakings", "claim", [undertakingId]) }],
      });
    },

    /** The holder takes what is due at another bank, within that bank's limit; the obligor then owes that bank (U13). */
    async claimAt(caller: Caller, undertakingId: string, bank: number): Promise<Write> {
      const undertaking = await getUndertaking(gateway, caller, undertakingId);
      const { creditId, obligor, amount } = undertaking;
      return acts.propose(caller, {
        kind: "undertaking.claim_at",
        subject: creditId,
        summary: { undertakingId, obligor: obligor.participantId, bank, amount },
        calls: [{ target: addresses.Undertakings, data: encodeCall("Undertakings", "claimAt", [undertakingId, bank]) }],
      });
    },
  };
}
