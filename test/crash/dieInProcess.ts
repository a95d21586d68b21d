/**
 * Death at a failpoint without a process to kill: the code that passes it throws, and from then on whatever it holds of
 * the world throws too. What it had committed before is what a killed process would have left.
 */
import { armFailpoint, type Failpoint } from "../../src/shared/failpoint.ts";

/** Begins as broken invariants do, so that no worker tries again. */
export class Died extends Error {
  constructor() {
    super("invariant: the process was killed");
  }
}

export interface Mortal {
  /** It died at the armed place. */
  isDead(): boolean;
  /** The same object, of which every method throws once it died. */
  holds<T extends object>(value: T): T;
  /** Disarms; called in any case. */
  end(): void;
}

/** No process has this id; a signal to it comes from a failpoint. */
const nobody = 0x7fff_fff0;

export function dieAt(place: Failpoint, passage: number, onDeath: () => void = () => {}): Mortal {
  const realKill = process.kill;
  let isDead = false;
  process.kill = (pid, signal) => {
    if (pid !== nobody) return realKill.call(process, pid, signal);
    isDead = true;
    onDeath();
    throw new Died();
  };
  armFailpoint(`${place}:${passage}`, nobody);
  return {
    isDead: () => isDead,
    holds: (value) =>
      new Proxy(value, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== "function") return member;
          return (...given: unknown[]) => {
            if (isDead) throw new Died();
            return Reflect.apply(member, target, given) as unknown;
          };
        },
      }),
    end() {
      armFailpoint(undefined);
      process.kill = realKill;
    },
  };
}
