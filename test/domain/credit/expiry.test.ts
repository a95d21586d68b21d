import { expect } from "chai";
import { buildCalendar } from "../../../src/domain/calendar/buildCalendar.ts";
import { decideBy, expiryAt } from "../../../src/domain/credit/expiry.ts";
import { dayNumber, plainDate } from "../../../src/shared/calendar.ts";

const { calendar } = buildCalendar({
  country: "NL",
  zone: "Europe/Amsterdam",
  years: { from: 2026, to: 2026 },
  cutOffMinutes: 17 * 60,
});

function expiry(date: string) {
  const found = expiryAt(calendar, dayNumber(date));
  if (!found.published) throw new Error("published");
  const { lastDay, presentBySeconds, expiresAtSeconds } = found.value;
  return [plainDate(lastDay), ...[presentBySeconds, expiresAtSeconds].map((at) => new Date(at * 1000).toISOString())];
}

describe("Expiry at a bank", () => {
  it("is the end of the local day, and the end of banking hours is shown beside it (U12, U57)", () => {
    expect(expiry("2026-05-13")).to.deep.equal(["2026-05-13", "2026-05-13T15:00:00.000Z", "2026-05-13T22:00:00.000Z"]);
  });

  it("rolls from a closed day to the next banking day (U50)", () => {
    expect(expiry("2026-05-16")[0]).to.equal("2026-05-18");
  });

  it("keeps the hour by the wall on a day on which the clock changes", () => {
    const sunday = { ...calendar, closedWords: new Map([...calendar.closedWords.keys()].map((word) => [word, 0n])) };
    const found = expiryAt(sunday, dayNumber("2026-03-29"));
    const by = found.published ? new Date(found.value.presentBySeconds * 1000).toISOString() : "";
    expect(by).to.equal("2026-03-29T15:00:00.000Z");
  });

  it("is unknown, and not guessed, beyond the published calendar", () => {
    expect(expiryAt(calendar, dayNumber("2028-01-03")).published).to.equal(false);
  });
});

describe("The hour by which a bank should decide", () => {
  const receivedAtSeconds = Date.UTC(2026, 2, 2, 9) / 1000;

  it("is the end of its banking hours on the fifth banking day, before the ledger's deadline (U28, U40)", () => {
    const deadlineSeconds = Date.UTC(2026, 2, 9, 23) / 1000;
    expect(decideBy(calendar, { receivedAtSeconds, deadlineSeconds })).to.equal(Date.UTC(2026, 2, 9, 16) / 1000);
  });

  it("is the deadline itself where the calendar no longer gives that deadline, or is unknown", () => {
    const deadlineSeconds = Date.UTC(2026, 2, 12, 23) / 1000;
    expect(decideBy(calendar, { receivedAtSeconds, deadlineSeconds })).to.equal(deadlineSeconds);
    expect(decideBy(undefined, { receivedAtSeconds, deadlineSeconds })).to.equal(deadlineSeconds);
  });
});
