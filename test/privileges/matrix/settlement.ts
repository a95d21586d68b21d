import { type Row, row } from "../row.ts";
import * as credit from "../scenarios/credit.ts";
import { funded } from "../scenarios/ready.ts";
import { agreed, NO_ITEM } from "../scenarios/settlement.ts";

/** What moves in a settlement is moved by the settlement contract alone; its parties speak by their signatures. */
export const settlementRows: readonly Row[] = [
  row({
    contract: "DepositToken",
    fn: "settleLeg",
    scenario: funded,
    at: (purse) => purse.token,
    entitled: ["AtomicSettlement"],
    args: (purse, _, { parties: { importer, exporter } }) => [importer.id, exporter.id, NO_ITEM, purse.amount],
    effect: "Transfer",
    notEntitled: "LegNotEntitled",
  }),
  row({
    contract: "Undertakings",
    fn: "settleLeg",
    scenario: credit.honoured,
    entitled: ["AtomicSettlement"],
    args: (s, _, { parties: { exporter, otherBank } }) => [
      exporter.id,
      otherBank.id,
      s.undertakingOf("confirmingBank"),
      credit.amount,
    ],
    effect: "UndertakingTransferred",
    notEntitled: "LegNotEntitled",
  }),
  row({
    contract: "AtomicSettlement",
    fn: "cancel",
    scenario: agreed,
    // Whoever gives or takes may withdraw, and nobody else.
    entitled: ["importer", "exporter"],
    args: (s) => [s.deal],
    effect: "SettlementCancelled",
    notEntitled: "SettlementNotEntitled",
  }),
];
