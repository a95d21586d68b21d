/** All checks of a parsed message against one release: envelope, layout, values, rules between fields. */
import { runEnd } from "./characterSets.ts";
import { formatOf } from "./fieldFormats.ts";
import { type FieldView, fieldRuleRows } from "./fieldRules.ts";
import { createFindings, type Finding } from "./finding.ts";
import { layoutOf } from "./layouts.ts";
import { applicationHeaderOf, type Field, fieldsOf, type SwiftMessage } from "./message.ts";
import { holdsIn, periodOf, type Release } from "./release.ts";
import { envelopeFinding, validateEnvelope } from "./validateEnvelope.ts";
import { validateField } from "./validateField.ts";
import { validateLayout } from "./validateLayout.ts";

/** The longest text block that the network takes, in characters. */
export const messageCharactersMax = 10_000;

interface RulesContext {
  readonly type: string;
  readonly release: Release;
}

/** Fields without a format in the tables still hold only characters that the network carries. */
function validateCharacters(field: Field): Finding[] {
  for (const line of field.lines) {
    const at = runEnd("z", line.text, 0);
    if (at === line.text.length) continue;
    const message = "This character is outside the character sets of the network";
    const offset = line.offset + at;
    const { tag } = field;
    return [
      {
        code: "character",
        severity: "error",
        field: tag,
        occurrence: 1,
        offset,
        line: line.line,
        message,
        network: "M60",
      },
    ];
  }
  return [];
}

function viewOf(fields: readonly Field[]): FieldView {
  const byTag = new Map<string, Field>();
  for (const field of fields) if (!byTag.has(field.tag)) byTag.set(field.tag, field);
  return {
    get: (tag) => byTag.get(tag),
    party: (number) => byTag.get(`${number}A`) ?? byTag.get(`${number}D`) ?? byTag.get(`${number}B`),
  };
}

/** Fields in `unreadable` have lost their form already; a rule on their content would only say it twice. */
function validateRules(fields: readonly Field[], unreadable: ReadonlySet<string>, context: RulesContext): Finding[] {
  const view = viewOf(fields);
  const findings: Finding[] = [];
  for (const rule of fieldRuleRows) {
    if (!rule.types.includes(context.type) || !holdsIn(rule, context.release)) continue;
    const field = rule.broken(view);
    if (field === undefined || unreadable.has(field.tag)) continue;
    const { code, severity, message, network } = rule;
    const { tag, offset, line } = field;
    const known = network === undefined ? {} : { network };
    findings.push({ code, severity, field: tag, occurrence: 1, offset, line, message, ...known, ...periodOf(rule) });
  }
  return findings;
}

/** The values of all fields and, where the type has rows, the rules between them. */
function validateFields(fields: readonly Field[], context: RulesContext | undefined): Finding[] {
  const findings: Finding[] = [];
  const counts = new Map<string, number>();
  const unreadable = new Set<string>();
  for (const field of fields) {
    const occurrence = (counts.get(field.tag) ?? 0) + 1;
    counts.set(field.tag, occurrence);
    const checked = context !== undefined && formatOf(field.tag, context.release) !== undefined;
    const found = checked ? validateField(field, { ...context, occurrence }) : validateCharacters(field);
    if (found.some((finding) => finding.severity === "error")) unreadable.add(field.tag);
    findings.push(...found);
  }
  return context === undefined ? findings : [...findings, ...validateRules(fields, unreadable, context)];
}

/** Where the text block starts, and where its fields end. */
function extentOf(message: SwiftMessage, fields: readonly Field[]) {
  const start = message.parts.find((part) => part.kind === "text") ?? { offset: 0, line: 1 };
  const last = fields.at(-1)?.lines.at(-1);
  if (last === undefined) return { start, end: start };
  const offset = last.offset + last.text.length + last.end.length;
  return { start, end: { offset, line: last.line + (last.end === "" ? 0 : 1) } };
}

/** The findings on a message as of one release. A type that the tables do not have is a warning. */
export function validateMessage(message: SwiftMessage, release: Release): Finding[] {
  const findings = createFindings();
  const addAll = (found: readonly Finding[]): void => {
    for (const finding of found) findings.add(finding);
  };
  const fields = fieldsOf(message);
  const { start, end } = extentOf(message, fields);
  addAll(validateEnvelope(message));
  if (end.offset - start.offset > messageCharactersMax) {
    const text = `The text block has more than ${messageCharactersMax} characters`;
    findings.add(envelopeFinding(start, { code: "message_too_long", message: text }));
  }
  const type = applicationHeaderOf(message)?.type;
  const context = type === undefined || layoutOf(type, release) === undefined ? undefined : { type, release };
  if (type !== undefined && context === undefined) {
    const text = `The rules of MT${type} are not known: only its form was read`;
    findings.add(envelopeFinding(end, { code: "type_not_in_table", message: text, severity: "warning" }));
  }
  if (context !== undefined) addAll(validateLayout(fields, { ...context, end }));
  addAll(validateFields(fields, context));
  return findings.list();
}
