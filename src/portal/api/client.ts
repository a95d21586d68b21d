import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./paths.ts";
import { ProblemError, problemOf } from "./problem.ts";

export type ApiClient = Client<paths>;

/** The API as one user sees it. Requests go to the server that served this page and to no other. */
export function createApiClient(apiKey: string): ApiClient {
  return createClient<paths>({
    baseUrl: window.location.origin,
    headers: { authorization: `Bearer ${apiKey}` },
    cache: "no-store",
  });
}

interface Reply<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of a success. @throws ProblemError for everything else, also when nobody answered */
export async function bodyOf<Data>(call: Promise<Reply<Data>>): Promise<Data> {
  const { data, error, response } = await call.catch(() => {
    throw new ProblemError({ title: "", status: 0, code: "network.unreachable", detail: "" });
  });
  if (data === undefined) throw problemOf(response, error);
  return data;
}
