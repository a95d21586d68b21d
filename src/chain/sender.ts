import { keccak256, Transaction, Wallet } from "ethers";
import type { AcceptedIntent, SenderStore, SignedTransaction } from "../domain/transaction.ts";
import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { failpoint } from "../shared/failpoint.ts";
import { type Rpc, RpcError } from "./rpc.ts";
import { createWorker, type Worker } from "./worker.ts";

const batchMax = 50;
/** Enough for the largest act, and under every block's limit; the price is zero, so nothing is lost by it. */
const gasLimit = 12_000_000;

/** Address of a lane's key, in lower case. */
export function laneOf(laneKey: string): string {
  return new Wallet(laneKey).address.toLowerCase();
}

/**
 * The lane: takes accepted intents in order, gives each the next nonce, commits nonce, bytes and hash, and only then
 * broadcasts. Whatever dies in between, the same bytes go out again. A nonce is never freed. The lane's key pays for
 * transactions and has no rights in any contract.
 */
export function createSender(options: {
  context: Context;
  rpc: Rpc;
  chainId: number;
  laneKey: string;
  store: SenderStore;
  /** The ledger has new transactions: time to read it. */
  onBroadcast: () => void;
}): Worker {
  const { context, rpc, chainId, store } = options;
  const wallet = new Wallet(options.laneKey);
  const lane = wallet.address.toLowerCase();
  let nextNonce: number | undefined;

  function sign(intent: AcceptedIntent, nonce: number): SignedTransaction {
    const transaction = Transaction.from({
      type: 0,
      chainId,
      nonce,
      gasLimit,
      gasPrice: 0,
      to: intent.target,
      data: intent.data,
      value: 0,
    });
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
    return { id: intent.id, nonce, raw: transaction.serialized, hash: keccak256(transaction.serialized) };
  }

  async function broadcast(signed: readonly SignedTransaction[]): Promise<void> {
    const results = await rpc.batch(signed.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [raw] })));
    failpoint("transaction.accepted");
    const refused = signed.filter((_, index) => results[index] instanceof RpcError);
    const unknown = await notOnLedger(refused);
    const known = signed.filter((one) => !unknown.includes(one));
    if (known.length > 0) await store.markBroadcast(known.map(({ id }) => id));
    if (unknown.length > 0) {
      // The bytes are committed and may have left: they are offered again, never replaced.
      throw new AppError("chain.unavailable", {}, { cause: results.find((result) => result instanceof RpcError) });
    }
  }

  /** A refusal proves nothing about bytes that the ledger already has: it is asked for each hash. */
  async function notOnLedger(signed: readonly SignedTransaction[]): Promise<readonly SignedTransaction[]> {
    const found = await rpc.batch(signed.map(({ hash }) => ({ method: "eth_getTransactionByHash", params: [hash] })));
    return signed.filter((_, index) => found[index] === null || found[index] instanceof RpcError);
  }

  async function open(): Promise<number> {
    const count = Number(await rpc.call<string>("eth_getTransactionCount", [lane, "latest"]));
    const opened = await store.openLane(lane, count);
    const unmined = await store.unmined(lane);
    for (let from = 0; from < unmined.length; from += batchMax) await broadcast(unmined.slice(from, from + batchMax));
    return opened.nextNonce;
  }

  return createWorker({
    context,
    name: "sender",
    async step() {
      nextNonce ??= await open();
      const first = nextNonce;
      const intents = await store.accepted(batchMax);
      if (intents.length === 0) return "idle";
      const signed = intents.map((intent, index) => sign(intent, first + index));
      await store.saveSigned(lane, first, signed);
      nextNonce = first + signed.length;
      failpoint("transaction.signed");
      await broadcast(signed);
      options.onBroadcast();
      return "busy";
    },
    // After a fault the lane is opened again: what was signed goes out first.
    recover() {
      nextNonce = undefined;
    },
  });
}
