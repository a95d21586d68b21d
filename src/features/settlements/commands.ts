import { type Addresses, encodeCall } from "../../chain/contractSet.ts";
import type { OrderCall } from "../../chain/orders.ts";
import { settlementIdOf, settlementParties } from "../../chain/settlementIds.ts";
import { AppError } from "../../shared/errors.ts";
import { recordAudit } from "../../store/audit.ts";
import { findConsents, insertProposal } from "../../store/settlements.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { type ProposeSettlement, readProposal } from "./proposal.ts";
import { getSettlement, openProposal, type SettlementView, simulateLegs } from "./queries.ts";

type Proposal = Awaited<ReturnType<typeof openProposal>>;

function ledgerForm({ legs, deadline, salt }: Pick<Proposal, "legs" | "deadline" | "salt">) {
  return { legs, deadline, salt };
}

function callOf(addresses: Addresses, fn: string, args: readonly unknown[]): OrderCall {
  return { target: addresses.AtomicSettlement, data: encodeCall("AtomicSettlement", fn, args) };
}

/** What people see of what they sign. */
function summaryOf({ id, legs, deadline }: SettlementView): Record<string, unknown> {
  return {
    settlementId: id,
    deadline,
    legs: legs?.map(({ from, to, money, bank, undertakingId, obligor, dueAt }) => ({
      ...{ giver: from.participantId, taker: to.participantId, money },
      ...(bank && { bank: bank.participantId }),
      ...(undertakingId && { undertakingId, obligor: obligor?.participantId, dueAt }),
    })),
  };
}

export function createSettlementCommands(gateway: GatewayContext) {
  const { acts, addresses, chainId, context, store } = gateway;
  return {
    /** Keeps what a party proposes, for all parties; nobody is bound by it. The ledger is asked whether it is one. */
    async propose(caller: Caller, body: ProposeSettlement): Promise<Write> {
      const { participantId: proposedBy, organisationId, userId } = caller;
      const settlement = await readProposal(gateway, body);
      const parties = settlementParties(settlement.legs);
      if (proposedBy === null || !parties.includes(proposedBy)) throw new AppError("access.forbidden");
      const { deadline, legs } = settlement;
      const time = context.clock.businessSeconds();
      const id = settlementIdOf(settlement, { chainId, contract: addresses.AtomicSettlement });
      if (deadline <= time) throw new AppError("settlement.expired", { id, deadline, time });
      await simulateLegs(gateway, legs);
      const atMs = context.clock.wallMs();
      return {
        async commit(tx) {
          await insertProposal(tx, { ...settlement, id, organisationId, proposedBy, parties, createdAtMs: atMs });
          await recordAudit(tx, { atMs, organisationId, userId, action: "settlement.proposed", subject: id });
          return { status: 201, body: await getSettlement({ context, db: tx }, caller, id) };
        },
      };
    },

    /** The caller's keys consent to exactly this; once all parties have, a lane executes it. */
    async consent(caller: Caller, id: string): Promise<Write> {
      const { deadline } = await openProposal(gateway, caller, id);
      const view = await getSettlement({ context, db: store.db }, caller, id);
      if (view.parties.some(({ party, consented }) => consented && party.participantId === caller.participantId)) {
        throw new AppError("settlement.wrong_status", { id, have: "consented", want: "none" });
      }
      return acts.consent(caller, {
        kind: "settlement.consent",
        subject: id,
        summary: summaryOf(view),
        hash: id,
        deadline,
      });
    },

    /** The caller's account withdraws on the ledger: then nobody can execute it, whoever has consented. */
    async cancel(caller: Caller, id: string): Promise<Write> {
      const proposal = await openProposal(gateway, caller, id);
      const view = await getSettlement({ context, db: store.db }, caller, id);
      return acts.propose(caller, {
        kind: "settlement.cancel",
        subject: id,
        summary: summaryOf(view),
        calls: [callOf(addresses, "cancel", [ledgerForm(proposal)])],
      });
    },

    /** Executes with the consents of all parties: again, where a leg was not possible when the last one came. */
    async execute(caller: Caller, id: string): Promise<Write> {
      const proposal = await openProposal(gateway, caller, id);
      const view = await getSettlement({ context, db: store.db }, caller, id);
      const given = await findConsents(store.db, id);
      const consents = settlementParties(proposal.legs).map((party) => given.get(party) ?? "0x");
      return acts.propose(caller, {
        kind: "settlement.execute",
        subject: id,
        summary: summaryOf(view),
        calls: [callOf(addresses, "execute", [ledgerForm(proposal), consents])],
      });
    },
  };
}
