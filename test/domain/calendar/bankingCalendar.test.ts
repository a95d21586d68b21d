import { expect } from "chai";
import fc from "fast-check";
import {
  addBankingDays,
  type BankingCalendar,
  endOfDay,
  examinationDeadline,
  examinationPeriod,
  isBankingDay,
  localDay,
  maturity,
  type OnCalendar,
  presentationDay,
  rollForward,
  startOfDay,
} from "../../../src/domain/calendar/bankingCalendar.ts";
import { dayNumber, plainDate } from "../../../src/shared/calendar.ts";

const firstDay = 20_480; // the first day of word 80: 2026-01-27
const days = 512;

/** Words over 512 days made from a plain list of closed days, one bit at a time. */
function calendarOf(closed: readonly number[], more: Partial<BankingCalendar> = {}): BankingCalendar {
  const closedWords = new Map([80, 81].map((word): [number, bigint] => [word, 0n]));
  for (const day of closed) {
    const word = Math.floor(day / 256);
    closedWords.set(word, (closedWords.get(word) ?? 0n) + 2n ** BigInt(day % 256));
  }
  return { closedWords, offsetChanges: [{ fromSeconds: 0, offsetMinutes: 0 }], cutOffMinutes: 17 * 60, ...more };
}

const at = (day: number, hour: number, minute = 0): number => day * 86_400 + hour * 3600 + minute * 60;
const known = <T>(answer: OnCalendar<T>): T => {
  if (!answer.published) throw new Error(`day ${answer.day} is not published`);
  return answer.value;
};
const weekendsFrom = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index).filter(
    (day) => new Date(day * 86_400_000).getUTCDay() % 6 === 0,
  );

/** Closed days drawn at random: about one in three, in any pattern. */
const anyClosed = fc
  .array(fc.integer({ min: 0, max: 2 }), { minLength: days, maxLength: days })
  .map((draws) => draws.flatMap((draw, index) => (draw === 0 ? [firstDay + index] : [])));

