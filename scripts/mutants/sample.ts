import { createHash } from "node:crypto";

/**
 * `n` of the keys, each set of n as likely as any other, the same for the same seed: the keys are ordered by a hash of
 * seed and key, so that a mutant stays in the sample when others come and go.
 */
export function drawSample(keys: readonly string[], { size, seed }: { size: number; seed: number }): readonly string[] {
  const rank = (key: string) => createHash("sha256").update(`${seed} ${key}`).digest("hex");
  return keys
    .map((key) => ({ key, rank: rank(key) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, size)
    .map(({ key }) => key);
}
