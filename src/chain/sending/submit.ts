import type { Attempt } from "../../domain/transaction.ts";
import { AppError } from "../../shared/errors.ts";
import { type Rpc, RpcError } from "../rpc.ts";
import { classifyRefusal, type RefusalClass } from "./nodeErrors.ts";

/**
 * What became of bytes that were offered to a node. *taken*: it has them. *occupied*: it has others for this nonce, or
 * the nonce is used; nothing is missing there. *refused*: it has nothing for this nonce.
 */
export type Reception =
  | { readonly kind: "taken"; readonly refusal?: RefusalClass }
  | { readonly kind: "occupied"; readonly refusal: RefusalClass }
  | { readonly kind: "refused"; readonly refusal: RefusalClass; readonly text: string };

/**
 * Offers attempts in one JSON-RPC batch, in order.
 * @throws AppError `chain.unavailable`: nobody knows which of them arrived.
 */
export async function submit(rpc: Rpc, attempts: readonly Attempt[]): Promise<readonly Reception[]> {
  const results = await rpc.batch(attempts.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [raw] })));
  const offers = attempts.map((attempt, index) => ({ attempt, reception: readReception(results[index]) }));
  const doubtful = offers.filter(({ reception }) => isDoubtful(reception));
  const known = await knownOnNode(
    rpc,
    doubtful.map(({ attempt }) => attempt),
  );
  return offers.map(({ attempt, reception }) =>
    known.has(attempt.hash) ? { ...reception, kind: "taken" as const } : reception,
  );
}

function readReception(result: unknown): Reception {
  if (typeof result === "string") return { kind: "taken" };
  if (!(result instanceof RpcError)) return { kind: "refused", refusal: "unknown", text: "neither hash nor error" };
  const refusal = classifyRefusal(result);
  if (refusal === "alreadyKnown") return { kind: "taken", refusal };
  if (refusal === "nonceTooLow" || refusal === "replacementUnderpriced") return { kind: "occupied", refusal };
  return { kind: "refused", refusal, text: result.message.slice(0, 200) };
}

/** A refusal in unknown words proves nothing, and a used nonce may be used by these very bytes. */
function isDoubtful({ refusal }: Reception): boolean {
  return refusal === "unknown" || refusal === "nonceTooLow";
}

async function knownOnNode(rpc: Rpc, attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
  if (attempts.length === 0) return new Set();
  const found = await rpc.batch(attempts.map(({ hash }) => ({ method: "eth_getTransactionByHash", params: [hash] })));
  const known = attempts.filter((_, index) => typeof found[index] === "object" && isOfNode(found[index]));
  return new Set(known.map(({ hash }) => hash));
}

function isOfNode(found: unknown): boolean {
  return found !== null && !(found instanceof RpcError);
}

/**
 * Asks every endpoint: whether all refuse these bytes for good, or one takes them, or that is not clear now. One that does
 * not answer has no say: were it to have the bytes, a no-op at the same nonce would do no harm.
 */
export async function askEveryone(
  endpoints: readonly Rpc[],
  attempt: Attempt,
): Promise<"refusedForGood" | "taken" | "unclear"> {
  let verdict: "refusedForGood" | "unclear" = "refusedForGood";
  for (const endpoint of endpoints) {
    const [reception] = await submit(endpoint, [attempt]).catch(nothingIfUnavailable);
    if (reception?.kind === "taken") return "taken";
    if (reception && reception.refusal !== "refusedForGood") verdict = "unclear";
  }
  return verdict;
}

/**
 * Offers the same to every endpoint, where there are several, when the one that was asked first may be at fault (besu #6058:
 * a node that refuses, or keeps and never passes on, what others would take). One that takes it is enough.
 */
export async function submitEverywhere(
  endpoints: readonly Rpc[],
  attempts: readonly Attempt[],
  first: readonly Reception[],
): Promise<readonly Reception[]> {
  if (endpoints.length < 2) return first;
  const answers = await Promise.all(
    endpoints.map((endpoint) => submit(endpoint, attempts).catch(nothingIfUnavailable)),
  );
  return first.map((reception, index) => {
    if (reception.kind !== "refused") return reception;
    return answers.map((receptions) => receptions[index]).find((one) => one?.kind === "taken") ?? reception;
  });
}

function nothingIfUnavailable(error: unknown): readonly [] {
  if (error instanceof AppError && error.code === "chain.unavailable") return [];
  throw error;
}
