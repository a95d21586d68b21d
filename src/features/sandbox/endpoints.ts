import * as z from "zod";
import { recordAudit } from "../../store/audit.ts";
import { defineEndpoint, type Endpoint } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { instant } from "../schemas.ts";

const tag = "Sandbox";

/**
 * No calendar can be published for years after 2100, so nothing could be agreed beyond; and whatever is reckoned from a
 * time before it has a year of four digits, as RFC 3339 has.
 */
const latest = "2100-01-01T00:00:00Z";
const MovableTo = z.iso
  .datetime({ abort: true })
  .refine((to) => Date.parse(to) <= Date.parse(latest), `at the latest ${latest}`);

const ClockView = z.strictObject({ businessTime: z.string(), offsetSeconds: z.int() });

/** The embedded ledger's clock, as the parent process reaches it. */
export interface TestClock {
  offsetSeconds(): number;
  /** @throws AppError `clock.backwards` */
  moveClockTo(businessSeconds: number): Promise<unknown>;
}

/**
 * The test clock makes weeks pass. It moves business time only, forward only, and exists in the sandbox only. Moving it
 * to a time that has passed meanwhile is what a repeated request does, and changes nothing.
 */
export function createSandboxEndpoints({ context }: GatewayContext, clock: TestClock): readonly Endpoint[] {
  const view = () => ({
    businessTime: instant(context.clock.businessSeconds()),
    offsetSeconds: clock.offsetSeconds(),
  });

  return [
    defineEndpoint({
      tag,
      method: "get",
      path: "/v1/sandbox/clock",
      operationId: "getClock",
      summary: "Business time",
      replies: { 200: ClockView },
      handle: async () => ({ status: 200, body: view() }),
    }),
    defineEndpoint({
      tag,
      method: "post",
      path: "/v1/sandbox/clock",
      operationId: "moveClock",
      summary: "Move business time forward",
      organisationRoles: ["operator"],
      body: z.strictObject({ to: MovableTo }),
      replies: { 200: ClockView },
      errors: ["clock.backwards", "ledger.disk_full"],
      async handle({ caller, body }) {
        await clock.moveClockTo(Math.floor(Date.parse(body.to) / 1000));
        return {
          async commit(tx) {
            const { organisationId, userId } = caller;
            const entry = { action: "clock.moved", subject: body.to, atMs: context.clock.wallMs() };
            await recordAudit(tx, { ...entry, organisationId, userId });
            return { status: 200, body: view() };
          },
        };
      },
    }),
  ];
}
