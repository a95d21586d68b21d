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
  /** Whether the start is over; once true, it stays so. Absent: when it is ready. */
  started?(): Promise<boolean>;
}

export interface OperationParts {
  readonly health: Health;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/** `/livez`, `/startupz`, `/readyz` (200 or 503) and `/metrics` (Prometheus text), for the machines that run the gateway. */
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
  serve("/startupz", async (_request, response) => {
    const started = await hasStarted(health, logger);
    response.status(started ? 200 : 503).json({ started });
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

async function hasStarted(health: Health, logger: Logger): Promise<boolean> {
  if (health.started === undefined) return (await readinessOf(health, logger)).ready;
  try {
    return await health.started();
  } catch (error) {
    logger.error({ err: error }, "whether the start is over could not be found out");
    return false;
  }
}
