import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Request, Response } from "express";
import type { EventStream } from "../features/endpoint.ts";
import type { Logger } from "../shared/context.ts";
import { requestState } from "./requestState.ts";

export interface StreamOptions {
  readonly logger: Logger;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  /** Time between comments that keep the connection alive. */
  readonly heartbeatMs: number;
  /** A client that takes nothing for so long is cut off; it resumes with `Last-Event-ID`. */
  readonly stallMs: number;
}

interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Sends server-sent events until the source ends, the client goes or the server stops. What waits in memory is
 * bounded: the source is asked for its next event only when the socket has taken the last one, so a slow client
 * slows its own source and costs one socket buffer and one event.
 */
export function createStreamSender(options: StreamOptions) {
  return async function sendStream(request: Request, response: Response, stream: EventStream): Promise<void> {
    response.writeHead(200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
    response.flushHeaders();
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, options.stopping]);
    signal.addEventListener("abort", () => response.end(), { once: true });
    const heartbeat = startHeartbeat(response, options);
    try {
      await pump(response, stream, signal);
    } catch (error) {
      // The status line is long gone; the client sees the end of the stream and resumes after its last id.
      const { requestId } = requestState(response);
      if (!signal.aborted) options.logger.error({ err: error, requestId }, "event stream failed");
    } finally {
      clearInterval(heartbeat);
      response.end();
    }
  };
}

async function pump(response: ServerResponse, stream: EventStream, signal: AbortSignal): Promise<void> {
  for await (const event of stream.events(signal)) {
    if (signal.aborted) return;
    response.write(frameOf(event));
    if (response.writableNeedDrain) await once(response, "drain", { signal });
  }
}

function frameOf({ id, event, data }: StreamedEvent): string {
  const oneLine = (text: string) => text.replaceAll(/[\r\n\0]/g, "");
  return `id: ${oneLine(id)}\nevent: ${oneLine(event)}\ndata: ${JSON.stringify(data)}\n\n`;
}

function startHeartbeat(response: ServerResponse, { heartbeatMs, stallMs }: StreamOptions): NodeJS.Timeout {
  let stalledMs = 0;
  return setInterval(() => {
    if (!response.writableNeedDrain) {
      stalledMs = 0;
      response.write(":\n\n");
      return;
    }
    stalledMs += heartbeatMs;
    if (stalledMs >= stallMs) response.destroy();
  }, heartbeatMs);
}
