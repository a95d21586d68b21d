/** How a deadline came about, step by step, so that a person can follow it and a page can show it. */
import { plainDate, weekday } from "../../shared/calendar.ts";
import {
  addBankingDays,
  type BankingCalendar,
  examinationBankingDays,
  examinationPeriod,
  localDay,
  localMinute,
  type OnCalendar,
} from "./bankingCalendar.ts";
import type { Closure } from "./buildCalendar.ts";

/** One step of a derivation. Days are local day numbers, minutes are minutes of the local day. */
export type DeadlineStep =
  | { readonly kind: "received"; readonly seconds: number; readonly day: number; readonly minute: number }
  | { readonly kind: "after_cut_off"; readonly cutOffMinutes: number; readonly day: number }
  | { readonly kind: "closed"; readonly day: number; readonly closure: Closure | null }
  | { readonly kind: "presentation_day"; readonly day: number }
  | { readonly kind: "banking_day"; readonly number: number; readonly day: number }
  | { readonly kind: "deadline"; readonly day: number; readonly seconds: number; readonly shownSeconds: number };

/** The calendar and, where they are known, the reasons of its closed days. */
export interface ExplainedCalendar {
  readonly calendar: BankingCalendar;
  readonly closures?: ReadonlyMap<number, Closure>;
}

/** Derives the examination deadline of what arrived at `receivedSeconds` (U28, U57), naming each closed day. */
export function explainDeadline(
  { calendar, closures }: ExplainedCalendar,
  receivedSeconds: number,
): OnCalendar<readonly DeadlineStep[]> {
  const period = examinationPeriod(calendar, receivedSeconds);
  if (!period.published) return period;
  const steps: DeadlineStep[] = [];
  const closedBetween = (from: number, until: number): void => {
    for (let day = from; day < until; day += 1)
      steps.push({ kind: "closed", day, closure: closures?.get(day) ?? null });
  };
  const arrived = localDay(calendar, receivedSeconds);
  const minute = localMinute(calendar, receivedSeconds);
  const late = minute >= calendar.cutOffMinutes;
  const { receivedOn, lastDay, deadlineSeconds, shownSeconds } = period.value;
  steps.push({ kind: "received", seconds: receivedSeconds, day: arrived, minute });
  if (late) steps.push({ kind: "after_cut_off", cutOffMinutes: calendar.cutOffMinutes, day: arrived + 1 });
  closedBetween(late ? arrived + 1 : arrived, receivedOn);
  steps.push({ kind: "presentation_day", day: receivedOn });
  let reached = receivedOn;
  for (let number = 1; number <= examinationBankingDays; number += 1) {
    const next = addBankingDays(calendar, reached, 1);
    if (!next.published) return next;
    closedBetween(reached + 1, next.value);
    steps.push({ kind: "banking_day", number, day: next.value });
    reached = next.value;
  }
  steps.push({ kind: "deadline", day: lastDay, seconds: deadlineSeconds, shownSeconds });
  return { published: true, value: steps };
}

const weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

function dayText(day: number): string {
  return `${weekdayNames[weekday(day) - 1]} ${plainDate(day)}`;
}

function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function closureText(closure: Closure | null): string {
  if (closure === null) return "closed";
  if (closure.kind === "holiday") return closure.name;
  return closure.kind === "weekend"
    ? "weekend"
    : closure.kind === "left_out"
      ? "no such local day"
      : "closed by the bank";
}

/** One line of English for a step. */
export function stepText(step: DeadlineStep): string {
  switch (step.kind) {
    case "received":
      return `presented ${dayText(step.day)} ${clockText(step.minute)}`;
    case "after_cut_off":
      return `after the cut-off at ${clockText(step.cutOffMinutes)}: counts for ${dayText(step.day)} (U57)`;
    case "closed":
      return `${dayText(step.day)} is no banking day (${closureText(step.closure)})`;
    case "presentation_day":
      return `day of presentation ${dayText(step.day)}`;
    case "banking_day":
      return `banking day ${step.number}: ${dayText(step.day)}`;
    case "deadline":
      return `decision due by the close of ${dayText(step.day)} (U28)`;
  }
}
