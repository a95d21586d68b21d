import { invariant } from "../shared/errors.ts";
import { type Addresses, type InterfaceName, interfaces, type SingletonName } from "./contractSet.ts";

/**
 * Acts that bind nobody and move no money out: one key of a bank is enough. Every other act of a bank needs two. The
 * registry is told this list when it is deployed; the account checks it on the ledger.
 */
const routine: readonly (readonly [SingletonName & InterfaceName, readonly string[]])[] = [
  ["Presentations", ["forward", "assertPreclusion"]],
  ["Credits", ["close"]],
  ["Undertakings", ["claim"]],
  ["TradeEscrow", ["lapse", "settleByDefault", "settleInspected", "settleUndelivered", "claim"]],
];

export function routineActs(addresses: Addresses): readonly { target: string; selector: string }[] {
  return routine.flatMap(([name, functions]) =>
    functions.map((fn) => {
      const selector = interfaces[name].contract.getFunction(fn)?.selector;
      // Without one, every call to the contract would begin with it.
      invariant(selector !== undefined, `${name} has a function ${fn}`);
      return { target: addresses[name], selector };
    }),
  );
}

/** Made once for a set of addresses, since every act of a bank asks. */
const knownActs = new WeakMap<Addresses, ReadonlySet<string>>();

function knownFor(addresses: Addresses): ReadonlySet<string> {
  const known =
    knownActs.get(addresses) ??
    new Set(routineActs(addresses).map(({ target, selector }) => `${target}${selector}`.toLowerCase()));
  knownActs.set(addresses, known);
  return known;
}

/** True when one key of a four-eyes account is enough for this call. */
export function isRoutine(addresses: Addresses, { target, data }: { target: string; data: string }): boolean {
  return knownFor(addresses).has(`${target}${data.slice(0, 10)}`.toLowerCase());
}
