import * as z from "zod";
import { type AskOptions, ask } from "./ask.ts";
import { say } from "./say.ts";

const Verification = z.object({
  kind: z.string(),
  agrees: z.boolean(),
  compared: z.int(),
  differences: z.array(z.object({ what: z.string(), store: z.string(), ledger: z.string() })),
});

/** Compares the gateway's view of a deal with the ledger. 0 when all agree, 1 when not, 2 when nobody could tell. */
export async function verify(deal: string, options: AskOptions): Promise<number> {
  const body = await ask(options, { method: "GET", path: `/v1/verifications/${deal}` });
  if (body === undefined) return 2;
  const { kind, agrees, compared, differences } = Verification.parse(body);
  for (const { what, store, ledger } of differences) say(`${what}: store ${store}, ledger ${ledger}`);
  say(`${kind} ${deal}: ${compared} values compared, ${agrees ? "all agree" : "they differ"}`);
  return agrees ? 0 : 1;
}
