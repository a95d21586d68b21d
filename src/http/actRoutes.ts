import * as z from "zod";
import type { Endpoint } from "../features/endpoint.ts";

export interface ActRoute {
  readonly endpoint: Endpoint;
  /** Of the path, decoded, not yet checked. */
  readonly params: Readonly<Record<string, string>>;
}

/** The endpoint of an act by its address, or undefined: what is no act is not there for a batch. */
export type ActRoutes = (path: string) => ActRoute | undefined;

/** The POST endpoints of users whose success is an act; not public ones, streams, or a batch itself. */
export function createActRoutes(endpoints: readonly Endpoint[]): ActRoutes {
  const routes = endpoints.filter(isAct).map((endpoint) => ({ endpoint, ...patternOf(endpoint.path) }));
  // Fixed segments before parameters, as for requests.
  routes.sort((a, b) => a.names.length - b.names.length);

  return (path) => {
    for (const { endpoint, pattern, names } of routes) {
      const match = pattern.exec(path);
      if (!match) continue;
      const values = match.slice(1).map(decode);
      if (values.includes(undefined)) return undefined;
      return { endpoint, params: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])) };
    }
    return undefined;
  };
}

export function isAct({ method, access, replies }: Endpoint): boolean {
  const accepted = replies[202];
  if (method !== "post" || access === "public" || !(accepted instanceof z.ZodObject)) return false;
  return "orderId" in accepted.shape && "transaction" in accepted.shape;
}

function patternOf(path: string): { readonly pattern: RegExp; readonly names: readonly string[] } {
  const names: string[] = [];
  const source = path
    .split(/\{([A-Za-z]\w*)\}/)
    .map((part, index) => {
      if (index % 2 === 0) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
      names.push(part);
      return "([^/?#]+)";
    })
    .join("");
  return { pattern: new RegExp(`^${source}$`), names };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
