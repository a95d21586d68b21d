/** A client of the REST API like any other: bearer token, idempotency key made by the client, `Prefer: wait`. */

export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

/** The gateway answered a problem (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;

  constructor(
    call: string,
    status: number,
    problem: { code?: unknown; title?: unknown; facts?: unknown; errors?: unknown },
  ) {
    super(
      `${call}: ${status} ${String(problem.code)} ${String(problem.title)} ${JSON.stringify(problem.facts ?? {})} ${JSON.stringify(problem.errors ?? [])}`,
    );
    this.status = status;
    this.code = String(problem.code);
  }
}

export interface ApiRequest {
  readonly token?: string | undefined;
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
  /** Makes a repeated request get the first reply. */
  readonly key?: string;
}

export type Api = (request: ApiRequest) => Promise<ApiReply>;

/** A success that this client was told, under the request's own key. */
export interface Acknowledgement extends ApiReply {
  readonly key: string;
  readonly path: string;
}

const waitSeconds = 20;

/** Replies to requests with a key are also given to `acknowledged`. @throws ApiProblem for every answer that is no success */
export function createApi(url: string, acknowledged: (reply: Acknowledgement) => void): Api {
  return async ({ token, method, path, body, key }) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key && { "idempotency-key": `demo.${key}`, prefer: `wait=${waitSeconds}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : text;
    if (!response.ok) throw new ApiProblem(`${method} ${path}`, response.status, isJson ? (parsed as object) : {});
    const reply = { status: response.status, body: parsed };
    if (key) acknowledged({ key, path, ...reply });
    return reply;
  };
}
