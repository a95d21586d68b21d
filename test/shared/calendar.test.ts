import { expect } from "chai";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import {
  addDays,
  dayNumber,
  formatSwiftDate,
  isPlainDate,
  parseSwiftDate,
  plainDate,
  weekday,
} from "../../src/shared/calendar.ts";

const anyDay = fc.integer({ min: dayNumber("1900-01-01"), max: dayNumber("9999-12-31") });

describe("calendar dates", () => {
  it("counts days from 1970-01-01, which was a Thursday", () => {
    expect(dayNumber("1970-01-01")).to.equal(0);
    expect(weekday(0)).to.equal(4);
    expect(dayNumber("1969-12-31")).to.equal(-1);
    expect(weekday(-1)).to.equal(3);
  });

  it("agrees with Temporal on every day from 1900 to 9999", () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const date = Temporal.PlainDate.from("1970-01-01").add({ days: day });
        expect(plainDate(day)).to.equal(date.toString());
        expect(dayNumber(date.toString())).to.equal(day);
        expect(weekday(day)).to.equal(date.dayOfWeek);
      }),
    );
  });

  it("knows which texts are no dates", () => {
    for (const text of [
      "2023-02-29",
      "2023-04-31",
      "2023-13-01",
      "2023-00-10",
      "1899-12-31",
      "2023-1-01",
      "2023-01-01 ",
      "",
    ]) {
      expect(isPlainDate(text), text).to.equal(false);
    }
    expect(isPlainDate("2024-02-29")).to.equal(true);
  });

  it("moves dates over month and year ends without a time zone", () => {
    expect(addDays("2003-05-17", 7 * 1220)).to.equal("2026-10-03");
    expect(addDays("2024-03-01", -1)).to.equal("2024-02-29");
  });

  it("reads two-digit years from 80 on as 19xx and below as 20xx", () => {
    expect(parseSwiftDate("791231")).to.equal("2079-12-31");
    expect(parseSwiftDate("800101")).to.equal("1980-01-01");
    expect(parseSwiftDate("030517")).to.equal("2003-05-17");
    expect(parseSwiftDate("030229")).to.equal(undefined);
    expect(parseSwiftDate("0305170")).to.equal(undefined);
  });

  it("writes no two-digit year that would read back as another", () => {
    expect(formatSwiftDate("2026-10-03")).to.equal("261003");
    expect(formatSwiftDate("2080-01-01")).to.equal(undefined);
    expect(formatSwiftDate("1979-12-31")).to.equal(undefined);
  });
});
