import type { Application, RequestHandler } from "express";
import type { Registry } from "prom-client";
import type { Logger } from "../shared/context.ts";
import { refuseMethod } from "./refuseMethod.ts";

/** State of one thing that the gateway depends on. `detail` is public: no addresses, no names. */
export interface HealthCheck {
  readonly ok: boolean;
  readonly detail?: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

export interface Health {
  /** False means that only a restart helps. */
  live(): boolean;
  /** Whether calls can be served now. Answers in time whatever is broken. */
  ready(): Promise<Readiness>;
}

export interface OperationParts {
  readonly health: Health;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/** `/livez`, `/readyz` (200 or 503) and `/metrics` (Prometheus text), for the machines that run the gateway. */
export function mountOperations(app: Application, { health, metrics, logger }: OperationParts): void {
  const serve = (path: string, handler: RequestHandler) =>
    app
      .route(path)
      .get(handler)
      .all(refuseMethod(["get"]));

  serve("/livez", (_request, response) => {
    const live = health.live();
    response.status(live ? 200 : 503).json({ live });
  });
  serve("/readyz", async (_request, response) => {
    const readiness = await readinessOf(health, logger);
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  serve("/metrics", async (_request, response) => {
    const text = await metrics.metrics();
    response.setHeader("Content-Type", metrics.contentType);
    response.end(text);
  });
}

async function readinessOf(health: Health, logger: Logger): Promise<Readiness> {
  try {
    return await health.ready();
  } catch (error) {
    logger.error({ err: error }, "readiness could not be found out");
    return { ready: false, checks: {} };
  }
}
