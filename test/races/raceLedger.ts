/** As much of a ledger as a race needs: it executes each lane's nonces in order and remembers what it was sent. */
export interface RaceLedger {
  /** Resolves when the ledger has the bytes; sending them again is harmless. */
  send(lane: string, transaction: { readonly nonce: number; readonly hash: string; readonly id: string }): void;
  countOf(lane: string): number;
  /** Resolves when so many have been executed. */
  reached(count: number): Promise<void>;
  /** In order of execution. */
  readonly executed: readonly { readonly id: string; readonly hash: string }[];
  /** What no correct sender does: another transaction at a used nonce, an intent at two nonces, a hole. */
  faults(): readonly string[];
}

export function createRaceLedger(): RaceLedger {
  const byNonce = new Map<string, Map<number, string>>();
  const counts = new Map<string, number>();
  const nonceOf = new Map<string, string>();
  const waiting = new Map<string, { readonly id: string; readonly hash: string }>();
  const executed: { readonly id: string; readonly hash: string }[] = [];
  const found: string[] = [];
  let waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  function wake(): void {
    const due = waiters.filter(({ count }) => executed.length >= count);
    waiters = waiters.filter(({ count }) => executed.length < count);
    for (const { resolve } of due) resolve();
  }

  return {
    send(lane, { nonce, hash, id }) {
      const known = byNonce.get(lane) ?? new Map<number, string>();
      byNonce.set(lane, known);
      const before = known.get(nonce);
      if (before === hash) return;
      if (before !== undefined) found.push(`${lane} has two transactions at ${nonce}: ${before} and ${hash}`);
      const place = nonceOf.get(id);
      if (place !== undefined) found.push(`${id} is at two nonces: ${place} and ${lane}/${nonce}`);
      known.set(nonce, hash);
      nonceOf.set(id, `${lane}/${nonce}`);
      waiting.set(`${lane}/${nonce}`, { id, hash });
      for (let count = counts.get(lane) ?? 0; ; count += 1) {
        counts.set(lane, count);
        const next = waiting.get(`${lane}/${count}`);
        if (!next) break;
        waiting.delete(`${lane}/${count}`);
        executed.push(next);
      }
      wake();
    },
    reached(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ count, resolve });
      wake();
      return promise;
    },
    countOf: (lane) => counts.get(lane) ?? 0,
    executed,
    faults: () => [...found, ...[...waiting.keys()].map((place) => `${place} waits for a nonce before it`)],
  };
}
