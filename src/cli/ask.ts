import { complain } from "./say.ts";

export interface AskOptions {
  readonly url: string;
  readonly token?: string | undefined;
}

/** Asks a running gateway as the user whose API key is given. Undefined after a complaint. */
export async function ask(
  { url, token }: AskOptions,
  request: { readonly method: "GET" | "POST"; readonly path: string; readonly idempotencyKey?: string },
): Promise<unknown> {
  if (!token) {
    complain("An API key is needed: --token, or HANSA_TOKEN in the environment.");
    return undefined;
  }
  const { method, path, idempotencyKey } = request;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
  const response = await fetch(`${url}${path}`, { method, headers }).catch(() => undefined);
  if (!response) {
    complain(`No gateway answers at ${url}. Start it with npm start, or name another with --url.`);
    return undefined;
  }
  const body: unknown = await response.json();
  if (response.ok) return body;
  complain(`${response.status} ${JSON.stringify(body)}`);
  return undefined;
}
