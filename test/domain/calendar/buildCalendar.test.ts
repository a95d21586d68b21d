import { expect } from "chai";
import fc from "fast-check";
import {
  endOfDay,
  isBankingDay,
  localDay,
  localMinute,
  startOfDay,
} from "../../../src/domain/calendar/bankingCalendar.ts";
import { type BuiltCalendar, buildCalendar } from "../../../src/domain/calendar/buildCalendar.ts";
import { explainDeadline, stepText } from "../../../src/domain/calendar/explainDeadline.ts";
import { isWeekend } from "../../../src/domain/calendar/weekends.ts";
import { dayNumber, weekday } from "../../../src/shared/calendar.ts";

const cutOffMinutes = 17 * 60;
const build = (country: string, zone: string, year: number): BuiltCalendar =>
  buildCalendar({ country, zone, years: { from: year, to: year }, cutOffMinutes });

/** Places with daylight saving, half and quarter hours, a half-hour of saving, changes at midnight, a lost day. */
const places: readonly (readonly [string, string, number])[] = [
  ["NL", "Europe/Amsterdam", 2026],
  ["IN", "Asia/Kolkata", 2026],
  ["NP", "Asia/Kathmandu", 2026],
  ["AU", "Australia/Lord_Howe", 2026],
  ["CA", "America/St_Johns", 2026],
  ["EG", "Africa/Cairo", 2024],
  ["CU", "America/Havana", 2026],
  ["LB", "Asia/Beirut", 2026],
  ["WS", "Pacific/Apia", 2011],
  ["VE", "America/Caracas", 2016],
  ["NL", "Europe/Amsterdam", 2003],
];

