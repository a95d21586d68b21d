import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/**
 * A database transaction contains SQL and nothing else: whatever waits for a network, a file, a key or another process
 * would keep everybody else waiting, and what it did could not be undone. Two nets catch that. What is known to wait
 * asserts that no transaction is open in its own call chain, and throws at once. And Node tells of every wait that it
 * begins; one that begins inside a transaction makes it fail at its end, so that it is undone.
 */
interface Scope {
  isOpen: boolean;
  /** The first wait that began inside. */
  wait: string | undefined;
}

const scope = new AsyncLocalStorage<Scope>();

/**
 * Kinds of work as Node names them. Timers and messages to threads are not among them: SQL needs both. Nor are random
 * bytes, which an id needs and which Node tells of also where nobody waits. Keys that are made or used at once do count:
 * that is a computation which holds up everybody.
 */
const waits: Readonly<Record<string, string>> = {
  FSREQCALLBACK: "a file",
  FSREQPROMISE: "a file",
  FILEHANDLECLOSEREQ: "a file",
  GETADDRINFOREQWRAP: "the network",
  GETNAMEINFOREQWRAP: "the network",
  QUERYWRAP: "the network",
  TCPWRAP: "the network",
  TCPCONNECTWRAP: "the network",
  PIPECONNECTWRAP: "the network",
  UDPSENDWRAP: "the network",
  HTTPCLIENTREQUEST: "the network",
  PROCESSWRAP: "another process",
  WORKER: "another thread",
  ZLIB: "compression",
  CIPHERREQUEST: "a key",
  DERIVEBITSREQUEST: "a key",
  HASHREQUEST: "a key",
  HKDFREQUEST: "a key",
  KEYEXPORTREQUEST: "a key",
  KEYGENREQUEST: "a key",
  KEYPAIRGENREQUEST: "a key",
  PBKDF2REQUEST: "a key",
  SCRYPTREQUEST: "a key",
  SIGNREQUEST: "a key",
  VERIFYREQUEST: "a key",
};

function note(wait: string | undefined): void {
  const open = scope.getStore();
  if (wait !== undefined && open?.isOpen) open.wait ??= wait;
}

let isWatching = false;

/** Without following promises the hook costs nothing that can be measured. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const options = { init: (_id: number, kind: string) => note(waits[kind]), trackPromises: false };
  createHook(options).enable();
  // `fetch` may use a connection that is open already.
  subscribe("undici:request:create", () => note("the network"));
}

/**
 * Runs the work of a transaction.
 * @throws Error (a programmer's) at the end, when it began to wait for something outside
 */
export async function runInsideTransaction<T>(work: () => Promise<T>): Promise<T> {
  watch();
  const own: Scope = { isOpen: true, wait: undefined };
  try {
    const result = await scope.run(own, work);
    if (own.wait !== undefined) throw new Error(`invariant: a wait for ${own.wait} inside a database transaction`);
    return result;
  } finally {
    // What was begun in here and goes on afterwards, a wake-up or a timer, is outside again.
    own.isOpen = false;
  }
}

export function isInsideTransaction(): boolean {
  return scope.getStore()?.isOpen === true;
}

/** Throws (a programmer's error) when a transaction is open in this call chain. */
export function assertOutsideTransaction(what: string): void {
  if (isInsideTransaction()) throw new Error(`invariant: ${what} inside a database transaction`);
}
