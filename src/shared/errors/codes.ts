/**
 * The one table of error codes. Each area keeps its rows in a file beside this one.
 * A row says how the code travels over HTTP, whether the same request may succeed later,
 * and the sentences of its page under `/errors/<code>`.
 */
import { accessCodes } from "./access.ts";
import { chainCodes } from "./chain.ts";
import { contractCodes } from "./contract.ts";
import { documentCodes } from "./document.ts";
import { messageCodes } from "./message.ts";
import { requestCodes } from "./request.ts";
import type { CodeRow } from "./row.ts";
import { startCodes } from "./start.ts";
import { storeCodes } from "./store.ts";

export const codes = {
  ...requestCodes,
  ...accessCodes,
  ...chainCodes,
  ...contractCodes,
  ...documentCodes,
  ...messageCodes,
  ...startCodes,
  ...storeCodes,
} as const satisfies Record<string, CodeRow>;

export type Code = keyof typeof codes;
