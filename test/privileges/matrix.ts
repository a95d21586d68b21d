import { authorityRows } from "./matrix/authority.ts";
import { creditRows } from "./matrix/credit.ts";
import { escrowRows } from "./matrix/escrow.ts";
import { moneyRows } from "./matrix/money.ts";
import { receivingRows, redemptionRows } from "./matrix/redemption.ts";
import { registryRows } from "./matrix/registry.ts";
import { settlementRows } from "./matrix/settlement.ts";
import type { Row } from "./row.ts";

export const matrix: readonly Row[] = [
  ...authorityRows,
  ...registryRows,
  ...moneyRows,
  ...redemptionRows,
  ...receivingRows,
  ...settlementRows,
  ...creditRows,
  ...escrowRows,
];
