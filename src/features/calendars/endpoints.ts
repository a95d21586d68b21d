import * as z from "zod";
import { encodeCall } from "../../chain/contractSet.ts";
import { buildCalendar } from "../../domain/calendar/buildCalendar.ts";
import { AppError } from "../../shared/errors.ts";
import { ActReply } from "../actReply.ts";
import { type Caller, defineEndpoint, type Endpoint, type Write } from "../endpoint.ts";
import type { GatewayContext } from "../gatewayContext.ts";
import { getOrganisation } from "../participants/queries.ts";
import { PlainDateText } from "../schemas.ts";

const PublishCalendar = z.strictObject({
  timeZone: z.string().min(1).max(64),
  years: z.strictObject({ from: z.int().min(2000).max(2100), to: z.int().min(2000).max(2100) }),
  /** Local end of banking hours, such as 17:00 (U57). */
  cutOff: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  closed: z.array(PlainDateText).max(100).default([]),
  open: z.array(PlainDateText).max(100).default([]),
});

function isTimeZone(name: string): boolean {
  return Intl.supportedValuesOf("timeZone").includes(name);
}

/** A bank publishes its banking days, seeded from its country's holidays and its time zone, with its corrections. */
async function publish(gateway: GatewayContext, caller: Caller, body: z.infer<typeof PublishCalendar>): Promise<Write> {
  const { acts, addresses, store } = gateway;
  const faults = [];
  if (!isTimeZone(body.timeZone)) faults.push({ pointer: "/timeZone", detail: "no IANA time zone" });
  if (body.years.to < body.years.from) faults.push({ pointer: "/years/to", detail: "before /years/from" });
  if (body.years.to - body.years.from > 9) faults.push({ pointer: "/years/to", detail: "at most ten years" });
  if (faults.length > 0) throw new AppError("request.invalid", {}, { faults });
  const { country } = await getOrganisation(store, caller.organisationId);
  const [hours = 0, minutes = 0] = body.cutOff.split(":").map(Number);
  const { timeZone: zone, years, closed, open } = body;
  const built = buildCalendar({ country, zone, years, cutOffMinutes: hours * 60 + minutes, closed, open });
  const offsets = built.calendar.offsetChanges.map(({ fromSeconds, offsetMinutes }) => ({
    from: fromSeconds,
    offsetMinutes,
  }));
  const { firstWord, words, calendar } = built;
  return acts.propose(caller, {
    kind: "calendar.publish",
    subject: String(caller.participantId),
    summary: { timeZone: zone, years, cutOff: body.cutOff, closed, open },
    calls: [
      {
        target: addresses.BankingCalendar,
        data: encodeCall("BankingCalendar", "publish", [firstWord, words, calendar.cutOffMinutes, offsets]),
      },
    ],
  });
}

export function createCalendarEndpoints(gateway: GatewayContext): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: "post",
      path: "/v1/calendar",
      operationId: "publishCalendar",
      summary: "Publish the bank's banking days, cut-off and UTC offsets",
      tag: "Calendars",
      roles: ["maker"],
      organisationRoles: ["bank"],
      body: PublishCalendar,
      replies: { 202: ActReply },
      errors: ["calendar.exists", "calendar.invalid", "calendar.not_entitled"],
      handle: ({ caller, body }) => publish(gateway, caller, body),
    }),
  ];
}
