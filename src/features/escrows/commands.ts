import { encodeCall } from "../../chain/contractSet.ts";
import { EscrowTerms } from "../../domain/events/escrow.ts";
import { insertEscrowContents } from "../../store/escrows.ts";
import { rowOfAct } from "../../store/newActs.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { fromMinor } from "../schemas.ts";
import { actOnEscrow, actWithEvidence, callEscrow, type MilestonePlace } from "./escrowActs.ts";
import { type ProposeEscrow, readProposal } from "./proposal.ts";
import { ownEscrow } from "./queries.ts";
import type { Exit } from "./timedExits.ts";

/** Acts on an escrow as a whole. Each throws `request.not_found` to strangers, else the contract's own refusal. */
export function createEscrowCommands(gateway: GatewayContext) {
  const { acts, addresses, context } = gateway;

  return {
    /**
     * Buyer or seller proposes terms and thereby agrees to them. The texts stay here, for the three parties.
     * @throws AppError `request.invalid` with all faults
     */
    async propose(caller: Caller, body: ProposeEscrow): Promise<Write> {
      const { escrowId, terms, contentSalt, total } = await readProposal(gateway, body);
      const { title, text } = body;
      const { organisationId } = caller;
      const milestoneTitles = body.milestones.map((milestone) => milestone.title);
      const texts = { title, text, milestoneTitles, salt: contentSalt };
      const createdAtMs = context.clock.wallMs();
      return acts.propose(caller, {
        kind: "escrow.propose",
        subject: escrowId,
        summary: { escrowId, ...body, total },
        calls: [callEscrow(gateway, "propose", [terms])],
        row: rowOfAct(insertEscrowContents, { escrowId, organisationId, ...texts, createdAtMs }),
      });
    },

    agree: (caller: Caller, escrowId: string) =>
      actOnEscrow(gateway, caller, { at: { escrowId }, kind: "escrow.agree", fn: "agree" }),

    /** The buyer allows the escrow exactly the sum and locks it, in one order: all or nothing. */
    async fund(caller: Caller, escrowId: string): Promise<Write> {
      const { id, terms: stored, currency, token } = await ownEscrow(gateway, caller, escrowId);
      const terms = EscrowTerms.parse(stored);
      const sum = terms.milestones.reduce((total, { amount }) => total + BigInt(amount), 0n);
      return acts.propose(caller, {
        kind: "escrow.fund",
        subject: id,
        summary: { escrowId: id, money: fromMinor(sum, currency) },
        calls: [
          { target: token, data: encodeCall("DepositToken", "approve", [addresses.TradeEscrow, sum]) },
          callEscrow(gateway, "fund", [id, terms]),
        ],
      });
    },

    /** Records that an offer was not agreed and funded in time. */
    lapse: (caller: Caller, escrowId: string) =>
      actOnEscrow(gateway, caller, { at: { escrowId }, kind: "escrow.lapse", fn: "lapse" }),

    /** Buyer or seller takes out what is its own. */
    claim: (caller: Caller, escrowId: string) =>
      actOnEscrow(gateway, caller, { at: { escrowId }, kind: "escrow.claim", fn: "claim" }),
  };
}

const settlements = {
  default: "settleByDefault",
  inspected: "settleInspected",
  undelivered: "settleUndelivered",
} as const satisfies Record<Exit, string>;

/** Acts on one milestone, with the same errors. */
export function createMilestoneCommands(gateway: GatewayContext) {
  return {
    deliver: (caller: Caller, at: MilestonePlace, evidence: string) =>
      actWithEvidence(gateway, caller, { at, fn: "deliver", evidence }),

    dispute: (caller: Caller, at: MilestonePlace, evidence: string) =>
      actWithEvidence(gateway, caller, { at, fn: "dispute", evidence }),

    release: (caller: Caller, at: MilestonePlace) =>
      actOnEscrow(gateway, caller, { at, kind: "milestone.release", fn: "release" }),

    refund: (caller: Caller, at: MilestonePlace) =>
      actOnEscrow(gateway, caller, { at, kind: "milestone.refund", fn: "refund" }),

    rule: (caller: Caller, at: MilestonePlace, sellerBps: number) =>
      actOnEscrow(gateway, caller, { at, kind: "milestone.rule", fn: "rule", sellerBps }),

    /** Ends a milestone whose time has run out, in the way that its state allows. */
    settle: (caller: Caller, at: MilestonePlace, exit: Exit) =>
      actOnEscrow(gateway, caller, { at, kind: `milestone.settle_${exit}`, fn: settlements[exit] }),
  };
}
