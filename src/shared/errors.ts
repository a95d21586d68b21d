import { type Code, codes } from "./errors/codes.ts";

/** Values that may be shown to the caller: no names, texts, keys or hashes of secrets. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** One fault of a request's form. `pointer` is an RFC 6901 JSON pointer into the body. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * The one error class for what can go wrong in operation. `facts` and `faults` reach the caller,
 * `cause` reaches the log only. Programmer errors are not AppErrors: they use `invariant`.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: Code;
  readonly facts: Facts;
  readonly faults: readonly Fault[];

  constructor(code: Code, facts: Facts = {}, options: { cause?: unknown; faults?: readonly Fault[] } = {}) {
    super(codes[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = facts;
    this.faults = options.faults ?? [];
  }
}

/** Fails the request or worker on a programmer's error. Never use it for bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`);
}
