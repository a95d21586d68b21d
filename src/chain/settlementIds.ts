import { TypedDataEncoder } from "ethers";

/** A leg as the settlement contract takes it. */
export interface LedgerLeg {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  /** Undertaking that moves; zero for money. */
  readonly item: string;
  /** Minor units. */
  readonly amount: string;
}

/** What all parties consent to. */
export interface LedgerSettlement {
  readonly legs: readonly LedgerLeg[];
  /** Last second (business time) at which it may be executed. */
  readonly deadline: number;
  readonly salt: string;
}

const types = {
  Settlement: [
    { name: "legs", type: "Leg[]" },
    { name: "deadline", type: "uint48" },
    { name: "salt", type: "bytes32" },
  ],
  Leg: [
    { name: "target", type: "address" },
    { name: "from", type: "uint32" },
    { name: "to", type: "uint32" },
    { name: "item", type: "bytes32" },
    { name: "amount", type: "uint128" },
  ],
};

/** `AtomicSettlement.settlementId`: the EIP-712 digest that the parties' accounts are asked to sign. */
export function settlementIdOf(settlement: LedgerSettlement, at: { chainId: number; contract: string }): string {
  const domain = { name: "Hansa Settlement", version: "1", chainId: at.chainId, verifyingContract: at.contract };
  return TypedDataEncoder.hash(domain, types, settlement);
}

/** `AtomicSettlement.partiesOf`: whoever gives or takes, each once, in the order in which the legs name them. */
export function settlementParties(legs: readonly Pick<LedgerLeg, "from" | "to">[]): readonly number[] {
  return [...new Set(legs.flatMap(({ from, to }) => [from, to]))];
}