/** Local day and minute by the host's own time zone data, without our offset changes. */
function localBy(zone: string): (seconds: number) => { day: number; minute: number } {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (seconds) => {
    const parts = new Map(format.formatToParts(seconds * 1000).map((part) => [part.type, part.value]));
    const day = dayNumber(`${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`);
    return { day, minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  };
}

const openOn = (built: BuiltCalendar, date: string): boolean => {
  const open = isBankingDay(built.calendar, dayNumber(date));
  if (!open.published) throw new Error(`${date} is not published`);
  return open.value;
};

describe("a calendar built from country and zone", () => {
  for (const [country, zone, year] of places) {
    it(`agrees with the host's time zone data in ${zone} in ${year}`, () => {
      const { calendar } = build(country, zone, year);
      const local = localBy(zone);
      const from = dayNumber(`${year}-01-01`) * 86_400;
      fc.assert(
        fc.property(fc.nat(365 * 86_400), (after) => {
          const seconds = from + after;
          expect({ day: localDay(calendar, seconds), minute: localMinute(calendar, seconds) }).to.deep.equal(
            local(seconds),
          );
        }),
      );
    });

    it(`ends each local day of ${year} in ${zone} where a plain search by the minute finds it`, () => {
      const { calendar } = build(country, zone, year);
      const local = localBy(zone);
      const changes = calendar.offsetChanges.slice(1).map((change) => localDay(calendar, change.fromSeconds));
      const days = [...changes.flatMap((day) => [day - 1, day, day + 1]), dayNumber(`${year}-07-01`)];
      for (const day of days) {
        let minute = (day + 1) * 1440 - 16 * 60;
        while (local(minute * 60).day <= day) minute += 1;
        expect(endOfDay(calendar, day), String(day)).to.equal(minute * 60);
      }
    });
  }

  it("closes weekends and public and bank holidays, and fills its words to both ends", () => {
    const built = build("NL", "Europe/Amsterdam", 2026);
    expect(openOn(built, "2026-04-24")).to.equal(true);
    expect(openOn(built, "2026-04-25")).to.equal(false);
    expect(openOn(built, "2026-04-27")).to.equal(false);
    expect(openOn(built, "2026-12-25")).to.equal(false);
    expect(built.closures.get(dayNumber("2026-04-27"))).to.deep.equal({ kind: "holiday", name: "King's Day" });
    const firstDay = built.firstWord * 256;
    const endDay = (built.firstWord + built.words.length) * 256;
    expect(firstDay).to.be.at.most(dayNumber("2026-01-01"));
    expect(endDay).to.be.above(dayNumber("2026-12-31"));
    for (let day = firstDay; day < endDay; day += 1) {
      const open = isBankingDay(built.calendar, day);
      expect(open).to.deep.equal({ published: true, value: !built.closures.has(day) });
      if (weekday(day) > 5) expect(built.closures.has(day)).to.equal(true);
    }
    expect(isBankingDay(built.calendar, endDay)).to.deep.equal({ published: false, day: endDay });
    expect(built.words.every((word) => word >= 0n && word < 2n ** 256n)).to.equal(true);
  });

  it("keeps half-day holidays open and covers holidays of several days", () => {
    const china = build("CN", "Asia/Shanghai", 2026);
    expect(openOn(china, "2026-05-04"), "youth day starts at noon").to.equal(true);
    const arabia = build("SA", "Asia/Riyadh", 2026);
    for (const date of ["2026-05-26", "2026-05-27", "2026-05-28"]) expect(openOn(arabia, date), date).to.equal(false);
  });

  it("takes the bank's own closed days and worked weekends over the seed", () => {
    const own = buildCalendar({
      country: "CN",
      zone: "Asia/Shanghai",
      years: { from: 2026, to: 2026 },
      cutOffMinutes,
      closed: ["2026-06-10"],
      open: ["2026-02-14"],
    });
    expect(openOn(own, "2026-06-10")).to.equal(false);
    expect(openOn(own, "2026-02-14")).to.equal(true);
    expect(own.closures.get(dayNumber("2026-06-10"))).to.deep.equal({ kind: "declared" });
  });

  it("closes a date that the place left out: Samoa had no 30 December 2011", () => {
    const samoa = build("WS", "Pacific/Apia", 2011);
    const day = dayNumber("2011-12-30");
    expect(samoa.closures.get(day)).to.deep.equal({ kind: "left_out" });
    expect(startOfDay(samoa.calendar, day)).to.equal(endOfDay(samoa.calendar, day));
    expect(openOn(samoa, "2011-12-29")).to.equal(true);
  });

  it("knows from when a weekend holds: Saudi Arabia 2013, the Emirates 2022", () => {
    expect(isWeekend("SA", dayNumber("2013-06-27"))).to.equal(true); // Thursday
    expect(isWeekend("SA", dayNumber("2013-06-29"))).to.equal(true); // Saturday
    expect(isWeekend("SA", dayNumber("2013-07-04"))).to.equal(false); // Thursday
    expect(isWeekend("AE", dayNumber("2021-12-31"))).to.equal(true); // Friday
    expect(isWeekend("AE", dayNumber("2022-01-07"))).to.equal(false); // Friday
    expect(isWeekend("AE", dayNumber("2022-01-09"))).to.equal(true); // Sunday
  });
});

describe("the derivation of a deadline", () => {
  const built = build("NL", "Europe/Amsterdam", 2026);
  const fridayEvening = Date.UTC(2026, 3, 24, 16, 10) / 1000;

  it("names cut-off, closed days with their reasons, and each banking day (U28, U57)", () => {
    const steps = explainDeadline(built, fridayEvening);
    if (!steps.published) throw new Error("2026 is published");
    expect(steps.value.map(stepText)).to.deep.equal([
      "presented Fri 2026-04-24 18:10",
      "after the cut-off at 17:00: counts for Sat 2026-04-25 (U57)",
      "Sat 2026-04-25 is no banking day (weekend)",
      "Sun 2026-04-26 is no banking day (weekend)",
      "Mon 2026-04-27 is no banking day (King's Day)",
      "day of presentation Tue 2026-04-28",
      "banking day 1: Wed 2026-04-29",
      "banking day 2: Thu 2026-04-30",
      "banking day 3: Fri 2026-05-01",
      "Sat 2026-05-02 is no banking day (weekend)",
      "Sun 2026-05-03 is no banking day (weekend)",
      "banking day 4: Mon 2026-05-04",
      "banking day 5: Tue 2026-05-05",
      "decision due by the close of Tue 2026-05-05 (U28)",
    ]);
    const last = steps.value.at(-1);
    expect(last).to.deep.equal({
      kind: "deadline",
      day: dayNumber("2026-05-05"),
      seconds: Date.UTC(2026, 4, 5, 22) / 1000,
      shownSeconds: Date.UTC(2026, 4, 5, 15) / 1000,
    });
  });

  it("says which day is not published", () => {
    const last = built.firstWord * 256 + built.words.length * 256;
    expect(explainDeadline(built, last * 86_400 - 3600)).to.deep.include({ published: false });
  });
});
