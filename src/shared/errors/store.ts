import type { CodeRow } from "./row.ts";

export const storeCodes = {} as const satisfies Record<string, CodeRow>;
