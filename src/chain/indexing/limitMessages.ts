import { RpcError } from "../rpc.ts";
import { unavailabilityOf } from "../rpcTransport.ts";

/** Whose words they are, and the words. A group holds the most that is allowed, where they say. */
type Row = readonly [provider: string, words: RegExp];

/** Defined by EIP-1474 and used by Besu, Nethermind and Infura for every limit. */
const limitExceeded = -32_005;

/**
 * Refusals because too much was asked at once, by those who give no code of their own for it. Only the size of the next
 * question depends on it: words that are missing here cost a few more tries, never a block.
 */
const table: readonly Row[] = [
  ["geth", /\bbatch too large\b/i],
  ["geth", /\bresponse too large\b/i],
  ["geth", /\brequest timed out\b/i],
  ["geth", /\bquery returned more than (\d[\d,_]*) results\b/i],
  ["avalanchego", /\brequested too many blocks from \d+ to \d+, maximum is set to (\d+)/i],
  ["erigon", /\bbatch limit (\d+) exceeded\b/i],
  ["nethermind", /\bbatch size limit exceeded\b/i],
  ["besu", /\bexceed(?:s|ed)? max(?:imum)? (?:rpc )?(?:block )?range(?: limit)?(?:: ?(\d+))?/i],
  ["besu", /\bnumber of requests exceeds max batch size\b/i],
  ["quicknode", /\blimited to a (\d[\d,_]*) (?:blocks? )?range\b/i],
  ["alchemy", /\blog response size exceeded\b/i],
  ["alchemy", /\bbatch (?:size|requests?) (?:is )?(?:larger|more) than (?:the )?(?:max(?:imum)? )?(\d+)/i],
  ["ankr", /\bblock range (?:is )?too (?:wide|large)\b/i],
  ["chainstack", /\bblock range limit exceeded\b/i],
  ["blast", /\bmaximum (\d[\d,_]*) (?:is )?allowed\b/i],
  ["cloudflare", /\bmax(?:imum)? range: ?(\d[\d,_]*)/i],
  ["llama", /\bquery exceeds max (?:results|block range)(?: (\d[\d,_]*))?/i],
  ["drpc", /\bbatch of more than (\d+) requests\b/i],
  ["publicnode", /\bexceed(?:s|ed)? (?:the )?max(?:imum)? (?:batch size|allowed)(?: of)? ?(\d[\d,_]*)?/i],
  ["any", /\b(?:too many|maximum number of) (?:requests|calls|blocks|results)\b/i],
  ["any", /\b(?:payload|request|body|content) (?:entity )?(?:is )?too large\b/i],
  ["any", /\bquery timeout exceeded\b/i],
];

/** Too much was asked at once. */
export interface AskedTooMuch {
  /** The most that may be asked, where the refusal says it. */
  readonly max: number | undefined;
}

/** Undefined when the error says something else. */
export function askedTooMuch(error: unknown): AskedTooMuch | undefined {
  const reason = unavailabilityOf(error);
  if (reason === "too_large" || reason === "timeout") return { max: undefined };
  // One error for a whole batch reaches us as the cause of an answer that is no batch.
  const refusal = error instanceof Error && error.cause instanceof RpcError ? error.cause : error;
  if (!(refusal instanceof RpcError)) return undefined;
  for (const [, words] of table) {
    const found = words.exec(refusal.message);
    if (found) return { max: numberIn(found[1]) };
  }
  return refusal.code === limitExceeded ? { max: undefined } : undefined;
}

function numberIn(text: string | undefined): number | undefined {
  const number = Number(text?.replaceAll(/[,_]/g, ""));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
