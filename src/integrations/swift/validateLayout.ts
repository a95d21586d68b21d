/** Checks order, presence and repetition of the fields against the layout of the message type. */
import type { Finding } from "./finding.ts";
import { type FieldRule, isMandatory, layoutOf, ruleOfAnyRelease, tagOf } from "./layouts.ts";
import type { Field } from "./message.ts";
import { periodOf, type Release } from "./release.ts";

interface LayoutContext {
  readonly type: string;
  readonly release: Release;
  /** Where a field that is missing at the end would stand. */
  readonly end: { readonly offset: number; readonly line: number };
}

interface Placed {
  readonly field: Field;
  readonly row: number;
}

type Fault = Pick<Finding, "code" | "message"> & Partial<Finding>;

function finding(field: Field, fault: Fault): Finding {
  const { tag, offset, line } = field;
  return { severity: "error", field: tag, occurrence: 1, offset, line, ...fault };
}

/** Tells why a field has no row in the layout: of another release, with another option, or of no release at all. */
function unplaced(field: Field, layout: readonly FieldRule[], type: string): Finding {
  const elsewhere = ruleOfAnyRelease(type, field);
  if (elsewhere !== undefined) {
    const message = `Field ${field.tag} is not part of this release of MT${type}`;
    return finding(field, { code: "field_not_in_release", message, ...periodOf(elsewhere) });
  }
  const sameNumber = layout.filter((rule) => rule.number === field.number).map(tagOf);
  if (sameNumber.length > 0) {
    const message = `MT${type} has no field ${field.tag}, only ${[...new Set(sameNumber)].join(", ")}`;
    return finding(field, { code: "field_option", message });
  }
  return finding(field, { code: "field_unknown", message: `MT${type} has no field ${field.tag}` });
}

/** A mandatory field that is missing, reported where it would stand. */
function missing(rule: FieldRule, place: LayoutContext["end"]): Finding {
  const period = rule.mandatorySince === undefined ? {} : periodOf({ since: rule.mandatorySince });
  const tag = tagOf(rule);
  const message = `The mandatory field ${tag} is missing`;
  const { offset, line } = place;
  return { code: "field_missing", severity: "error", field: tag, occurrence: 1, offset, line, message, ...period };
}

/** The findings on the layout, and none if the tables do not have the message type. */
export function validateLayout(fields: readonly Field[], context: LayoutContext): Finding[] {
  const layout = layoutOf(context.type, context.release);
  if (layout === undefined) return [];
  const findings: Finding[] = [];
  const placed: Placed[] = [];
  const seen = new Map<number, number>();
  let furthest = -1;
  for (const field of fields) {
    const row = layout.findIndex((rule) => rule.number === field.number && rule.options.includes(field.option));
    if (row === -1) {
      findings.push(unplaced(field, layout, context.type));
      continue;
    }
    const count = (seen.get(row) ?? 0) + 1;
    seen.set(row, count);
    placed.push({ field, row });
    if (count > 1) {
      const message = `Field ${field.tag} stands more than once`;
      findings.push(finding(field, { code: "field_duplicate", message, occurrence: count }));
    } else if (row < furthest) {
      const message = `Field ${field.tag} stands too late: the order of fields is fixed`;
      findings.push(finding(field, { code: "field_order", message }));
    }
    furthest = Math.max(furthest, row);
  }
  for (const [row, rule] of layout.entries()) {
    if (!isMandatory(rule, context.release) || seen.has(row)) continue;
    findings.push(missing(rule, placed.find((candidate) => candidate.row > row)?.field ?? context.end));
  }
  return findings;
}
