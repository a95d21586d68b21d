import * as z from "zod";
import { type EventType, eventSchemas } from "../../domain/ledgerEvent.ts";
import { AppError } from "../../shared/errors.ts";
import { limits } from "../../shared/limits.ts";
import { listEvents } from "../../store/eventLog.ts";
import { findLastSequence } from "../../store/lastSequence.ts";
import { findCaller } from "../../store/parties.ts";
import { type Caller, defineEndpoint, type Endpoint, type EventStream } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { IntegerText, instant } from "../schemas.ts";

const tag = "Events";
const types = Object.keys(eventSchemas) as [EventType, ...EventType[]];

/**
 * One entry of the organisation's own gap-free sequence. `data` has the schema of its type, which only grows:
 * consumers ignore fields and types that they do not know.
 *
 * `retracts` is null for what happened. Where the ledger was reorganised, an entry with the same type, subject and data
 * takes back the earlier one whose sequence number it names; entries are taken back last one first. `final` says that
 * the ledger cannot take the entry's block back any more; on a ledger whose blocks are final at once it is always true.
 */
export const EventView = z.strictObject({
  sequence: z.int(),
  retracts: z.int().nullable(),
  final: z.boolean(),
  type: z.enum(types),
  subject: z.string(),
  occurredAt: z.string(),
  block: z.strictObject({ number: z.int(), hash: z.string(), logIndex: z.int() }),
  data: z.record(z.string(), z.unknown()),
});

type Row = Awaited<ReturnType<typeof listEvents>>[number];

function toView(row: Row): z.infer<typeof EventView> {
  return {
    sequence: row.sequence,
    retracts: row.retracts,
    final: row.final,
    type: row.type as EventType,
    subject: row.subject,
    occurredAt: instant(row.occurred_at),
    block: { number: row.block_number, hash: row.block_hash, logIndex: row.log_index },
    data: row.data,
  };
}

const streamBatch = 100;
/** Looks again by itself, since a wake-up may be lost. */
const streamPollMs = 2_000;

const LastEventId = IntegerText(0, Number.MAX_SAFE_INTEGER).optional();

/** Ends by itself when the caller's API key does: a disabled user or a rotated key hears nothing more. */
function followEvents({ store, indexed }: GatewayContext, caller: Caller, from: number): EventStream {
  const { organisationId, keyId } = caller;
  return {
    async *events(signal) {
      let after = from;
      while (!signal.aborted) {
        // Registered before reading, so that a commit in between is not missed.
        const more = indexed.next(streamPollMs, signal);
        const rows = await listEvents(store.db, organisationId, { after, subject: undefined, limit: streamBatch });
        if (!(await findCaller(store.db, keyId))) return;
        for (const row of rows) {
          after = row.sequence;
          yield { id: String(row.sequence), event: row.type, data: toView(row) };
        }
        if (rows.length === 0) await more;
      }
    },
  };
}

/**
 * A caller that has seen more than there is would wait for ever, or miss what comes in the place of what it has seen.
 * @throws AppError `request.cursor_ahead` with the last sequence number that there is
 */
async function assertNotAhead({ store }: GatewayContext, { organisationId }: Caller, after: number): Promise<void> {
  if (after === 0) return;
  const last = await findLastSequence(store.db, organisationId);
  if (after > last) throw new AppError("request.cursor_ahead", { last });
}

export function createEventEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/events",
      operationId: "listEvents",
      summary:
        "Events of one's own deals, from after a sequence number. An entry with `retracts` takes back an earlier one, because the ledger was reorganised; a `final` one stays",
      query: z.strictObject({
        after: IntegerText(0, Number.MAX_SAFE_INTEGER).default(0),
        subject: z.string().max(80).optional(),
        limit: IntegerText(1, limits.pageSizeMax).default(limits.pageSizeDefault),
      }),
      replies: { 200: z.strictObject({ items: z.array(EventView), next: z.int() }) },
      async handle({ caller, query }) {
        const rows = await listEvents(gateway.store.db, caller.organisationId, {
          after: query.after,
          subject: query.subject,
          limit: query.limit,
        });
        if (rows.length === 0) await assertNotAhead(gateway, caller, query.after);
        return { status: 200, body: { items: rows.map(toView), next: rows.at(-1)?.sequence ?? query.after } };
      },
    }),
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/events/stream",
      operationId: "streamEvents",
      summary:
        "The same as server-sent events; resumes after Last-Event-ID. Retractions come as entries of the same type with `retracts`, last event first",
      query: z.strictObject({ after: IntegerText(0, Number.MAX_SAFE_INTEGER).optional() }),
      replies: { 200: "text/event-stream" },
      async handle({ caller, query, headers }) {
        const resumed = LastEventId.safeParse(headers["last-event-id"]);
        if (!resumed.success) throw new AppError("request.cursor_invalid");
        const after = resumed.data ?? query.after ?? 0;
        await assertNotAhead(gateway, caller, after);
        return followEvents(gateway, caller, after);
      },
    }),
  ];
}
