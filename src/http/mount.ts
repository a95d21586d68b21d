import type { Application, Request, Response } from "express";
import type { Endpoint } from "../features/endpoint.ts";
import { codes } from "../shared/errors/codes.ts";
import { invariant } from "../shared/errors.ts";
import { call } from "./call.ts";
import { refuseMethod } from "./refuseMethod.ts";
import { requestState } from "./requestState.ts";
import type { CallServices } from "./services.ts";
import { assertStrictSchema } from "./strictSchema.ts";

/** Mounts each endpoint at its address; other methods there answer 405 with `Allow`. */
export function mountEndpoints(app: Application, endpoints: readonly Endpoint[], services: CallServices): void {
  assertWellDeclared(endpoints);
  const byPath = Map.groupBy(endpoints, (endpoint) => endpoint.path);
  for (const [path, group] of [...byPath].sort(([a], [b]) => compareGenerality(a, b))) {
    const route = app.route(expressPath(path));
    for (const endpoint of group) {
      route[endpoint.method]((request: Request, response: Response) => {
        requestState(response).endpoint = endpoint;
        return call(endpoint, { request, response }, services);
      });
    }
    route.all(refuseMethod(group.map((endpoint) => endpoint.method)));
  }
}

/** `/v1/credits/{creditId}` in Express's words; everything that its path syntax gives a meaning is escaped. */
function expressPath(path: string): string {
  return path
    .split(/(\{[A-Za-z]\w*\})/)
    .map((part, index) => (index % 2 === 1 ? `:${part.slice(1, -1)}` : part.replaceAll(/[{}()[\]+?!:*\\]/g, "\\$&")))
    .join("");
}

/** Fixed segments before parameters, so that `/v1/credits/drafts` is not taken for a credit's id. */
function compareGenerality(a: string, b: string): number {
  const form = (path: string) => path.replaceAll(/\{\w+\}/g, "\uffff");
  return form(a) < form(b) ? -1 : 1;
}

function assertWellDeclared(endpoints: readonly Endpoint[]): void {
  const seen = new Set<string>();
  for (const endpoint of endpoints) {
    const { operationId, method, path } = endpoint;
    for (const name of [operationId, `${method} ${path}`]) {
      invariant(!seen.has(name), `${name} is declared twice`);
      seen.add(name);
    }
    for (const part of ["params", "query", "body"] as const) {
      const schema = endpoint[part];
      if (schema !== undefined) assertStrictSchema(schema, `${operationId} ${part}`);
    }
    for (const code of endpoint.errors ?? []) invariant(code in codes, `${operationId}: ${code} is not in the table`);
  }
}
