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
    page: "Until 1.0 a data folder works only with the contracts it was made with: use the version that made it, with its own `lane.key`. In the sandbox `--reset` begins anew and deletes the ledger.",
  },
  "start.other_ledger": {
    status: 500,
    retry: false,
    title: "The store belongs to another ledger",
    page: "Chain id or genesis block differ from those that the store was made with. Store and journal must come from the same backup.",
  },
  "start.journal_short": {
    status: 500,
    retry: false,
    title: "The journal ends before the store does",
    page: "The store knows the ledger up to block `known`, and the journal beside it ends with block `last`: they are not of the same backup. Nothing was written. Restore store and journal together, from one backup.",
  },
  "start.data_missing": {
    status: 500,
    retry: false,
    title: "What this works on is not there",
    page: "The data folder in `folder`, or the database, does not have what `missing` names, so it is probably another one that was meant. Nothing was made. Check --data and HANSA_DATA, HANSA_DATABASE_URL where the store is on a server, and HANSA_LEDGER_URLS where the ledger is outside.",
  },
  "start.master_key_invalid": {
    status: 500,
    retry: false,
    title: "The master key's file is not valid",
    page: "The file that `file` names must hold 32 bytes in hex and be readable by this user only.",
  },
  "start.master_key_missing": {
    status: 500,
    retry: false,
    title: "The master key's file is missing",
    page: "The file that `file` names is not there. Only the sandbox makes a master key, and only for a new store: what is sealed under the lost one would open with no other. Put your copy of the key there. Nothing was changed.",
  },
  "start.key_does_not_open": {
    status: 500,
    retry: false,
    title: "The master key does not open the lane's key",
    page: "`lane.key`, which `file` names, was sealed under another master key, or was altered. Put the master key that belongs to this folder in its place, or `lane.key` of the same backup. Nothing was changed.",
  },
  "start.lane_key_missing": {
    status: 500,
    retry: false,
    title: "`lane.key` is missing",
    page: "The store knows contracts that stand where this key put them, so a new one would not find them. Put back the file that `file` names: from a backup, which has it (`files/lane.key`), or from the folder of another gateway on this store. Nothing was changed.",
  },
  "start.store_lost": {
    status: 500,
    retry: false,
    title: "The store that belongs to this ledger is missing",
    page: "`journal` holds a ledger, and no operator was founded in `store`. Restore both from one backup, or name the store's database in HANSA_DATABASE_URL if it was moved to a server. Nothing was changed. In the sandbox `--reset` begins anew and deletes the ledger.",
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
