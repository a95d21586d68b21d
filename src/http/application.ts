import express, { type Application } from "express";
import type { Registry } from "prom-client";
import type { Endpoint } from "../features/endpoint.ts";
import type { Logger } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { answerErrors } from "./answerErrors.ts";
import { mountDocs } from "./docs.ts";
import { mountErrorPages } from "./errorPages.ts";
import { mountEndpoints } from "./mount.ts";
import { observeRequests } from "./observe.ts";
import { type ApiInfo, writeOpenApi } from "./openapi.ts";
import { type Health, mountOperations } from "./operations.ts";
import { mountPortal } from "./portal.ts";
import { securityHeaders } from "./security.ts";
import type { CallServices } from "./services.ts";

export interface ApplicationParts {
  readonly logger: Logger;
  readonly endpoints: readonly Endpoint[];
  readonly services: CallServices;
  readonly health: Health;
  readonly metrics: Registry;
  readonly info: ApiInfo;
  readonly portalDir?: string | undefined;
}

/** Everything that is served, in the order in which it is looked for. */
export function createApplication(parts: ApplicationParts): Application {
  const { logger, endpoints, services, portalDir } = parts;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");

  app.use(observeRequests(logger, parts.metrics));
  app.use(securityHeaders());
  app.use((_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    next();
  });
  mountOperations(app, parts);
  mountDocs(app, writeOpenApi(endpoints, parts.info));
  mountErrorPages(app);
  mountEndpoints(app, endpoints, services);
  if (portalDir !== undefined) mountPortal(app, portalDir);
  app.use(() => {
    throw new AppError("request.not_found");
  });
  app.use(answerErrors(logger, services.contract));
  return app;
}
