import type { Store } from "./store/store.ts";
import { createWakeUp } from "./store/wakeUp.ts";

export interface WakeUps {
  /** There are new intents, and a lane that another gateway may lead. */
  intents(): void;
  /** There are new blocks in the index. */
  blocks(): void;
  onIntents(listener: () => void): void;
  onBlocks(listener: () => void): void;
  close(): Promise<void>;
}

/** Hints between gateways that share a database. In an embedded store there is nobody else, and nothing is sent. */
export function createWakeUps(store: Store): WakeUps {
  const { openSession } = store;
  if (!openSession) {
    return { intents() {}, blocks() {}, onIntents() {}, onBlocks() {}, close: async () => undefined };
  }
  const intents = createWakeUp({ openSession, channel: "hansa_intents" });
  const blocks = createWakeUp({ openSession, channel: "hansa_blocks" });
  // A hint that cannot be given is no fault: whoever waits looks by itself too.
  const tell = (to: typeof intents) => void store.transaction((tx) => to.notify(tx)).catch(() => undefined);
  return {
    intents: () => tell(intents),
    blocks: () => tell(blocks),
    onIntents: (listener) => void intents.onWake(listener),
    onBlocks: (listener) => void blocks.onWake(listener),
    async close() {
      await Promise.all([intents.close(), blocks.close()]);
    },
  };
}
