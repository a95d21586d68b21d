import { describeIdempotency } from "./idempotencySuite.ts";
import { createMapIdempotency } from "./mapIdempotency.ts";
import { callerOf } from "./testServer.ts";

describeIdempotency("a Map", async () => ({
  port: createMapIdempotency(),
  callers: [callerOf(), callerOf({ userId: "user-9", organisationId: "organisation-9" })],
  close: async () => {},
}));
