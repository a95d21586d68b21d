import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from "@asteasolutions/zod-to-openapi";
import type * as z from "zod";
import type { Endpoint } from "../features/endpoint.ts";
import { type Code, codes } from "../shared/errors/codes.ts";
import { limits } from "../shared/limits.ts";
import { isAct } from "./actRoutes.ts";
import { problemMediaType, problemSchema } from "./problem.ts";

/** What the document says about the API as a whole. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  /** A sentence for each tag that has one, in the order in which a reader should meet them. */
  readonly tags?: Readonly<Record<string, string>>;
}

type Responses = RouteConfig["responses"];
type Parameters = NonNullable<RouteConfig["parameters"]>;

/** Headers that a request may carry that changes something. The entries of a batch have keys of their own. */
function writeHeaders({ access, idempotency }: Endpoint): Parameters {
  const key = {
    name: "Idempotency-Key",
    in: "header" as const,
    required: access !== "public",
    description: "Chosen by the client; the same request with the same key is done once and gets the same reply.",
    schema: { type: "string" as const, minLength: limits.idempotencyKeyMin, maxLength: limits.idempotencyKeyMax },
  };
  const prefer = {
    name: "Prefer",
    in: "header" as const,
    required: false,
    description: `\`wait=N\` waits up to N seconds (at most ${limits.waitSecondsMax}) until the acts are in a block or have ended; the reply says which (RFC 7240).`,
    schema: { type: "string" as const },
  };
  return idempotency === "entries" ? [prefer] : [key, prefer];
}

/** The OpenAPI 3.1 document of these endpoints, made from the schemas that validate their requests and replies. */
export function writeOpenApi(endpoints: readonly Endpoint[], info: ApiInfo): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "An active API key of a user.",
  });
  for (const endpoint of endpoints) registry.registerPath(describe(endpoint));
  const { tags = {}, ...about } = info;
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: { ...about, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "/" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
  });
}

function describe(endpoint: Endpoint): RouteConfig {
  const { method, path, operationId, summary, tag, params, query, body } = endpoint;
  const isPublic = endpoint.access === "public";
  const request: NonNullable<RouteConfig["request"]> = {};
  if (params) request.params = params as z.ZodObject;
  if (query) request.query = query as z.ZodObject;
  if (body) request.body = { required: true, content: { "application/json": { schema: body } } };
  return {
    method,
    path,
    operationId,
    summary,
    tags: [tag],
    security: isPublic ? [] : [{ apiKey: [] }],
    parameters: method === "get" ? [] : writeHeaders(endpoint),
    request,
    responses: { ...successes(endpoint), ...problems(endpoint) },
  };
}

function successes(endpoint: Endpoint): Responses {
  const responses: Responses = {};
  for (const [status, declared] of Object.entries(endpoint.replies)) {
    const content =
      typeof declared === "string"
        ? { [declared]: { schema: { type: "string" as const } } }
        : { "application/json": { schema: declared } };
    const isEmpty = typeof declared !== "string" && ["undefined", "void"].includes(declared.def.type);
    responses[status] = { description: endpoint.summary, ...(!isEmpty && { content }) };
  }
  return responses;
}

function problems(endpoint: Endpoint): Responses {
  const responses: Responses = {};
  const byStatus = Map.groupBy(answerableCodes(endpoint), (code) => codes[code].status);
  for (const [status, group] of byStatus) {
    responses[status] = {
      description: group.map((code) => `\`${code}\`: ${codes[code].title}.`).join(" "),
      content: { [problemMediaType]: { schema: problemSchema } },
    };
  }
  return responses;
}

/** Codes that an endpoint can answer by its kind, and those that it declares. */
export function answerableCodes(endpoint: Endpoint): readonly Code[] {
  const isPublic = endpoint.access === "public";
  const hasOwnKey = endpoint.method !== "get" && endpoint.idempotency !== "entries";
  const isRestricted = endpoint.roles !== undefined || endpoint.organisationRoles !== undefined;
  const byKind: readonly (readonly [boolean, readonly Code[]])[] = [
    [true, ["request.invalid", "internal.unexpected"]],
    [!isPublic, ["access.unauthenticated", "request.too_many"]],
    [isRestricted, ["access.forbidden"]],
    [endpoint.params !== undefined, ["request.not_found"]],
    [endpoint.body !== undefined, ["request.malformed_json", "request.too_large", "request.unsupported_media_type"]],
    [endpoint.body !== undefined, ["request.timeout"]],
    [endpoint.method !== "get", ["chain.unavailable"]],
    [hasOwnKey, ["idempotency.key_reused", "idempotency.in_flight"]],
    [hasOwnKey && !isPublic, ["idempotency.key_missing"]],
    [isAct(endpoint), ["queue.full"]],
  ];
  const implied = byKind.flatMap(([applies, group]) => (applies ? group : []));
  return [...new Set([...implied, ...(endpoint.errors ?? [])])];
}
