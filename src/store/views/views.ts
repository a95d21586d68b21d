import type { Selectable } from "kysely";
import { invariant } from "../../shared/errors.ts";
import type { DealSchema } from "../schema/deals.ts";
import type { Transaction } from "../store.ts";
import { createOriginalChanges, type OriginalChanges } from "./originalChanges.ts";
import { createViewTable, type ViewName, type ViewTable } from "./viewTable.ts";

export type ViewRow<Name extends ViewName> = Selectable<DealSchema[Name]>;
export type ViewTables = { readonly [Name in ViewName]: ViewTable<ViewRow<Name>> };

/** All views as they stand within a commit. */
export interface Views extends ViewTables {
  /** Columns of originals that follow from the ledger's events. */
  readonly originals: OriginalChanges;
  /** The participant that has this account. */
  participantOf(account: string): ViewRow<"participants"> | undefined;
  /** Participants join as they are admitted or loaded. */
  addAccount(participant: ViewRow<"participants">): void;
  /** Writes what has changed since the last time. */
  write(tx: Transaction): Promise<void>;
}

/** In an order in which no row comes before one that it refers to. */
export const viewNames = [
  "participants",
  "currencies",
  "calendars",
  "deposit_tokens",
  "balances",
  "postings",
  "payments",
  "clearing_lines",
  "settlement_mandates",
  "cycles",
  "cycle_nets",
  "redemptions",
  "credits",
  "presentations",
  "examinations",
  "undertakings",
  "undertaking_transfers",
  "settlements",
  "settlement_parties",
  "escrows",
  "milestones",
  "escrow_claimables",
] as const satisfies readonly ViewName[];

function createTables(): ViewTables {
  return {
    participants: createViewTable("participants", {
      key: ["id"],
      mutable: ["status", "calendar_published", "moratorium_until"],
    }),
    currencies: createViewTable("currencies", { key: ["currency"], mutable: [] }),
    calendars: createViewTable("calendars", { key: ["bank"], mutable: ["words"] }),
    deposit_tokens: createViewTable("deposit_tokens", { key: ["address"], mutable: [] }),
    balances: createViewTable("balances", { key: ["holder", "token"], mutable: ["amount", "frozen"] }),
    postings: createViewTable("postings", {
      key: ["holder", "token", "block_number", "log_index"],
      mutable: ["ground", "reference"],
    }),
    payments: createViewTable("payments", { key: ["id"], mutable: [] }),
    clearing_lines: createViewTable("clearing_lines", {
      key: ["creditor", "debtor", "currency"],
      mutable: ["granted", "owed"],
    }),
    settlement_mandates: createViewTable("settlement_mandates", {
      key: ["bank", "currency"],
      mutable: ["agent", "until"],
    }),
    cycles: createViewTable("cycles", { key: ["id"], mutable: [] }),
    cycle_nets: createViewTable("cycle_nets", { key: ["cycle_id", "bank"], mutable: [] }),
    redemptions: createViewTable("redemptions", { key: ["id"], mutable: ["status", "ended_at", "answer"] }),
    credits: createViewTable("credits", {
      key: ["id"],
      mutable: ["status", "drawn", "advice", "second_advice", "confirmation"],
    }),
    presentations: createViewTable("presentations", { key: ["id"], mutable: [] }),
    examinations: createViewTable("examinations", {
      key: ["presentation_id", "bank"],
      mutable: ["decision", "received_on", "deadline", "decided_at", "disposal", "discrepancies", "forwarded_to"],
    }),
    undertakings: createViewTable("undertakings", { key: ["id"], mutable: ["status", "holder"] }),
    undertaking_transfers: createViewTable("undertaking_transfers", {
      key: ["undertaking_id", "block_number", "log_index"],
      mutable: [],
    }),
    settlements: createViewTable("settlements", { key: ["id"], mutable: [] }),
    settlement_parties: createViewTable("settlement_parties", { key: ["participant", "settlement_id"], mutable: [] }),
    escrows: createViewTable("escrows", { key: ["id"], mutable: ["status", "locked"] }),
    milestones: createViewTable("milestones", {
      key: ["escrow_id", "position"],
      mutable: ["status", "delivered_at", "disputed_at", "to_seller", "to_buyer"],
    }),
    escrow_claimables: createViewTable("escrow_claimables", { key: ["escrow_id", "participant"], mutable: ["amount"] }),
  };
}

export function createViews(): Views {
  const tables = createTables();
  const originals = createOriginalChanges();
  const accounts = new Map<string, ViewRow<"participants">>();
  return {
    ...tables,
    originals,
    participantOf: (account) => accounts.get(account),
    addAccount(participant) {
      const known = accounts.get(participant.account);
      invariant(known === undefined || known.id === participant.id, `two participants have ${participant.account}`);
      accounts.set(participant.account, participant);
    },
    async write(tx) {
      for (const name of viewNames) await tables[name].write(tx);
      await originals.write(tx);
    },
  };
}
