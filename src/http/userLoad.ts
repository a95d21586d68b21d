import type { Caller } from "../features/endpoint.ts";
import { AppError } from "../shared/errors.ts";

export interface UserLoadLimits {
  readonly requestsPerUser: number;
  readonly streamsPerUser: number;
}

/** What every user has under way, in this process. */
export interface UserLoad {
  /**
   * Counts a call in; the returned function counts it out, once.
   * @throws AppError `request.too_many`
   */
  enter(caller: Caller, kind: "request" | "stream"): () => void;
}

const retryAfterSeconds = 1;

/**
 * Bounds on what one user may have under way at the same time, so that none of them, a slow body or a client that never
 * ends its requests takes the gateway from the others. Streams count by themselves: they are meant to stay.
 */
export function createUserLoad({ requestsPerUser, streamsPerUser }: UserLoadLimits): UserLoad {
  const maxima = { request: requestsPerUser, stream: streamsPerUser };
  const underWay = { request: new Map<string, number>(), stream: new Map<string, number>() };

  return {
    enter({ userId }, kind) {
      const counts = underWay[kind];
      const count = counts.get(userId) ?? 0;
      if (count >= maxima[kind]) {
        throw new AppError("request.too_many", { kind, max: maxima[kind], retryAfterSeconds });
      }
      counts.set(userId, count + 1);
      let isOut = false;
      return () => {
        if (isOut) return;
        isOut = true;
        const left = (counts.get(userId) ?? 1) - 1;
        // Users who have nothing under way are forgotten.
        if (left === 0) counts.delete(userId);
        else counts.set(userId, left);
      };
    },
  };
}
