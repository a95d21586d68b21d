import { apiInfo } from "./apiInfo.ts";
import { createEndpoints } from "./endpoints.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import { writeOpenApi } from "./http/openapi.ts";

/** The API's description. Endpoints are data: they are described without a running system behind them. */
export function apiDocument(): object {
  const nobody = {} as GatewayContext;
  return writeOpenApi(createEndpoints({ ...nobody, mode: "sandbox" }, { testClock, backups }), apiInfo);
}

const backups = { take: () => Promise.reject(new Error("nothing runs")), list: () => Promise.resolve([]) };
const testClock = { offsetSeconds: () => 0, moveClockTo: () => Promise.resolve() };
