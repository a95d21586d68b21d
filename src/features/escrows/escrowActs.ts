import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import type { OrderCall } from "../../chain/orders.ts";
import { EscrowTerms } from "../../domain/events/escrow.ts";
import { AppError } from "../../shared/errors.ts";
import { insertEscrowEvidence } from "../../store/escrows.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { ownEscrow } from "./queries.ts";

/** A milestone of an escrow; `position` counts from 0. */
export interface MilestonePlace {
  readonly escrowId: string;
  readonly position: number;
}

/** The escrow as a whole, or one milestone. */
type Place = Pick<MilestonePlace, "escrowId"> & Partial<MilestonePlace>;

export function callEscrow({ addresses }: GatewayContext, fn: string, args: readonly unknown[]): OrderCall {
  return { target: addresses.TradeEscrow, data: encodeCall("TradeEscrow", fn, args) };
}

/**
 * An act of a party. Terms stand on the ledger as a hash, so each act passes them again, as its event recorded them.
 * @throws AppError `request.not_found` for an escrow of other parties, or the contract's own refusal.
 */
export async function actOnEscrow(
  gateway: GatewayContext,
  caller: Caller,
  act: { at: Place; kind: string; fn: string; sellerBps?: number },
): Promise<Write> {
  const { at, kind, fn, sellerBps } = act;
  const { id, terms } = await ownEscrow(gateway, caller, at.escrowId);
  const more = [at.position, sellerBps].filter((value) => value !== undefined);
  return gateway.acts.propose(caller, {
    kind,
    subject: id,
    summary: {
      escrowId: id,
      ...(at.position !== undefined && { position: at.position }),
      ...(sellerBps !== undefined && { sellerBps }),
    },
    calls: [callEscrow(gateway, fn, [id, EscrowTerms.parse(terms), ...more])],
  });
}

/**
 * Delivery or dispute: the text stays here for the parties to read, its salted commitment goes to the ledger.
 * @throws AppError as `actOnEscrow`.
 */
export async function actWithEvidence(
  gateway: GatewayContext,
  caller: Caller,
  said: { at: MilestonePlace; fn: "deliver" | "dispute"; evidence: string },
): Promise<Write> {
  const { at, fn, evidence: text } = said;
  const { participantId: participant } = caller;
  if (participant === null) throw new AppError("access.forbidden");
  const { id: escrowId, terms } = await ownEscrow(gateway, caller, at.escrowId);
  const { position } = at;
  const salt = makeSalt();
  const commitment = commit("evidence", text, salt);
  const kind = fn === "deliver" ? "delivery" : "dispute";
  return gateway.acts.propose(caller, {
    kind: `milestone.${fn}`,
    subject: escrowId,
    summary: { escrowId, position, evidence: text, evidenceCommitment: commitment },
    calls: [callEscrow(gateway, fn, [escrowId, EscrowTerms.parse(terms), position, commitment])],
    also: (tx, orderId) => {
      const createdAtMs = gateway.context.clock.wallMs();
      const evidence = { commitment, escrowId, position, kind, participant, text, salt, orderId, createdAtMs } as const;
      return insertEscrowEvidence(tx, evidence);
    },
  });
}
