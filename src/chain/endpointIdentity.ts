import type { Context } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { quantity, type Rpc, RpcError } from "./rpc.ts";
import { unavailable } from "./rpcTransport.ts";

/** The chain that every endpoint must serve. What is absent is not asked. */
export interface ExpectedChain {
  readonly chainId?: number | undefined;
  /** Hash of block 0. */
  readonly genesisHash?: string | undefined;
}

/** Whether an endpoint serves the right chain. */
export interface EndpointIdentity {
  /** Asks once. @throws AppError `chain.other_chain`, or `chain.unavailable` when it does not say. */
  ensure(): Promise<void>;
  /** It was away: what answers at its address now may be another. */
  forget(): void;
  /** It served another chain when it was asked last, not long ago. */
  isOther(): boolean;
}

export function createEndpointIdentity(options: {
  readonly context: Context;
  /** Of the endpoint. */
  readonly name: string;
  readonly rpc: Rpc;
  readonly expect: ExpectedChain;
  /** How long an endpoint of another chain is left alone before it is asked again. */
  readonly recheckMs: number;
}): EndpointIdentity {
  const { context, name, rpc, recheckMs } = options;
  const { chainId, genesisHash } = options.expect;
  let asked: Promise<void> | undefined;
  let otherUntilMs = 0;
  const isOther = (): boolean => context.clock.wallMs() < otherUntilMs;

  async function ask(): Promise<void> {
    if (chainId === undefined && genesisHash === undefined) return;
    const [id, genesis] = await rpc.batch([
      { method: "eth_chainId", params: [] },
      { method: "eth_getBlockByNumber", params: [quantity(0), false] },
    ]);
    if (id instanceof RpcError || genesis instanceof RpcError) throw unavailable("not_json_rpc", id);
    const foundId = Number(id);
    const foundGenesis = String((genesis as { hash?: unknown } | null)?.hash);
    if (foundId === (chainId ?? foundId) && foundGenesis === (genesisHash ?? foundGenesis)) return;
    otherUntilMs = context.clock.wallMs() + recheckMs;
    const facts = { chainId: foundId, genesisHash: foundGenesis };
    context.logger.error({ endpoint: name, ...facts }, "an endpoint serves another chain and is left out");
    throw new AppError("chain.other_chain", facts);
  }

  return {
    async ensure() {
      if (isOther()) throw new AppError("chain.other_chain");
      asked ??= ask();
      try {
        await asked;
      } catch (error) {
        asked = undefined;
        throw error;
      }
    },
    forget() {
      asked = undefined;
    },
    isOther,
  };
}
