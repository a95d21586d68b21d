import type { CodeRow } from "./row.ts";

/** What keeps the system from starting. They are shown on the console, not over HTTP. */
export const startCodes = {
  "start.config_invalid": {
    status: 500,
    retry: false,
    title: "The configuration is not valid",
    page: "Each line names a variable or flag and what is wrong with it.",
  },
  "start.other_contracts": {
    status: 500,
    retry: false,
    title: "The data folder belongs to another set of contracts",
    page: "Until 1.0 a data folder works only with the contracts it was made with. Start with `--reset` to begin anew, or use the version that made the folder.",
  },
  "start.other_ledger": {
    status: 500,
    retry: false,
    title: "The store belongs to another ledger",
    page: "Chain id or genesis block differ from those that the store was made with. Store and journal must come from the same backup.",
  },
  "start.master_key_invalid": {
    status: 500,
    retry: false,
    title: "The master key is missing or not valid",
    page: "The file must hold 32 bytes in hex and be readable by this user only.",
  },
  "start.reindex_unfinished": {
    status: 500,
    retry: false,
    title: "A rebuild of the views is not finished",
    page: "`hansa reindex` was interrupted, so the views are not whole. Run it again: it goes on where it stopped.",
  },
  "start.index_in_use": {
    status: 500,
    retry: true,
    title: "A gateway leads the index",
    page: "The views can be rebuilt only while no gateway runs on this store. Stop all of them and try again.",
  },
} as const satisfies Record<string, CodeRow>;
