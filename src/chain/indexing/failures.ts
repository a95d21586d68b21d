import * as z from "zod";
import { contractError } from "../contractErrors.ts";
import { quantity, type Rpc, RpcError } from "../rpc.ts";
import type { BlockSource } from "./blockSource.ts";
import type { ReadBlock } from "./wireBlock.ts";

interface Failed {
  readonly hash: string;
  readonly blockNumber: number;
}

/** An unknown reason; the same for a node that does not keep the state of old blocks. */
const refused = "contract.refused";

const transactionSchema = z.object({ from: z.string(), to: z.string().nullable(), input: z.string() });

/**
 * Why transactions of ours failed, as codes of the error table. Receipts carry no reason, so each is tried once more on
 * the state before its block. Others' failures are nobody's business here, and would cost two questions each.
 */
export async function readFailures(
  source: BlockSource,
  blocks: readonly ReadBlock[],
  ownOf: (hashes: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<ReadonlyMap<string, string>> {
  const failed = blocks.flatMap(({ block, receipts }) =>
    receipts
      .filter(({ status }) => status !== "0x1")
      .map(({ transactionHash }) => ({ hash: transactionHash, blockNumber: Number(block.number) })),
  );
  if (failed.length === 0) return new Map();
  const own = await ownOf(failed.map(({ hash }) => hash));
  const ours = failed.filter(({ hash }) => own.has(hash));
  if (ours.length === 0) return new Map();
  return source.sticky((rpc) => tryAgain(rpc, ours));
}

async function tryAgain(rpc: Rpc, failed: readonly Failed[]): Promise<ReadonlyMap<string, string>> {
  const found = await rpc.batch(failed.map(({ hash }) => ({ method: "eth_getTransactionByHash", params: [hash] })));
  const known = failed.flatMap((one, index) => {
    const transaction = transactionSchema.safeParse(found[index]);
    return transaction.success ? [{ ...one, ...transaction.data }] : [];
  });
  const tried = await rpc.batch(
    known.map(({ from, to, input, blockNumber }) => ({
      method: "eth_call",
      params: [{ from, to, data: input }, quantity(Math.max(0, blockNumber - 1))],
    })),
  );
  const reasons = new Map(failed.map(({ hash }) => [hash, refused]));
  for (const [index, { hash }] of known.entries()) {
    const result = tried[index];
    if (result instanceof RpcError) reasons.set(hash, codeOf(result));
  }
  return reasons;
}

/** A stranger's contract may give bytes that only begin like an error of ours. They must not hold up the index. */
function codeOf({ data }: RpcError): string {
  try {
    return contractError(data).code;
  } catch {
    return refused;
  }
}
