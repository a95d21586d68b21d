import type { CodeRow } from "./row.ts";

export const startCodes = {} as const satisfies Record<string, CodeRow>;
