import { type ApiClient, bodyOf } from "./client.ts";

const pageSize = 200;

/** One page of the organisation's events: how many there were, and the last one's sequence number. */
export interface EventPage {
  readonly count: number;
  readonly next: number;
}

/**
 * The number of the newest event. The sequence has no gaps, so that it is found by leaps that double as long as there
 * is something beyond them, and not by reading the past.
 */
export async function findLastSequence(read: (after: number, limit: number) => Promise<EventPage>): Promise<number> {
  let known = 0;
  for (;;) {
    const { count, next } = await read(known, pageSize);
    if (count < pageSize) return next;
    known = next;
    for (let leap = pageSize; (await read(known + leap, 1)).count > 0; leap *= 2) known += leap;
  }
}

export function lastSequence(client: ApiClient): Promise<number> {
  return findLastSequence(async (after, limit) => {
    const { items, next } = await bodyOf(client.GET("/v1/events", { params: { query: { after, limit } } }));
    return { count: items.length, next };
  });
}
