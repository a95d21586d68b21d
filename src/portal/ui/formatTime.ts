/** `2 Mar 2026, 18:00`, in the reader's own time zone. */
export function formatInstant(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
}

export function formatTimeOfDay(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(new Date(instant));
}

/** The day of an instant in the reader's time zone, with its weekday. */
export function formatDayOf(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full" }).format(new Date(instant));
}

/** A calendar date, which has no time zone: `2026-07-17`. */
export function formatDate(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(date));
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** The two largest units of a length of time: `2 days 4 hours`, `2天4小时`. */
export function formatDuration(ms: number, locale: string): string {
  let rest = Math.max(0, Math.floor(ms / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of units) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count === 0 && !(unit === "second" && parts.length === 0)) {
      if (parts.length > 0) break;
      continue;
    }
    parts.push(new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count));
    if (parts.length === 2) break;
  }
  return new Intl.ListFormat(locale, { type: "unit", style: "narrow" }).format(parts);
}
