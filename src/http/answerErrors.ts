import type { ErrorRequestHandler, Response } from "express";
import type { Logger } from "../shared/context.ts";
import { AppError } from "../shared/errors.ts";
import { ClientGone } from "./body.ts";
import { type Contract, declaredError } from "./contract.ts";
import { problemOf, sendProblem } from "./problem.ts";
import { requestState } from "./requestState.ts";

/** Last handler of all: every error leaves as a problem. What is not expected is logged with the request's id. */
export function answerErrors(logger: Logger, contract: Contract): ErrorRequestHandler {
  // biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters.
  return (thrown: unknown, _request, response, _next) => {
    const error = normalise(thrown, response, contract);
    const state = requestState(response);
    if (error instanceof ClientGone || response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const problem = problemOf(error, state.requestId);
    state.code = problem.code;
    const facts = { err: error, requestId: state.requestId, code: problem.code };
    if (problem.status >= 500) logger.error(facts, "request failed");
    else if (error instanceof AppError && error.cause !== undefined) logger.debug(facts, "request refused");
    sendProblem(response, problem);
  };
}

/** Express reports a path that is not valid percent-encoding by a `URIError`. */
function normalise(thrown: unknown, response: Response, contract: Contract): unknown {
  if (thrown instanceof URIError) return new AppError("request.invalid", { in: "path" }, { cause: thrown });
  return declaredError(thrown, requestState(response).endpoint, contract);
}
