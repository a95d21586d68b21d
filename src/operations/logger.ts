import pino, { type DestinationStream } from "pino";
import type { Logger } from "../shared/context.ts";
import { traceFacts } from "../shared/tracing.ts";
import { redactFacts } from "./redact.ts";

/**
 * The log: JSON lines on standard error, each with the request's and the trace's id where there is one. Written at
 * once, so that the last words of a process that dies are there. Everything passes `redactFacts`.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }), log: redactFacts },
      timestamp: pino.stdTimeFunctions.isoTime,
      // `redactFacts` has described errors already; pino's own serialiser would copy every field of them.
      serializers: { err: (err: unknown) => err },
      mixin: traceFacts,
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
