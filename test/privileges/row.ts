import type { CallerName, World } from "./cast.ts";
import type { ContractName } from "./contracts.ts";

/** One function, in one state, with one set of arguments: who may call it, and what everyone else is told. */
interface RowOf<State> {
  readonly contract: ContractName;
  readonly fn: string;
  /** Tells rows of the same function apart. */
  readonly when?: string;
  /** Brings the state about, from a system with admitted parties and nothing else. */
  readonly scenario: (world: World) => Promise<State>;
  /** Where the contract has no fixed address. */
  readonly at?: (state: State, world: World) => string;
  /** Each succeeds in this state. Everyone else calls with the arguments of the first. */
  readonly entitled: readonly [CallerName, ...CallerName[]];
  readonly args: (state: State, as: CallerName, world: World) => readonly unknown[];
  /** The event that shows the effect, or "storage" for a function that states its effect nowhere. */
  readonly effect: string;
  /** The error that means "not entitled". */
  readonly notEntitled: string | ((caller: CallerName) => string);
  /** Callers that are a party to this function and are told something else here, with the reason. */
  readonly otherwise?: Readonly<Partial<Record<CallerName, { readonly error: string; readonly because: string }>>>;
  /** What an entitled caller is told that tries the arguments of the first, where each acts for itself. */
  readonly withAnothersArguments?: string;
  /** Once the act is done its state is over, and still the others are told that they are not entitled; except these. */
  readonly afterwards?:
    | {
        readonly otherwise: Readonly<Partial<Record<CallerName, { readonly error: string; readonly because: string }>>>;
      }
    | { readonly notTestedBecause: string };
  /** The entitled caller cannot call the function itself; this act of its own leads to the call. */
  readonly through?: {
    readonly contract: ContractName;
    readonly fn: string;
    readonly args: (state: State) => readonly unknown[];
  };
}

type Erased = "scenario" | "at" | "args" | "through";

export interface Prepared {
  readonly at: string | undefined;
  readonly args: (as: CallerName) => readonly unknown[];
  readonly through:
    | { readonly contract: ContractName; readonly fn: string; readonly args: readonly unknown[] }
    | undefined;
}

/** A row whose state is brought about by `prepare`. */
export type Row = Omit<RowOf<unknown>, Erased> & { readonly prepare: (world: World) => Promise<Prepared> };

/** States a row; its scenario's result is typed within the row and nowhere else. */
export function row<State>(stated: RowOf<State>): Row {
  const { scenario, at, args, through, ...rest } = stated;
  return {
    ...rest,
    async prepare(world) {
      const state = await scenario(world);
      return {
        at: at?.(state, world),
        args: (as) => args(state, as, world),
        through: through && { ...through, args: through.args(state) },
      };
    },
  };
}
