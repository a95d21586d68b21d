import { type Row, row } from "../row.ts";
import * as escrow from "../scenarios/escrow.ts";

const contract = "TradeEscrow";
const notEntitled = "EscrowNotEntitled";

export const escrowRows: readonly Row[] = [
  row({
    contract,
    fn: "propose",
    scenario: escrow.offered,
    entitled: ["importer", "exporter"],
    args: (s) => [s.terms],
    effect: "EscrowProposed",
    notEntitled,
  }),
  row({
    contract,
    fn: "agree",
    when: "by the seller to the buyer's offer",
    scenario: escrow.proposedBy("importer"),
    // The buyer agreed when it proposed, and cannot agree for the seller.
    entitled: ["exporter"],
    args: (s) => [s.id, s.terms],
    effect: "EscrowAgreed",
    notEntitled,
  }),
  row({
    contract,
    fn: "agree",
    when: "by the buyer to the seller's offer",
    scenario: escrow.proposedBy("exporter"),
    entitled: ["importer"],
    args: (s) => [s.id, s.terms],
    effect: "EscrowAgreed",
    notEntitled,
  }),
  row({
    contract,
    fn: "fund",
    scenario: escrow.agreed,
    entitled: ["importer"],
    args: (s) => [s.id, s.terms],
    effect: "EscrowFunded",
    notEntitled,
  }),
  row({
    contract,
    fn: "deliver",
    scenario: escrow.escrowed,
    entitled: ["exporter"],
    args: (s) => [s.id, s.terms, 0, escrow.evidence],
    effect: "MilestoneDelivered",
    notEntitled,
  }),
  row({
    contract,
    fn: "release",
    scenario: escrow.delivered,
    entitled: ["importer"],
    args: (s) => [s.id, s.terms, 0],
    effect: "MilestoneSettled",
    notEntitled,
  }),
  row({
    contract,
    fn: "refund",
    scenario: escrow.escrowed,
    entitled: ["exporter"],
    args: (s) => [s.id, s.terms, 0],
    effect: "MilestoneSettled",
    notEntitled,
  }),
  row({
    contract,
    fn: "dispute",
    scenario: escrow.delivered,
    entitled: ["importer", "exporter"],
    args: (s) => [s.id, s.terms, 0, escrow.evidence],
    effect: "MilestoneDisputed",
    notEntitled,
  }),
  row({
    contract,
    fn: "rule",
    scenario: escrow.disputed,
    entitled: ["arbiter"],
    args: (s) => [s.id, s.terms, 0, 5_000],
    effect: "MilestoneSettled",
    notEntitled,
  }),
  row({
    contract,
    fn: "claim",
    scenario: escrow.ruled,
    // Each takes its own share.
    entitled: ["exporter", "importer"],
    args: (s) => [s.id, s.terms],
    effect: "EscrowClaimed",
    notEntitled,
  }),
];
