/** How much is asked at once: grows while it goes well, shrinks when it does not, and remembers what was too much. */
export interface Width {
  value(): number;
  /** It went well. */
  grow(): void;
  /** It was too much. `max` is the most that is allowed, where that was said. */
  shrink(max?: number): void;
}

/** Good turns until a limit is tried again: a slow hour passes, and providers raise limits. Doubled when it still holds. */
const probeAfterFirst = 4;
const probeAfterMost = 64;

export function createWidth({ first, most }: { first: number; most: number }): Width {
  let value = Math.min(first, most);
  let ceiling = most;
  let goodTurns = 0;
  let probeAfter = probeAfterFirst;
  let isProbing = false;

  function probe(): void {
    probeAfter = isProbing ? probeAfterFirst : probeAfter;
    isProbing = true;
    goodTurns = 0;
    ceiling = Math.min(most, ceiling * 2);
  }

  return {
    value: () => value,
    grow() {
      goodTurns += 1;
      if (ceiling < most && goodTurns >= probeAfter) probe();
      value = Math.min(ceiling, value * 2);
    },
    shrink(max = 0) {
      if (isProbing) probeAfter = Math.min(probeAfterMost, probeAfter * 2);
      isProbing = false;
      goodTurns = 0;
      // What a refusal names counts only when it is less than what was refused.
      const isNamed = max >= 1 && max < value;
      value = isNamed ? Math.floor(max) : Math.max(1, Math.floor(value / 2));
      ceiling = value;
    },
  };
}
