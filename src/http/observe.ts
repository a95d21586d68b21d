import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { RequestHandler } from "express";
import { Gauge, Histogram, type Registry } from "prom-client";
import type { Logger } from "../shared/context.ts";
import { type OpenStage, openStage, readTraceParent } from "../shared/tracing.ts";
import { openRequestState, type RequestState } from "./requestState.ts";

/** Only characters that need no care in logs, headers and URIs. */
const requestIdForm = /^[A-Za-z0-9._~-]{8,128}$/;

/**
 * First handler of every request: gives it an id (the caller's `Request-Id` when it is well formed) and a place in a
 * trace (under the caller's `traceparent` when it has one), and when it is over writes one log line and one
 * observation. Query values, bodies and credentials appear in neither; the path is left out where anybody may call,
 * since invitations carry their secret there.
 */
export function observeRequests(logger: Logger, metrics: Registry): RequestHandler {
  const duration = new Histogram({
    name: "hansa_http_request_duration_seconds",
    help: "Time from the request's header to the end of its reply.",
    labelNames: ["operation", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    registers: [metrics],
  });
  const open = countOpen(metrics);
  return (request, response, next) => {
    const startedMs = performance.now();
    const offered = request.headers["request-id"];
    const requestId = typeof offered === "string" && requestIdForm.test(offered) ? offered : randomUUID();
    const state = openRequestState(response, requestId);
    const traceParent = readTraceParent(request.headers["traceparent"]);
    const stage = openStage("request", { traceParent, requestId, kind: "server" });
    const path = request.path;
    response.setHeader("Request-Id", requestId);
    response.setHeader("traceparent", stage.traceParent);
    open.add(state);
    response.once("close", () => {
      open.delete(state);
      const durationMs = performance.now() - startedMs;
      const status = response.statusCode;
      duration.observe({ operation: state.endpoint?.operationId ?? "none", status }, durationMs / 1000);
      endStage(stage, state, { method: request.method, status });
      // The event comes from the socket, outside the request's own stage.
      stage.run(() =>
        logger.info(
          {
            ...describe(state, path),
            method: request.method,
            status,
            durationMs: Math.round(durationMs),
            complete: response.writableFinished,
          },
          "request",
        ),
      );
    });
    stage.run(next);
  };
}

/** Requests under way, and of them those that stream events: they stay for hours. */
function countOpen(metrics: Registry): Set<RequestState> {
  const open = new Set<RequestState>();
  const registers = [metrics];
  new Gauge({
    name: "hansa_http_requests_open",
    help: "Requests under way, event streams included.",
    registers,
    collect() {
      this.set(open.size);
    },
  });
  new Gauge({
    name: "hansa_http_streams_open",
    help: "Event streams (server-sent events) under way.",
    registers,
    collect() {
      this.set([...open].filter(isStream).length);
    },
  });
  return open;
}

function isStream({ endpoint }: RequestState): boolean {
  return endpoint !== undefined && Object.values(endpoint.replies).includes("text/event-stream");
}

function endStage(stage: OpenStage, state: RequestState, reply: { method: string; status: number }): void {
  const { endpoint, caller, requestId, code } = state;
  stage.end({
    name: `${reply.method} ${endpoint?.path ?? "/"}`,
    attributes: {
      "http.request.method": reply.method,
      "http.response.status_code": reply.status,
      "hansa.request_id": requestId,
      ...(endpoint && { "http.route": endpoint.path, "hansa.operation": endpoint.operationId }),
      ...(caller?.organisationId && { "hansa.organisation_id": caller.organisationId }),
    },
    errorCode: reply.status >= 500 ? (code ?? String(reply.status)) : undefined,
  });
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
