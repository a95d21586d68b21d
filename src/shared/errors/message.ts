import type { CodeRow } from "./row.ts";

export const messageCodes = {} as const satisfies Record<string, CodeRow>;
