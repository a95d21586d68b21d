import type { CodeRow } from "./row.ts";

export const contractCodes = {} as const satisfies Record<string, CodeRow>;
