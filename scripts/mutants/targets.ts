import { globSync } from "node:fs";
import { join, sep } from "node:path";
import { root } from "../command.ts";

/** A source and the test files that are asked to notice when it is broken. */
export interface Target {
  readonly file: string;
  readonly killers: readonly string[];
}

/** Files that no test in one process can run, each with the proof that it has instead. */
export const leftOut: Readonly<Record<string, string>> = {
  "src/chain/ledger/process.ts":
    "the entry of the ledger's own process; test/chain/ledger/process.test.ts and the crash matrix run it",
  "src/chain/ledger/serve.ts":
    "runs only in the ledger's own process; test/chain/ledger/process.test.ts and the crash matrix run it",
  "src/chain/ledger/spawn.ts":
    "starts and watches the ledger's process; test/chain/ledger/process.test.ts kills it, as does the crash matrix",
  "src/chain/ledger/journalLock.ts":
    "is about two processes; test/chain/ledger/process.test.ts starts a second one beside one that stands still",
  "src/chain/ledger/messages.ts":
    "what the two processes say to each other; both run in test/chain/ledger/process.test.ts only",
  "src/chain/indexing/reindex.ts":
    "runs over a whole store; test/reorg and the command's own tests run it, half a minute each",
};

/** Tests of a folder that kill most, fastest first: Stryker stops at the first that fails. */
const lane = [
  "lane",
  "laneAhead",
  "laneBlocks",
  "laneCancel",
  "laneLead",
  "laneMarket",
  "laneRefused",
  "laneWorker",
  "laneModel",
].map((name) => `sending/${name}`);
const indexer = ["indexer", "reorganising", "following", "indexThroughFaults"].map((name) => `indexing/${name}`);
const ledger = ["ledger/ledger", "ledger/recovery", "ledger/endpoint", "ledger/admission"];
const block = ["verify/header", "verify/normaliseLogs", "verify/faultPlaces", "verify/verifyBlock"];

/**
 * Killers beyond the tests of the file's own name (`x.test.ts`, `x.mutants.test.ts`), first pattern that fits. Tests
 * that start processes, and those that take longer than all others of their folder together, are not asked.
 */
const killersBeside: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^verify\/(rlp|trie|bloom|wire|keccak)$/, ["verify/rlp", "verify/trie", "verify/bloom", ...block]],
  [/^verify\//, block],
  [/^sending\/(fees|nodeErrors|laneKeys|signer)$/, []],
  [/^sending\/(ledgerState|attempts|view)$/, ["sending/reconcile", ...lane]],
  [/^sending\/keccak$/, ["sending/laneKeys", "sending/signer"]],
  [/^sending\//, lane],
  [/^indexing\//, indexer],
  [
    /^ledger\/(frame|journal|journalFile|journalPrefix)$/,
    ["ledger/frame", "ledger/journal", "ledger/journalBounds", "ledger/recovery"],
  ],
  [/^ledger\/endpoint$/, ["ledger/rpc", "ledger/endpointFaults"]],
  [/^ledger\/engine$/, ["ledger/ledger", "ledger/admission"]],
  [/^ledger\//, ledger],
  [/^logDecoder$/, ["decode"]],
  [/^abiValues$/, ["decode", "contractErrors", "ledgerReads"]],
  [/^(commitment|escrowIds)$/, ["dealIds"]],
  [/^contractSet$/, ["abiValues", "decode", "deploy"]],
  [/^(endpoint|endpointIdentity)$/, ["endpoints"]],
  [/^rpcTransport$/, ["rpc", "endpoints"]],
  [/^orders$/, ["orderBytes"]],
  [/^(abiParts|accountTypedData|approvals)$/, ["orderBytes", "orders", "consents"]],
];

const testFile = (name: string): string => `test/chain/${name}.test.ts`;

/** Every source of src/chain that is mutated, with its killers as they stand in `folder`. */
export function mutationTargets(folder: string = root): readonly Target[] {
  const list = (pattern: string) => globSync(pattern, { cwd: folder }).map((path) => path.split(sep).join("/"));
  const tests = new Set(list("test/chain/**/*.test.ts"));
  return list("src/chain/**/*.ts")
    .filter((file) => !Object.hasOwn(leftOut, file))
    .sort()
    .map((file) => {
      const name = file.slice("src/chain/".length, -".ts".length);
      const beside = killersBeside.find(([pattern]) => pattern.test(name))?.[1] ?? [];
      const named = [name, `${name}.mutants`, ...beside].map(testFile);
      return { file, killers: [...new Set(named)].filter((path) => tests.has(path)) };
    });
}

/** Where the tools of the mutation runner lie. */
export const strykerFolder = join(root, "tools", "node_modules", "@stryker-mutator");
