import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { RequestHandler } from "express";
import { Histogram, type Registry } from "prom-client";
import type { Logger } from "../shared/context.ts";
import { openRequestState, type RequestState } from "./requestState.ts";

/** Only characters that need no care in logs, headers and URIs. */
const requestIdForm = /^[A-Za-z0-9._~-]{8,128}$/;

/**
 * First handler of every request: gives it an id (the caller's `Request-Id` when it is well formed), and when it is
 * over writes one log line and one observation. Query values, bodies and credentials appear in neither; the path
 * is left out where anybody may call, since invitations carry their secret there.
 */
export function observeRequests(logger: Logger, metrics: Registry): RequestHandler {
  const duration = new Histogram({
    name: "hansa_http_request_duration_seconds",
    help: "Time from the request's header to the end of its reply.",
    labelNames: ["operation", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    registers: [metrics],
  });
  return (request, response, next) => {
    const startedMs = performance.now();
    const offered = request.headers["request-id"];
    const requestId = typeof offered === "string" && requestIdForm.test(offered) ? offered : randomUUID();
    const state = openRequestState(response, requestId);
    const path = request.path;
    response.setHeader("Request-Id", requestId);
    response.once("close", () => {
      const durationMs = performance.now() - startedMs;
      const status = response.statusCode;
      duration.observe({ operation: state.endpoint?.operationId ?? "none", status }, durationMs / 1000);
      logger.info(
        {
          ...describe(state, path),
          method: request.method,
          status,
          durationMs: Math.round(durationMs),
          complete: response.writableFinished,
        },
        "request",
      );
    });
    next();
  };
}

function describe(state: RequestState, path: string): object {
  const { endpoint, caller } = state;
  return {
    requestId: state.requestId,
    ...(endpoint && {
      operation: endpoint.operationId,
      path: endpoint.access === "public" ? endpoint.path : path,
    }),
    ...(caller && { organisationId: caller.organisationId, userId: caller.userId }),
    ...(state.code && { code: state.code }),
  };
}
