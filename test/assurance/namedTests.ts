/** Pages that name tests: `test/store/lock.test.ts`: “title of the test”. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface NamedTest {
  readonly file: string;
  readonly title: string;
}

const named = /`(test\/[^`]+)`: “([^”]+)”/g;
/** What a row says instead of naming a test, or beside it. */
const excuse = /\b(cannot happen|later):/;

function namedTests(text: string): readonly NamedTest[] {
  return [...text.matchAll(named)].map(([, file = "", title = ""]) => ({ file, title }));
}

/** Titles as they stand in a test's source, templates with their `${…}`. */
function titlesIn(source: string): readonly { readonly text: string; readonly isTemplate: boolean }[] {
  return [...source.matchAll(/\bit\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/g)].map(([, quote, text = ""]) => {
    return { text: text.replaceAll(/\\(.)/g, "$1"), isTemplate: quote === "`" };
  });
}

/**
 * Whether a test of this source has the title. A title that is put together is named as it stands in the source, or as it
 * is printed; then what was put in must stand in the source too, so that a case that is gone is missed.
 */
export function hasTest(source: string, title: string): boolean {
  return titlesIn(source).some(({ text, isTemplate }) => {
    if (text === title) return true;
    if (!isTemplate) return false;
    const parts = text.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const found = new RegExp(`^${parts.join("(.+)")}$`, "s").exec(title);
    return found?.slice(1).every((inserted) => source.includes(inserted)) ?? false;
  });
}

/** Rows of all tables, without heads, as cells. */
function rowsOf(page: string): readonly (readonly string[])[] {
  const lines = page.split("\n");
  const isRow = (line: string | undefined) => line?.startsWith("|") ?? false;
  const isRule = (line: string | undefined) => /^\|[ :|-]+\|$/.test(line ?? "");
  return lines
    .filter((line, index) => isRow(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) => line.split("|").slice(1, -1));
}

/** What does not hold of such a page, a sentence each: tests that are gone, rows that show nothing. */
export function findFaults(page: string, root: string): readonly string[] {
  const gone = namedTests(page).flatMap(({ file, title }) => {
    const path = join(root, file);
    if (!file.endsWith(".test.ts") || !existsSync(path)) return [`there is no ${file}`];
    return hasTest(readFileSync(path, "utf8"), title) ? [] : [`${file} has no test "${title}"`];
  });
  const rows = rowsOf(page);
  const silent = rows.flatMap((cells) => {
    const shows = cells.at(-1) ?? "";
    if (namedTests(shows).length > 0 || excuse.test(shows)) return [];
    return [`nothing is shown of ${cells[0]?.trim()}`];
  });
  const shown = rows.flat().join("|");
  const mentioned = [...shown.matchAll(/test\/[\w/.]+\.test\.ts/g)].length;
  const isTitled = mentioned === namedTests(shown).length;
  return [...gone, ...silent, ...(isTitled ? [] : ["a test's file is named without a title"])];
}