describe("banking days", () => {
  const friday = dayNumber("2026-04-24");
  const monday = friday + 3;
  const closed = weekendsFrom(firstDay, days);

  it("counts an arrival from the cut-off on as the next banking day's (U57)", () => {
    const calendar = calendarOf(closed);
    expect(known(presentationDay(calendar, at(friday, 16, 59)))).to.equal(friday);
    expect(known(presentationDay(calendar, at(friday, 17, 0)))).to.equal(monday);
    expect(known(presentationDay(calendar, at(friday + 1, 9)))).to.equal(monday);
  });

  it("gives the fifth banking day after the day of presentation, to its end (U28)", () => {
    const holiday = monday + 2;
    const calendar = calendarOf([...closed, holiday]);
    const period = known(examinationPeriod(calendar, at(friday, 18, 10)));
    expect(plainDate(period.receivedOn)).to.equal("2026-04-27");
    expect(plainDate(period.lastDay)).to.equal("2026-05-05");
    expect(period.deadlineSeconds).to.equal(at(dayNumber("2026-05-06"), 0));
    expect(period.shownSeconds).to.equal(at(dayNumber("2026-05-05"), 17));
    expect(known(examinationDeadline(calendar, at(friday, 18, 10)))).to.equal(period.deadlineSeconds);
  });

  it("rolls a closed last day to the next banking day and leaves an open one (U50, U67)", () => {
    const calendar = calendarOf(closed);
    expect(known(rollForward(calendar, friday))).to.equal(friday);
    expect(known(rollForward(calendar, friday + 1))).to.equal(monday);
    expect(known(maturity(calendar, friday, 8))).to.equal(monday + 7);
    expect(known(maturity(calendar, friday, 0))).to.equal(friday);
  });

  it("says that a day is not published instead of taking it for open or closed", () => {
    const calendar = calendarOf([]);
    const last = firstDay + days - 1;
    expect(isBankingDay(calendar, last + 1)).to.deep.equal({ published: false, day: last + 1 });
    expect(isBankingDay(calendar, firstDay - 1)).to.deep.equal({ published: false, day: firstDay - 1 });
    expect(known(addBankingDays(calendar, last - 5, 5))).to.equal(last);
    expect(addBankingDays(calendar, last - 4, 5)).to.deep.equal({ published: false, day: last + 1 });
    expect(presentationDay(calendar, at(last, 17))).to.deep.equal({ published: false, day: last + 1 });
    expect(examinationDeadline(calendar, at(last - 4, 9))).to.deep.equal({ published: false, day: last + 1 });
  });

  it("agrees with a plain loop over days across word boundaries (U28, U50, U57)", () => {
    const anyDay = fc.integer({ min: firstDay, max: firstDay + days - 60 });
    const anyMinute = fc.nat(1439);
    fc.assert(
      fc.property(
        anyClosed,
        fc.tuple(anyDay, anyMinute),
        fc.integer({ min: 1, max: 12 }),
        (closedDays, [day, minute], count) => {
          const calendar = calendarOf(closedDays);
          const isClosed = new Set(closedDays);
          let expected = day;
          for (let left = count; left > 0; ) {
            expected += 1;
            if (!isClosed.has(expected)) left -= 1;
          }
          expect(known(addBankingDays(calendar, day, count))).to.equal(expected);
          let received = minute >= 17 * 60 ? day + 1 : day;
          while (isClosed.has(received)) received += 1;
          expect(known(presentationDay(calendar, at(day, 0, minute)))).to.equal(received);
        },
      ),
    );
  });

  it("never gives an earlier answer for a later arrival", () => {
    const anyTime = fc.integer({ min: at(firstDay, 0), max: at(firstDay + days - 60, 0) });
    fc.assert(
      fc.property(anyClosed, anyTime, fc.nat(3 * 86_400), (closedDays, seconds, later) => {
        const calendar = calendarOf(closedDays);
        const [one, other] = [seconds, seconds + later].map((time) => known(examinationPeriod(calendar, time)));
        if (one === undefined || other === undefined) throw new Error("two answers");
        expect(other.receivedOn).to.be.at.least(one.receivedOn);
        expect(other.deadlineSeconds).to.be.at.least(one.deadlineSeconds);
        expect(one.shownSeconds).to.be.below(one.deadlineSeconds);
        expect(one.deadlineSeconds).to.be.above(seconds + 5 * 86_400);
      }),
    );
  });
});

describe("local days", () => {
  it("ends a day at local midnight, half-hour zones too", () => {
    const kolkata = calendarOf([], { offsetChanges: [{ fromSeconds: 0, offsetMinutes: 330 }] });
    expect(endOfDay(kolkata, firstDay)).to.equal(at(firstDay, 18, 30));
    expect(localDay(kolkata, at(firstDay, 18, 29))).to.equal(firstDay);
    expect(localDay(kolkata, at(firstDay, 18, 30))).to.equal(firstDay + 1);
    const caracas = calendarOf([], { offsetChanges: [{ fromSeconds: 0, offsetMinutes: -270 }] });
    expect(startOfDay(caracas, firstDay)).to.equal(at(firstDay, 4, 30));
  });

  it("ends a day at the jump when the clock jumps over midnight", () => {
    const jump = at(firstDay, 22);
    const offsetChanges = [
      { fromSeconds: 0, offsetMinutes: 120 },
      { fromSeconds: jump, offsetMinutes: 180 },
    ];
    const calendar = calendarOf([], { offsetChanges });
    expect(endOfDay(calendar, firstDay)).to.equal(jump);
    expect(localDay(calendar, jump - 1)).to.equal(firstDay);
    expect(localDay(calendar, jump)).to.equal(firstDay + 1);
  });

  it("ends a day after the repeated hour before midnight", () => {
    const back = at(firstDay, 21);
    const offsetChanges = [
      { fromSeconds: 0, offsetMinutes: 180 },
      { fromSeconds: back, offsetMinutes: 120 },
    ];
    const calendar = calendarOf([], { offsetChanges });
    expect(endOfDay(calendar, firstDay)).to.equal(at(firstDay, 22));
    expect(localDay(calendar, back)).to.equal(firstDay);
  });
});
