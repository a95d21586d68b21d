import type { ChainSchema } from "./schema/chain.ts";
import type { DealSchema } from "./schema/deals.ts";
import type { OriginalsSchema } from "./schema/originals.ts";
import type { PartySchema } from "./schema/parties.ts";

/**
 * Every table, by area. *Originals* (parties, originals, orders, events) are written by people's acts and are never
 * rebuilt; *views* (chain, deals) can be rebuilt from the ledger. Amounts are numeric strings of minor units; hashes,
 * addresses and ids of the ledger are lower-case hex text; times are seconds of business time unless the name ends in
 * `_ms` (wall time).
 */
export interface Schema extends PartySchema, ChainSchema, DealSchema, OriginalsSchema {}
