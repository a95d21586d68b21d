/** A client that costs little, since it shares the machine with what it measures. */
import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import type { ActReply } from "../../src/features/actReply.ts";

export interface Client {
  /** @throws when the status is not 200 */
  get<T>(path: string): Promise<T>;
  /** Reads the reply to its end and does not parse it. @throws when the status is not 200 */
  read(path: string): Promise<void>;
  post<T>(path: string, body: unknown, options?: { readonly waitSeconds?: number; readonly key?: string }): Promise<T>;
  close(): Promise<void>;
}

/** Speaks as the bearer of a token, or as nobody. */
export function openClient(url: string, token: string | null, connections: number): Client {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };

  async function getText(path: string): Promise<string> {
    const response = await pool.request({ path, method: "GET", headers: authorization });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode} ${text}`);
    return text;
  }

  return {
    get: async <T>(path: string) => JSON.parse(await getText(path)) as T,
    async read(path) {
      const response = await pool.request({ path, method: "GET", headers: authorization });
      await response.body.dump({ limit: 64 * 1_048_576 });
      if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
    },
    async post<T>(path: string, body: unknown, options: { waitSeconds?: number; key?: string } = {}) {
      const { waitSeconds, key = randomUUID() } = options;
      const headers = {
        ...authorization,
        ...{ "content-type": "application/json", "idempotency-key": key },
        ...(waitSeconds !== undefined && { prefer: `wait=${waitSeconds}` }),
      };
      const response = await pool.request({ path, method: "POST", headers, body: JSON.stringify(body) });
      const text = await response.body.text();
      if (response.statusCode > 299) throw new Error(`POST ${path}: ${response.statusCode} ${text}`);
      return JSON.parse(text) as T;
    },
    close: () => pool.destroy(),
  };
}

/** So many at once until so many are done. */
export async function inParallel(
  callers: number,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function caller(): Promise<void> {
    while (next < count) await work(next++);
  }
  await Promise.all(Array.from({ length: Math.min(callers, count) }, caller));
}

const waitSeconds = 30;
const rounds = 4;

interface TransactionView {
  readonly id: string;
  readonly status: string;
  readonly final: boolean;
}

/** Waits for an act that was still on its way when its reply came. @throws when it is not final in two minutes */
async function waitUntilFinal(client: Client, id: string): Promise<void> {
  for (let round = 0; round < rounds * waitSeconds; round += 1) {
    const { status, final } = await client.get<TransactionView>(`/v1/transactions/${id}`);
    if (status === "final" && final) return;
    if (final) throw new Error(`transaction ${id} is ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error(`transaction ${id} is not final`);
}

async function finalId(client: Client, reply: ActReply): Promise<string> {
  const { transaction } = reply;
  if (!transaction) throw new Error(`order ${reply.orderId} has no transaction`);
  if (transaction.status !== "final") await waitUntilFinal(client, transaction.id);
  return transaction.id;
}

/** One act, whose reply comes when it is final. Its transaction's id. */
export async function actSingly(client: Client, path: string, body: unknown): Promise<string> {
  return finalId(client, await client.post<ActReply>(path, body, { waitSeconds }));
}

interface BatchReply {
  readonly results: readonly { readonly status: number; readonly body: ActReply }[];
}

/** Acts in one request, whose reply comes when all are final. The transactions' ids. */
export async function actTogether(
  client: Client,
  acts: readonly { readonly path: string; readonly body: unknown }[],
  { simulate, wait = true }: { simulate: boolean; wait?: boolean },
): Promise<readonly string[]> {
  const batch = { simulate, acts: acts.map((act) => ({ ...act, idempotencyKey: randomUUID() })) };
  const { results } = await client.post<BatchReply>("/v1/batch", batch, wait ? { waitSeconds } : {});
  const refused = results.find(({ status }) => status !== 202);
  if (refused) throw new Error(`an act of a batch was refused: ${JSON.stringify(refused)}`);
  if (!wait) return results.map(({ body }) => body.transaction?.id ?? "");
  const ids: string[] = [];
  for (const { body } of results) ids.push(await finalId(client, body));
  return ids;
}
