/** Chance from a seed, so that whatever was drawn can be drawn again. */
export interface Draw {
  /** A whole number from 0 up to and without `below`. */
  (below: number): number;
  /** One of these; there is at least one. */
  pick<T>(items: readonly T[]): T;
  /** True `times` times in `of`. */
  chance(times: number, of: number): boolean;
  shuffle<T>(items: readonly T[]): T[];
  /** A source of its own, so that a longer use of one part does not change what another part draws. */
  fork(label: string): Draw;
}

/** Mulberry32: small, and the same on every machine. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  return Object.assign(next, {
    pick<T>(items: readonly T[]): T {
      const item = items[next(items.length)];
      if (item === undefined) throw new Error("nothing to draw from");
      return item;
    },
    chance: (times: number, of: number) => next(of) < times,
    shuffle<T>(items: readonly T[]): T[] {
      const keyed = items.map((item) => ({ item, at: next(0x7fffffff) }));
      return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
    },
    fork: (label: string) => createDraw(mix(seed, label)),
  });
}

/** FNV-1a over the label, begun from the seed. */
function mix(seed: number, label: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const byte of Buffer.from(label)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
