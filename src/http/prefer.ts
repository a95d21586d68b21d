import { limits } from "../shared/limits.ts";

const waitPreference = /^wait\s*=\s*"?(\d{1,6})"?\s*$/i;

/**
 * Seconds that the caller wants to wait for the outcome (RFC 7240 `Prefer: wait=N`), at most `waitSecondsMax`.
 * Undefined without such a preference: by the RFC, what is malformed or not known is ignored, not refused.
 */
export function waitSeconds(prefer: string | undefined): number | undefined {
  for (const preference of (prefer ?? "").split(",")) {
    const bare = (preference.split(";")[0] ?? "").trim();
    const match = waitPreference.exec(bare);
    if (match) return Math.min(Number(match[1]), limits.waitSecondsMax);
  }
  return undefined;
}
