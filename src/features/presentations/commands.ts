import { enumIndex } from "../../chain/abiValues.ts";
import { commit, makeSalt } from "../../chain/commitment.ts";
import { encodeCall } from "../../chain/contractSet.ts";
import { presentationIdOf } from "../../chain/dealIds.ts";
import { dayNumber } from "../../shared/calendar.ts";
import { AppError } from "../../shared/errors.ts";
import { insertPresentedDocuments, insertRefusalTexts } from "../../store/presentations.ts";
import type { Act } from "../acts.ts";
import { getVisibleCredit } from "../credits/queries.ts";
import { commitmentsOf } from "../documents/queries.ts";
import type { Caller, Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { loadPartyNames } from "../partyNames.ts";
import { type MoneyText, toMinor } from "../schemas.ts";
import { type DisposalWord, disposalWords } from "./disposal.ts";
import { getPresentationRows } from "./queries.ts";

export interface PresentRequest {
  readonly bank: number;
  readonly amount: MoneyText;
  readonly documents: readonly string[];
  readonly shipmentDate?: string | undefined;
  readonly replaces?: string | undefined;
}

export interface RefusalRequest {
  readonly disposal: DisposalWord;
  readonly discrepancies: readonly {
    readonly code: string;
    readonly document: number;
    readonly article: number;
    readonly text: string;
  }[];
}

const none = `0x${"0".repeat(64)}`;

/** The ledger's `bytes4` of a four-letter code. */
function bytes4(code: string): string {
  return `0x${Buffer.from(code, "ascii").toString("hex")}`;
}

export function createPresentationCommands(gateway: GatewayContext) {
  const { acts, addresses, chainId, store } = gateway;

  /** An act of a bank on a presentation that it may know of; the ledger decides whether it is entitled to it. */
  async function propose(caller: Caller, of: { id: string; kind: string }, act: PartialAct): Promise<Write> {
    const { row } = await getPresentationRows(gateway, caller, of.id);
    return acts.propose(caller, {
      kind: `presentation.${of.kind}`,
      subject: row.credit_id,
      summary: { presentationId: of.id, ...act.summary },
      calls: [{ target: addresses.Presentations, data: encodeCall("Presentations", act.fn, act.args) }],
      ...(act.also && { also: act.also }),
    });
  }

  const nameOf = async (participantId: number) => (await loadPartyNames(store, [participantId])).of(participantId);

  return {
    /**
     * The beneficiary presents documents to a bank of the credit (U09). After expiry, after the presentation period or
     * with a late shipment it is recorded all the same: these are discrepancies, not errors (U12, U29).
     */
    async present(caller: Caller, creditId: string, request: PresentRequest): Promise<Write> {
      const credit = await getVisibleCredit(gateway, caller, creditId);
      const { bank, amount, documents: documentIds, shipmentDate } = request;
      const money = toMinor(amount, "/amount");
      if (money.currency !== credit.currency) {
        const detail = `the credit is in ${credit.currency}`;
        throw new AppError("request.invalid", {}, { faults: [{ pointer: "/amount/currency", detail }] });
      }
      const documents = await commitmentsOf(store, caller, documentIds);
      const salt = makeSalt();
      const presentationId = presentationIdOf({ chainId, presentations: addresses.Presentations, creditId, salt });
      const replaces = request.replaces ?? none;
      const shipmentDay = shipmentDate === undefined ? 0 : dayNumber(shipmentDate);
      const input = { creditId, salt, bank, amount: money.amountMinor, shipmentDay, replaces, documents };
      return acts.propose(caller, {
        kind: "presentation.present",
        subject: creditId,
        summary: {
          ...{ presentationId, bank: await nameOf(bank), amount },
          ...{ documents: documents.length, shipmentDate: shipmentDate ?? null },
        },
        calls: [{ target: addresses.Presentations, data: encodeCall("Presentations", "present", [input]) }],
        also: (tx) => insertPresentedDocuments(tx, presentationId, documentIds),
        facts: { presentationId },
      });
    },

    /** A bank passes the documents on; the receiver's clock starts with it (U25, U28, U38). */
    forward: async (caller: Caller, id: string, to: number) =>
      propose(caller, { id, kind: "forward" }, { fn: "forward", args: [id, to], summary: { to: await nameOf(to) } }),

    /** The bank finds that the documents comply and honours, in one act (U13, U14, U38). */
    honour: (caller: Caller, id: string) =>
      propose(caller, { id, kind: "honour" }, { fn: "honour", args: [id], summary: {} }),

    /** One notice with every discrepancy and the disposal of the documents (U40). The wording stays off the ledger. */
    refuse(caller: Caller, id: string, { disposal, discrepancies }: RefusalRequest): Promise<Write> {
      const { participantId: bank } = caller;
      if (bank === null) throw new AppError("access.forbidden");
      const worded = discrepancies.map((one) => {
        const salt = makeSalt();
        return { ...one, salt, textCommitment: commit("discrepancy", one.text, salt) };
      });
      const structs = worded.map(({ code, document, article, textCommitment }) => {
        return { kind: bytes4(code), document, article, textCommitment };
      });
      const index = enumIndex("IPresentations.Disposal", disposalWords[disposal]);
      return propose(
        caller,
        { id, kind: "refuse" },
        {
          fn: "refuse",
          args: [id, index, structs],
          // The approving person signs commitments and must read what they stand for.
          summary: { disposal, discrepancies },
          also: (tx, orderId) => insertRefusalTexts(tx, { presentationId: id, bank, orderId, discrepancies: worded }),
        },
      );
    },

    /** Anyone who knows of the presentation states that a bank let its time pass (U42). */
    assertPreclusion: async (caller: Caller, id: string, bank: number) =>
      propose(
        caller,
        { id, kind: "assert_preclusion" },
        { fn: "assertPreclusion", args: [id, bank], summary: { bank: await nameOf(bank) } },
      ),
  };
}

interface PartialAct {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly summary: Record<string, unknown>;
  readonly also?: Act["also"];
}
