import type { Problem } from "./types.ts";

/** What the gateway answered instead of a success (RFC 9457), or that it could not be reached. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly detail: string;

  constructor({ title, status, code, detail }: Pick<Problem, "title" | "status" | "code" | "detail">) {
    super(title);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

/** The problem in a reply's body. A body of another form comes from something in between, such as a proxy. */
export function problemOf(response: Response, body: unknown): ProblemError {
  const { status } = response;
  const given: Partial<Problem> = typeof body === "object" && body !== null ? body : {};
  const { title = `HTTP ${status}`, code = "http.unexpected", detail = "" } = given;
  return new ProblemError({ title, status, code, detail });
}
