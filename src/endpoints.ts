import { createApprovalEndpoints } from "./features/approvals/endpoints.ts";
import { type BackupDesk, createBackupEndpoints } from "./features/backups/endpoints.ts";
import { createBatchEndpoints } from "./features/batch/endpoints.ts";
import { createCalendarEndpoints } from "./features/calendars/endpoints.ts";
import { createCreditEndpoints } from "./features/credits/endpoints.ts";
import { createCycleEndpoints } from "./features/cycles/endpoints.ts";
import { createDepositEndpoints } from "./features/deposits/endpoints.ts";
import { createDocumentEndpoints } from "./features/documents/endpoints.ts";
import type { Endpoint } from "./features/endpoint.ts";
import { createEnforcementEndpoints } from "./features/enforcement/endpoints.ts";
import { createEscrowEndpoints } from "./features/escrows/endpoints.ts";
import { createEventEndpoints } from "./features/events/endpoints.ts";
import type { GatewayContext } from "./features/gatewayContext.ts";
import { createMessageEndpoints } from "./features/messages/endpoints.ts";
import { createOrderEndpoints } from "./features/orders/endpoints.ts";
import { createParticipantEndpoints } from "./features/participants/endpoints.ts";
import { createPaymentEndpoints } from "./features/payments/endpoints.ts";
import { createPresentationEndpoints } from "./features/presentations/endpoints.ts";
import { createRedemptionEndpoints } from "./features/redemptions/endpoints.ts";
import { createSandboxEndpoints, type TestClock } from "./features/sandbox/endpoints.ts";
import { createSettlementEndpoints } from "./features/settlements/endpoints.ts";
import { createTransactionEndpoints } from "./features/transactions/endpoints.ts";
import { createUndertakingEndpoints } from "./features/undertakings/endpoints.ts";
import { createUserEndpoints } from "./features/users/endpoints.ts";
import { createVerificationEndpoints } from "./features/verification/endpoints.ts";

/** What endpoints need beside the gateway's own context. */
interface EndpointParts {
  /** Production has none. */
  readonly testClock: TestClock | undefined;
  readonly backups: BackupDesk;
}

/** Every endpoint of the gateway. */
export function createEndpoints(gateway: GatewayContext, { testClock, backups }: EndpointParts): readonly Endpoint[] {
  return [
    ...createParticipantEndpoints(gateway),
    ...createUserEndpoints(gateway),
    ...createCalendarEndpoints(gateway),
    ...createDepositEndpoints(gateway),
    ...createPaymentEndpoints(gateway),
    ...createCycleEndpoints(gateway),
    ...createRedemptionEndpoints(gateway),
    ...createEnforcementEndpoints(gateway),
    ...createMessageEndpoints(gateway),
    ...createDocumentEndpoints(gateway),
    ...createCreditEndpoints(gateway),
    ...createPresentationEndpoints(gateway),
    ...createUndertakingEndpoints(gateway),
    ...createSettlementEndpoints(gateway),
    ...createEscrowEndpoints(gateway),
    ...createOrderEndpoints(gateway),
    ...createApprovalEndpoints(gateway),
    ...createTransactionEndpoints(gateway),
    ...createBatchEndpoints(),
    ...createEventEndpoints(gateway),
    ...createVerificationEndpoints(gateway),
    ...createBackupEndpoints(gateway, backups),
    ...(testClock ? createSandboxEndpoints(gateway, testClock) : []),
  ];
}
