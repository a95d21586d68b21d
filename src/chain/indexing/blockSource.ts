import type { CaughtFault, EndpointPool } from "../endpoints.ts";
import type { Rpc } from "../rpc.ts";

/** Where blocks come from: an endpoint pool. */
export type BlockSource = Pick<EndpointPool, "head" | "sticky" | "report">;

/** One endpoint as a source. */
export function createSingleSource(rpc: Rpc): BlockSource {
  return {
    async head() {
      const number = Number(await rpc.call<string>("eth_blockNumber"));
      return { number, endpoints: { only: number } };
    },
    sticky: (work) => work(rpc, "only"),
    // There is no other one to ask instead.
    report() {},
  };
}

/** What an endpoint gave wrong, at the block that it was asked for. */
export interface ReadFault extends CaughtFault {
  readonly number: number;
}

export function isReadFault(fault: CaughtFault): fault is ReadFault {
  return "number" in fault;
}
