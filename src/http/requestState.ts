import type { ServerResponse } from "node:http";
import type { Caller, Endpoint } from "../features/endpoint.ts";
import { invariant } from "../shared/errors.ts";

/** What is known of a request while it is served; for its log line, its metrics and its problem. */
export interface RequestState {
  readonly requestId: string;
  endpoint?: Endpoint;
  caller?: Caller;
  /** Code of the problem that was answered. */
  code?: string;
}

const states = new WeakMap<ServerResponse, RequestState>();

export function openRequestState(response: ServerResponse, requestId: string): RequestState {
  const state: RequestState = { requestId };
  states.set(response, state);
  return state;
}

export function requestState(response: ServerResponse): RequestState {
  const state = states.get(response);
  invariant(state, "the request passed no observer");
  return state;
}
