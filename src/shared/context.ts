import type { Clock } from "./clock.ts";
import type { Shutdown } from "./shutdown.ts";

/** What a logger must be able to do; pino fits. Texts and secrets never go in. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** The bag that every factory takes. */
export interface Context {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
