import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import type { OrderCall } from "../../chain/orders.ts";
import { EscrowTerms } from "../../domain/events/escrow.ts";
import { AppError } from "../../shared/errors.ts";
import { insertEscrowContent, insertEscrowEvidence } from "../../store/escrows.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { fromMinor } from "../schemas.ts";
import { type ProposeEscrow, readProposal } from "./proposal.ts";
import { ownEscrow } from "./queries.ts";
import type { Exit } from "./timedExits.ts";

/** A milestone of an escrow; `position` counts from 0. */
export interface MilestonePlace {
  readonly escrowId: string;
  readonly position: number;
}

const settlements = {
  default: "settleByDefault",
  inspected: "settleInspected",
  undelivered: "settleUndelivered",
} as const satisfies Record<Exit, string>;

/**
 * Acts of the parties. Terms stand on the ledger as a hash, so each act passes them again, as its event recorded them.
 * Every act throws `request.not_found` for an escrow of other parties, and else the contract's own refusal.
 */
export function createEscrowCommands(gateway: GatewayContext) {
  const { acts, addresses, context } = gateway;

  function call(fn: string, args: readonly unknown[]): OrderCall {
    return { target: addresses.TradeEscrow, data: encodeCall("TradeEscrow", fn, args) };
  }

  /** An act on the escrow as a whole, or on one milestone. */
  async function act(
    caller: Caller,
    { escrowId, position }: { escrowId: string; position?: number },
    { kind, fn, more = [] }: { kind: string; fn: string; more?: readonly number[] },
  ): Promise<Write> {
    const { id, terms } = await ownEscrow(gateway, caller, escrowId);
    const place = position === undefined ? [] : [position];
    return acts.propose(caller, {
      kind,
      subject: id,
      summary: { escrowId: id, ...(position !== undefined && { position }), ...(more.length > 0 && { sellerBps: more[0] }) },
      calls: [call(fn, [id, EscrowTerms.parse(terms), ...place, ...more])],
    });
  }

  /** Delivery or dispute: the text stays here for the parties to read, its salted commitment goes to the ledger. */
  async function actWithEvidence(
    caller: Caller,
    { escrowId, position }: MilestonePlace,
    { fn, evidence: text }: { fn: "deliver" | "dispute"; evidence: string },
  ): Promise<Write> {
    const { id, terms } = await ownEscrow(gateway, caller, escrowId);
    const { participantId: participant } = caller;
    if (participant === null) throw new AppError("access.forbidden");
    const salt = makeSalt();
    const commitment = commit("evidence", text, salt);
    const kind = fn === "deliver" ? "delivery" : "dispute";
    return acts.propose(caller, {
      kind: `milestone.${fn}`,
      subject: id,
      summary: { escrowId: id, position, evidence: text, evidenceCommitment: commitment },
      calls: [call(fn, [id, EscrowTerms.parse(terms), position, commitment])],
      also: (tx, orderId) => {
        const said = { kind, participant, text, commitment, salt } as const;
        return insertEscrowEvidence(tx, { escrowId: id, position, ...said, orderId, createdAtMs: context.clock.wallMs() });
      },
    });
  }

  return {
    /** Buyer or seller proposes terms and thereby agrees to them. The texts stay here, for the three parties. */
    async propose(caller: Caller, body: ProposeEscrow): Promise<Write> {
      const { escrowId, terms, contentSalt, total } = await readProposal(gateway, body);
      const { title, text } = body;
      const milestoneTitles = body.milestones.map((milestone) => milestone.title);
      return acts.propose(caller, {
        kind: "escrow.propose",
        subject: escrowId,
        summary: { escrowId, ...body, total },
        calls: [call("propose", [terms])],
        also: (tx) => {
          const createdAtMs = context.clock.wallMs();
          const { organisationId } = caller;
          const texts = { title, text, milestoneTitles, salt: contentSalt };
          return insertEscrowContent(tx, { escrowId, organisationId, ...texts, createdAtMs });
        },
      });
    },

    agree: (caller: Caller, escrowId: string) => act(caller, { escrowId }, { kind: "escrow.agree", fn: "agree" }),

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
          call("fund", [id, terms]),
        ],
      });
    },

    /** Records that an offer was not agreed and funded in time. */
    lapse: (caller: Caller, escrowId: string) => act(caller, { escrowId }, { kind: "escrow.lapse", fn: "lapse" }),

    /** Buyer or seller takes out what is its own. */
    claim: (caller: Caller, escrowId: string) => act(caller, { escrowId }, { kind: "escrow.claim", fn: "claim" }),

    deliver: (caller: Caller, at: MilestonePlace, evidence: string) =>
      actWithEvidence(caller, at, { fn: "deliver", evidence }),

    dispute: (caller: Caller, at: MilestonePlace, evidence: string) =>
      actWithEvidence(caller, at, { fn: "dispute", evidence }),

    release: (caller: Caller, at: MilestonePlace) => act(caller, at, { kind: "milestone.release", fn: "release" }),

    refund: (caller: Caller, at: MilestonePlace) => act(caller, at, { kind: "milestone.refund", fn: "refund" }),

    rule: (caller: Caller, at: MilestonePlace, sellerBps: number) =>
      act(caller, at, { kind: "milestone.rule", fn: "rule", more: [sellerBps] }),

    /** Ends a milestone whose time has run out, in the way that its state allows. */
    settle: (caller: Caller, at: MilestonePlace, exit: Exit) =>
      act(caller, at, { kind: `milestone.settle_${exit}`, fn: settlements[exit] }),
  };
}
