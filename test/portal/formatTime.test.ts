import { expect } from "chai";
import { formatDate, formatDuration } from "../../src/portal/ui/formatTime.ts";

const hourMs = 3_600_000;

describe("Times in the portal", () => {
  it("left until a deadline are said in the two largest units, in both languages", () => {
    expect(formatDuration(52 * hourMs, "en-GB")).to.equal("2 days 4 hours");
    expect(formatDuration(52 * hourMs, "zh-CN")).to.equal("2天4小时");
    expect(formatDuration(48 * hourMs + 60_000, "en-GB")).to.equal("2 days");
    expect(formatDuration(61_000, "en-GB")).to.equal("1 minute 1 second");
    expect(formatDuration(999, "en-GB")).to.equal("0 seconds");
  });

  it("that are calendar dates stay the same day in every time zone", () => {
    expect(formatDate("2026-05-29", "en-GB")).to.equal("29 May 2026");
    expect(formatDate("2026-05-29", "zh-CN")).to.equal("2026年5月29日");
  });
});
