import { AsyncLocalStorage } from "node:async_hooks";

/**
 * A database transaction contains SQL and nothing else. Everything that waits for a network, a file or
 * a signature asserts that no transaction is open in its own call chain.
 */
const scope = new AsyncLocalStorage<true>();

export function runInsideTransaction<T>(work: () => Promise<T>): Promise<T> {
  return scope.run(true, work);
}

export function isInsideTransaction(): boolean {
  return scope.getStore() === true;
}

/** Throws (a programmer's error) when a transaction is open in this call chain. */
export function assertOutsideTransaction(what: string): void {
  if (isInsideTransaction()) throw new Error(`invariant: ${what} inside a database transaction`);
}
