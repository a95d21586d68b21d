import { type Addresses, encodeCall } from "../../chain/contractSet.ts";
import { settlementParties } from "../../chain/settlementIds.ts";
import { AppError, invariant } from "../../shared/errors.ts";
import { accountsOf, findProposal, insertConsent } from "../../store/settlements.ts";
import type { Allowed } from "../consents.ts";

/** Keeps a party's consent to a settlement; the last one lets a lane execute it. */
export function createSettlementExecution(addresses: Addresses): Allowed {
  return async (tx, { subject: settlementId, participant, orderId, signature, createdAtMs }) => {
    const proposal = await findProposal(tx, participant, settlementId);
    invariant(proposal, "a consent is to a settlement that was proposed here");
    const given = await insertConsent(tx, { settlementId, participant, orderId, signature, createdAtMs });
    if (!given) throw new AppError("settlement.wrong_status", { id: settlementId });
    const { legs, deadline, salt } = proposal;
    const parties = settlementParties(legs);
    if (!parties.every((party) => given.has(party))) return undefined;
    const consents = parties.map((party) => given.get(party));
    // Movements of one account keep their order: that of the first two parties.
    const deals = await accountsOf(tx, parties.slice(0, 2));
    const data = encodeCall("AtomicSettlement", "execute", [{ legs, deadline, salt }, consents]);
    return { target: addresses.AtomicSettlement, data, deals };
  };
}
