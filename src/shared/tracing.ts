import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { AppError } from "./errors.ts";

/** Ids, numbers and codes. No names, texts or secrets: traces leave for another system. */
export type StageAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Stage {
  /** W3C `traceparent` that it belongs under. Absent or null: the one of the work under way, or a new trace. */
  readonly traceParent?: string | null | undefined;
  readonly attributes?: StageAttributes | undefined;
  /** Id of the request that it is, for the log lines of its work. */
  readonly requestId?: string | undefined;
  /** Whether it is a request from outside, or a call to the outside. */
  readonly kind?: "server" | "client" | undefined;
}

/** A stage that has begun. */
export interface OpenStage {
  /** Its own `traceparent`, for whatever belongs under it. */
  readonly traceParent: string;
  /** Runs work in this stage: its log lines, its stages and its calls carry the trace. */
  run<T>(work: () => T): T;
  /** `errorCode` marks it as failed. Ending twice is harmless. */
  end(outcome?: StageOutcome): void;
}

export interface StageOutcome {
  /** A better name than the one that it began with. */
  readonly name?: string | undefined;
  readonly attributes?: StageAttributes | undefined;
  readonly errorCode?: string | undefined;
}

interface WorkUnderWay {
  readonly traceParent: string;
  readonly requestId: string | undefined;
}

const underWay = new AsyncLocalStorage<WorkUnderWay>();
/** Absent: nobody records traces. Trace ids are carried all the same, for logs and for the next system. */
let tracer: Tracer | undefined;

/** Records stages from now on, or no longer. Of one process; the set-up is in src/operations/openTelemetry.ts. */
export function recordWith(next: Tracer | undefined): void {
  tracer = next;
}

/** Version 00, or a later one that begins like it. Version ff and ids of zeros are not valid. */
const traceParentForm = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** A caller's `traceparent` header as version 00, or undefined where it is absent or malformed (W3C: start anew then). */
export function readTraceParent(header: unknown): string | undefined {
  const match = typeof header === "string" && header.length <= 200 ? traceParentForm.exec(header) : null;
  if (!match) return undefined;
  const [, version, traceId, parentId, flags, more] = match;
  if (version === "00" && more !== undefined) return undefined;
  return `00-${traceId}-${parentId}-${flags}`;
}

/** A new trace that nobody records. */
function makeTraceParent(): string {
  return `00-${randomUUID().replaceAll("-", "")}-${randomUUID().replaceAll("-", "").slice(16)}-00`;
}

function traceIdOf(traceParent: string): string {
  return traceParent.slice(3, 35);
}

/** `traceparent` of the work under way: for calls to other systems, and to be stored with what goes on later. */
export function currentTraceParent(): string | undefined {
  return underWay.getStore()?.traceParent;
}

/** What a log line says about the work under way. */
export function traceFacts(): { readonly requestId?: string; readonly traceId?: string } {
  const work = underWay.getStore();
  if (work === undefined) return {};
  const { requestId, traceParent } = work;
  return { ...(requestId !== undefined && { requestId }), traceId: traceIdOf(traceParent) };
}

/** Begins a stage. Whoever begins it ends it. */
export function openStage(name: string, stage: Stage = {}): OpenStage {
  const current = underWay.getStore();
  const parent = stage.traceParent ?? current?.traceParent;
  const requestId = stage.requestId ?? current?.requestId;
  const span = tracer && startSpan(tracer, name, { ...stage, parent });
  const traceParent = span ? traceParentOf(span) : (parent ?? makeTraceParent());
  return {
    traceParent,
    run: (work) => underWay.run({ traceParent, requestId }, work),
    end: (outcome) => span && endSpan(span, outcome),
  };
}

/**
 * Runs work as a stage of a trace: `traceStage("transaction.sign", { traceParent, attributes }, () => …)`. A promise is
 * followed to its end. What the work throws is marked by its code and thrown on.
 */
export function traceStage<T>(name: string, stage: Stage, work: () => T): T {
  const open = openStage(name, stage);
  return follow(
    () => open.run(work),
    (outcome) => open.end(outcome),
  );
}

/** A stage that is over and was seen from outside, such as a transaction's way into a block. Wall time, milliseconds. */
export function recordStage(name: string, stage: Stage & { readonly startMs: number; readonly endMs: number }): void {
  if (tracer === undefined) return;
  const { startMs, endMs } = stage;
  const parent = stage.traceParent ?? underWay.getStore()?.traceParent;
  startSpan(tracer, name, { ...stage, parent, startMs }).end(new Date(Math.max(startMs, endMs)));
}

/** Whether anybody records; for what is worth reading only then. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

function follow<T>(work: () => T, end: (outcome?: StageOutcome) => void): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    end({ errorCode: codeOf(error) });
    throw error;
  }
  if (!(result instanceof Promise)) {
    end();
    return result;
  }
  const followed = result.then(
    (value: unknown) => {
      end();
      return value;
    },
    (error: unknown) => {
      end({ errorCode: codeOf(error) });
      throw error;
    },
  );
  return followed as T;
}

/** Of an error only what is no text. */
function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : "unknown";
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

interface SpanStart extends Stage {
  readonly parent: string | undefined;
  readonly startMs?: number;
}

function startSpan(by: Tracer, name: string, { parent, attributes = {}, kind, startMs }: SpanStart): Span {
  const options = {
    attributes,
    kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind],
    // Not as a number: a small one would be taken for time since the process began.
    ...(startMs !== undefined && { startTime: new Date(startMs) }),
  };
  return by.startSpan(name, options, contextOf(parent));
}

function contextOf(traceParent: string | undefined): Context {
  if (traceParent === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(traceParent.slice(53, 55), 16);
  const spanContext = {
    traceId: traceIdOf(traceParent),
    spanId: traceParent.slice(36, 52),
    traceFlags,
    isRemote: true,
  };
  return trace.setSpanContext(ROOT_CONTEXT, spanContext);
}

function traceParentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

function endSpan(span: Span, { name, attributes, errorCode }: StageOutcome = {}): void {
  if (!span.isRecording()) return;
  if (name !== undefined) span.updateName(name);
  if (attributes !== undefined) span.setAttributes(attributes);
  if (errorCode !== undefined) span.setAttribute("error.type", errorCode).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
