import { performance } from "node:perf_hooks";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Logger } from "../shared/context.ts";
import { recordWith } from "../shared/tracing.ts";

export interface TracingOptions {
  /** Where a collector takes OTLP over HTTP, such as `http://127.0.0.1:4318`; `/v1/traces` is added where it lacks. */
  readonly url: string;
  readonly version: string;
  readonly logger: Logger;
  /** Time between two sendings. */
  readonly everyMs?: number;
  /** How long `close` waits for the last sending. */
  readonly closeMs?: number;
}

export interface Tracing {
  /** Sends what is left, for a short time, and records no longer. */
  close(): Promise<void>;
}

const path = "/v1/traces";
const sendMs = 5_000;
/** A collector that is away is not worth a line for every sending. */
const complainEveryMs = 60_000;

/**
 * Records stages from now on and sends them. Traces that a caller does not record (W3C flag *sampled* off) are not
 * recorded here either. A collector that is away or slow costs spans, never a request: the queue is bounded, and what
 * does not fit is dropped. Credentials for it come from `OTEL_EXPORTER_OTLP_HEADERS`, as its specification says.
 */
export function startTracing(options: TracingOptions): Tracing {
  const { url, version, logger, everyMs = 2_000, closeMs = 3_000 } = options;
  const target = new URL(url);
  if (!target.pathname.endsWith(path)) target.pathname = target.pathname.replace(/\/?$/, path);
  diag.setLogger(complaints(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporter = new OTLPTraceExporter({ url: target.href, timeoutMillis: sendMs });
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: everyMs, exportTimeoutMillis: sendMs });
  const service = resourceFromAttributes({ "service.name": "hansa", "service.version": version });
  const provider = new TracerProvider({ resource: defaultResource().merge(service), spanProcessors: [processor] });
  recordWith(provider.getTracer("hansa", version));
  let closing: Promise<void> | undefined;
  return {
    close() {
      closing ??= close(provider, closeMs);
      return closing;
    },
  };
}

async function close(provider: TracerProvider, limitMs: number): Promise<void> {
  recordWith(undefined);
  const { promise: tooLate, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([provider.shutdown().catch(() => undefined), tooLate]);
  clearTimeout(timer);
  diag.disable();
}

/** What the exporter has to say, as log lines; of its errors not more than one in a while. */
function complaints(logger: Logger): DiagLogger {
  let lastMs = Number.NEGATIVE_INFINITY;
  const complain = (message: string) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < complainEveryMs) return;
    lastMs = nowMs;
    logger.warn({ error: message }, "traces could not be sent; some are lost");
  };
  const ignore = () => {};
  return { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore };
}
