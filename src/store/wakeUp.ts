import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import type { Session } from "./session.ts";
import type { Transaction } from "./store.ts";

/**
 * A hint across processes that something was committed; whoever hears it looks at the store. It may be lost, doubled
 * or early, and nothing depends on it: those who wait also look by themselves.
 */
export interface WakeUp {
  /** Wakes everybody who listens, in this process and others, about when `tx` commits. */
  notify(tx: Transaction): Promise<void>;
  /** Calls `listener` at most once for many hints that come together. Returns how to stop that. */
  onWake(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * On a server every commit with a NOTIFY waits for one lock of the whole server, and group commit is lost. So of the
 * commits within this time only the first carries one; one more, outside any transaction, stands for the others.
 */
const quietMs = 25;
const reconnectMs = 1_000;

export interface WakeUpOptions {
  /** A connection of its own to the server that all processes share. */
  readonly openSession: () => Promise<Session>;
  /** A constant of the program, such as `hansa_intents`. */
  readonly channel: string;
}

export function createWakeUp({ openSession, channel }: WakeUpOptions): WakeUp {
  const listeners = new Set<() => void>();
  // Hints are given inside transactions, and those who hear them are not inside.
  const outside = AsyncLocalStorage.snapshot();
  let isDue = false;

  function wake(): void {
    if (isDue) return;
    isDue = true;
    outside(() =>
      setImmediate(() => {
        isDue = false;
        for (const listener of [...listeners]) listener();
      }),
    );
  }

  const closing = new AbortController();
  let session: Session | undefined;
  let quiet: "open" | "silent" | "owing" = "open";

  async function listen(): Promise<void> {
    session = await openSession();
    if (closing.signal.aborted) return;
    session.onNotification(wake);
    await session.query(`listen "${channel}"`);
    // Whatever was said while nobody listened.
    wake();
    await session.ended;
  }

  async function keepListening(): Promise<void> {
    while (!closing.signal.aborted) {
      await listen().catch(() => undefined);
      await session?.close();
      await delay(reconnectMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }

  function beQuiet(): void {
    quiet = "silent";
    const timer = setTimeout(() => {
      const owes = quiet === "owing" && !closing.signal.aborted;
      quiet = "open";
      if (!owes) return;
      beQuiet();
      // A hint that is lost is made up for by the next look.
      void session?.query("select pg_notify($1, '')", [channel]).catch(() => undefined);
    }, quietMs);
    timer.unref();
  }

  const listening = keepListening();
  return {
    async notify(tx) {
      if (quiet !== "open") {
        quiet = "owing";
        return;
      }
      outside(beQuiet);
      await sql`select pg_notify(${channel}, '')`.execute(tx);
    },
    onWake(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await session?.close();
      await listening;
    },
  };
}
