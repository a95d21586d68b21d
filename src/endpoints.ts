import { createApprovalEndpoints } from "./features/approvals/endpoints.ts";
import { createCalendarEndpoints } from "./features/calendars/endpoints.ts";
import { createDepositEndpoints } from "./features/deposits/endpoints.ts";
import type { Endpoint } from "./features/endpoint.ts";
import { createEventEndpoints } from "./features/events/endpoints.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import { createParticipantEndpoints } from "./features/participants/endpoints.ts";
import { createSandboxEndpoints, type TestClock } from "./features/sandbox/endpoints.ts";
import { createTransactionEndpoints } from "./features/transactions/endpoints.ts";
import { createVerificationEndpoints } from "./features/verification/endpoints.ts";

/** Every endpoint of the gateway. Production has no test clock. */
export function createEndpoints(gateway: GatewayContext, testClock: TestClock | undefined): readonly Endpoint[] {
  return [
    ...createParticipantEndpoints(gateway),
    ...createCalendarEndpoints(gateway),
    ...createDepositEndpoints(gateway),
    ...createApprovalEndpoints(gateway),
    ...createTransactionEndpoints(gateway),
    ...createEventEndpoints(gateway),
    ...createVerificationEndpoints(gateway),
    ...(testClock ? createSandboxEndpoints(gateway, testClock) : []),
  ];
}
