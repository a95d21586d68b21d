/**
 * Questions that come while an earlier one is being answered wait and are answered together, so that many at once cost
 * few round trips; one alone waits for nobody. `answer` gives the answers at the places of their keys, and each is from
 * after its question.
 */
export function createGatherer<K, V>(
  answer: (keys: readonly K[]) => Promise<readonly V[]>,
  { max }: { readonly max: number },
): (key: K) => Promise<V> {
  interface Asked {
    readonly key: K;
    readonly resolve: (value: V) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Asked[] = [];
  let isBusy = false;

  async function answerNext(): Promise<void> {
    const asked = waiting.splice(0, max);
    try {
      const values = await answer(asked.map(({ key }) => key));
      for (const [index, { resolve }] of asked.entries()) resolve(values[index] as V);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await answerNext();
    isBusy = false;
  }

  return (key) =>
    new Promise<V>((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (isBusy) return;
      isBusy = true;
      void drain();
    });
}
