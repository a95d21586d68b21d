import { parties } from "./0001_parties.ts";
import { chain } from "./0002_chain.ts";
import { deals } from "./0003_deals.ts";
import { originals } from "./0004_originals.ts";
import { sending } from "./0005_sending.ts";
import { reorganisation } from "./0006_reorganisation.ts";
import { pruning } from "./0007_pruning.ts";
import { reading } from "./0008_reading.ts";
import { clearing } from "./0009_clearing.ts";
import { cycles } from "./0010_cycles.ts";
import { redemptions } from "./0011_redemptions.ts";
import { settlement } from "./0012_settlement.ts";

/** Forward only, in order; an applied one is never edited. */
export const migrations = [
  parties,
  chain,
  deals,
  originals,
  sending,
  reorganisation,
  pruning,
  reading,
  clearing,
  cycles,
  redemptions,
  settlement,
] as const;
