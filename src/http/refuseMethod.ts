import type { RequestHandler } from "express";
import { AppError } from "../shared/errors.ts";

/** Answers any method but those given with 405. A GET address also serves HEAD. */
export function refuseMethod(methods: readonly string[]): RequestHandler {
  const allowed = methods.flatMap((method) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()])).sort();
  return (_request, response) => {
    response.setHeader("Allow", allowed.join(", "));
    throw new AppError("request.method_not_allowed", { methodsAllowed: allowed });
  };
}
