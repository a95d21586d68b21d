import { expect } from "chai";
import type { Store } from "../../src/store/store.ts";
import { entriesAfter } from "./indexedState.ts";

/** Somebody who reads a sequence as it grows and takes back what is retracted. */
export interface Subscriber {
  /** What it believes in now. */
  contents(): readonly string[];
  /** Reads on. Fails on a gap, and on a retraction that is not of the last event that it believes in. */
  read(): Promise<void>;
}

export function createSubscriber(store: Store, organisationId: string): Subscriber {
  let heard: { sequence: number; content: string }[] = [];
  let after = 0;
  return {
    contents: () => heard.map(({ content }) => content),
    async read() {
      for (const { sequence, retracts, content } of await entriesAfter(store, organisationId, after)) {
        expect(sequence, "gap-free").to.equal(after + 1);
        after = sequence;
        if (retracts === null) {
          heard.push({ sequence, content });
          continue;
        }
        expect(heard.at(-1), "retractions come in reverse order").to.deep.equal({ sequence: retracts, content });
        heard = heard.slice(0, -1);
      }
    },
  };
}
