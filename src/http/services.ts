import type { Request, Response } from "express";
import type { Caller, EventStream, Reply } from "../features/endpoint.ts";
import type { Logger } from "../shared/context.ts";
import type { ActRoutes } from "./actRoutes.ts";
import type { Contract } from "./contract.ts";
import type { IdempotencyPort } from "./idempotency.ts";
import type { UserLoad } from "./userLoad.ts";

/** What serving a call needs from outside of it. */
export interface CallServices {
  readonly logger: Logger;
  readonly contract: Contract;
  readonly idempotency: IdempotencyPort;
  /** The user whose active API key this is; undefined when there is none. */
  readonly authenticate: (bearerToken: string) => Promise<Caller | undefined>;
  readonly settled?: SettledPort | undefined;
  readonly sendStream: (request: Request, response: Response, stream: EventStream) => Promise<void>;
  /** Where the entries of a batch go. */
  readonly actRoutes: ActRoutes;
  readonly userLoad: UserLoad;
}

/**
 * With `Prefer: wait=N`: what became of committed writes, at the latest after `timeoutMs`; undefined at the place of a
 * reply that waits for nothing. Never stored.
 */
export type SettledPort = (
  caller: Caller,
  firsts: readonly Reply[],
  timeoutMs: number,
) => Promise<readonly (Reply | undefined)[]>;
