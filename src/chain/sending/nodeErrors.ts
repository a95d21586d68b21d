import type { RpcError } from "../rpc.ts";

/**
 * What a node means when it refuses `eth_sendRawTransaction`.
 * - *alreadyKnown*: it has these bytes.
 * - *nonceTooLow*: the nonce is used in its chain, by these bytes or by others.
 * - *nonceTooHigh*: something below is missing in its pool.
 * - *replacementUnderpriced*: its pool has others for this nonce that pay as much.
 * - *underpriced*: it takes nothing at this price.
 * - *busy*: full, limited, starting: the same bytes later.
 * - *insufficientFunds*: the lane's account, or what the node lets it spend, does not suffice: a person must act.
 * - *refusedForGood*: these bytes can never be mined.
 * - *unknown*: anything else, an empty message included.
 */
export const refusalClasses = [
  "alreadyKnown",
  "nonceTooLow",
  "nonceTooHigh",
  "replacementUnderpriced",
  "underpriced",
  "busy",
  "insufficientFunds",
  "refusedForGood",
  "unknown",
] as const;
export type RefusalClass = (typeof refusalClasses)[number];

type Client = "any" | "ours" | "hardhat" | "besu" | "geth" | "subnet-evm";

/** Class, the client whose words they are, and the words or the code. */
type Row = readonly [RefusalClass, Client, RegExp | number];

/**
 * The one table of refusals, read from the top. JSON-RPC gives no codes for them (nearly all are -32000), so this is the
 * one place where a node's text decides something. The words are those of Hardhat 3 (EDR 0.20), Besu 25, geth 1.14 to
 * 1.17 (BSC has the same), subnet-evm 0.7 and our own ledger; nodes append details to them and proxies put words before
 * them, hence searches, bounded so that "unknown transaction type" is not a known transaction.
 */
const table: readonly Row[] = [
  ["alreadyKnown", "geth", /\balready known\b/],
  ["alreadyKnown", "besu", /\bknown transaction\b/],
  ["alreadyKnown", "any", /\b(already imported|already exists in the (mem|tx) ?pool|transaction already exists)\b/],

  ["nonceTooHigh", "geth", /\bfuture transaction tries to replace pending\b/],
  ["nonceTooHigh", "geth", /\bgapped-nonce tx\b/],
  ["nonceTooHigh", "besu", /\btoo distant from current sender nonce\b/],
  ["nonceTooHigh", "besu", /\binvalid transaction with a lower nonce exists\b/],
  ["nonceTooHigh", "besu", /\bnonce too far in the future\b/],
  ["nonceTooHigh", "any", /\bnonce (is )?too high\b/],
  // "authority nonce too low" speaks of another account's authorisation, never of the sender's.
  ["nonceTooLow", "any", /(?<!authority )\bnonce (is )?too low\b/],

  ["replacementUnderpriced", "any", /\breplacement transaction underpriced\b/],
  ["replacementUnderpriced", "any", /\breplacement fee too low\b/],

  ["insufficientFunds", "geth", /\binsufficient (funds|balance)\b/],
  ["insufficientFunds", "hardhat", /\bdoesn't have enough funds\b/],
  ["insufficientFunds", "besu", /\bupfront cost exceeds account balance\b/],
  ["insufficientFunds", "geth", /\bexceeds the configured cap\b/],
  ["insufficientFunds", "besu", /\btransaction fee cap exceeded\b/],

  ["underpriced", "geth", /\btransaction underpriced\b/],
  ["underpriced", "geth", /\bgas price below minimum\b/],
  ["underpriced", "geth", /\bmax fee per gas less than block base fee\b/],
  ["underpriced", "besu", /\bgas price below (configured minimum|current base fee)\b/],
  ["underpriced", "hardhat", /\bis too low for the next block\b/],
  ["underpriced", "hardhat", /\bis below the minimum gas ?price\b/],

  ["refusedForGood", "geth", /\bintrinsic gas too low\b/],
  ["refusedForGood", "geth", /\binsufficient gas for floor data gas cost\b/],
  ["refusedForGood", "besu", /\bintrinsic gas exceeds gas limit\b/],
  ["refusedForGood", "hardhat", /\btransaction requires at least \d+ gas\b/],
  ["refusedForGood", "any", /\bexceeds (the )?(block gas limit|transaction gas cap)\b/],
  ["refusedForGood", "any", /\bgas limit (too high|cap exceeded)\b/],
  ["refusedForGood", "ours", /\bsender is not admitted\b/],
  ["refusedForGood", "besu", /\bsender account not authorized\b/],
  ["refusedForGood", "subnet-evm", /\bnon-allow listed address\b/],
  ["refusedForGood", "geth", /\bsender not an eoa\b/],
  ["refusedForGood", "any", /\b(invalid sender|invalid signature)\b/],
  ["refusedForGood", "any", /\b(invalid|wrong|incompatible) chain ?id\b/],
  ["refusedForGood", "besu", /\bchainid (not supported|is required)\b/],
  ["refusedForGood", "hardhat", /\bincompatible eip-155 transaction\b/],
  ["refusedForGood", "any", /\bonly replay-protected\b/],
  ["refusedForGood", "any", /\boversized data\b/],
  ["refusedForGood", "any", /\binit ?code (size|length)\b/],
  ["refusedForGood", "any", /\b(transaction type not supported|(invalid|unknown) transaction type)\b/],
  ["refusedForGood", "any", /\bmax ?priority ?fee ?per ?gas( \(\S+\))? (is bigger|higher|exceeds)\b/],
  ["refusedForGood", "geth", /\bnonce has max value\b/],
  ["refusedForGood", "besu", /\bplugin has marked the transaction as\b/],
  ["refusedForGood", "any", /^rlp: /],
  ["refusedForGood", "ours", /\bthe engine refused the transaction\b/],

  ["busy", "any", /\b(tx|mem|transaction) ?pool (is full|not enabled|overflow)\b/],
  ["busy", "geth", /\b(account limit exceeded|transaction limit reached|address already reserved)\b/],
  ["busy", "besu", /\binitial sync is still in progress\b/],
  ["busy", "ours", /\bdisk is full\b/],
  ["busy", "ours", /\bledger (did not answer|cannot be reached)\b/],
  ["busy", "any", /\b(rate limit|limit exceeded|too many requests|exceeds max batch size|timeout|timed out)\b/],
  // Codes come last and only mean "later": by the others clients mean different things (-32001 is "nonce too low" to Besu
  // and "not found" to EIP-1474).
  ["busy", "any", 429],
  ["busy", "any", -32005],
];

/** What a node means by this error. */
export function classifyRefusal({ code, message }: Pick<RpcError, "code" | "message">): RefusalClass {
  const text = message.toLowerCase();
  const row = table.find(([, , sign]) => (typeof sign === "number" ? sign === code : sign.test(text)));
  return row?.[0] ?? "unknown";
}
