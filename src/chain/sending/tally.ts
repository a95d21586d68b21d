import { type RefusalClass, refusalClasses } from "./nodeErrors.ts";

/** Counts since the process began, over all leads. */
export interface Tally {
  broadcastTotal: number;
  rebroadcastTotal: number;
  bumpTotal: number;
  cancelTotal: number;
  replacedTotal: number;
  deadTotal: number;
  supersededTotal: number;
  readonly refusedTotal: Record<RefusalClass, number>;
}

export function createTally(): Tally {
  return {
    ...{ broadcastTotal: 0, rebroadcastTotal: 0, bumpTotal: 0, cancelTotal: 0 },
    ...{ replacedTotal: 0, deadTotal: 0, supersededTotal: 0 },
    refusedTotal: Object.fromEntries(refusalClasses.map((name) => [name, 0])) as Record<RefusalClass, number>,
  };
}
