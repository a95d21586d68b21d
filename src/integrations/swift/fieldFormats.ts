/**
 * Formats of the fields that the layouts use, by tag, in SWIFT's notation. Rows without a period hold always.
 * Facts of SRU 2025 as cross-read from the Apache-2.0 prowide-core model; rows of older releases marked `recalled`
 * were not read in a source and are therefore as wide as the field could be.
 */
import { compileFormat, type Format } from "./formatNotation.ts";
import { holdsIn, type Period, type Release } from "./release.ts";

interface FormatRow extends Period {
  readonly format: string;
  readonly recalled?: true;
}

const bank = "[[/<DC>][/34x]$]<BIC>";
const bankByName = "[[/<DC>][/34x]$]35x[$35x]0-3";
const lines = (count: number, width: string): string => `${width}[$${width}]0-${count - 1}`;

const always = (format: string): readonly FormatRow[] => [{ format }];

/** A format that the rewrite of 2018 changed. */
const rewritten = (before: FormatRow, now: string): readonly FormatRow[] => [
  { ...before, until: 2017 },
  { format: now, since: 2018 },
];

const rows: Readonly<Record<string, readonly FormatRow[]>> = {
  "20": always("16x(***)"),
  "21": always("16x(***)"),
  "23": always("16x"),
  "25": always("35x"),
  "27": always("1!n/1!n"),
  "30": always("<DATE2>"),
  "31C": always("<DATE2>"),
  "31D": always("<DATE2>29x"),
  "32A": always("<DATE2><CUR><AMOUNT>15"),
  "32B": always("<CUR><AMOUNT>15"),
  "32D": always("<DATE2><CUR><AMOUNT>15"),
  "33A": always("<DATE2><CUR><AMOUNT>15"),
  "33B": always("<CUR><AMOUNT>15"),
  "39A": always("2n/2n"),
  "39B": [{ format: "13x", recalled: true }],
  "39C": always(lines(4, "35x")),
  "40A": always("24x"),
  "40E": always("30x[/35x]"),
  "41A": always("<BIC>$14x"),
  "41D": always("35x[$35x]0-3$14x"),
  "42A": always(bank),
  "42C": always(lines(3, "35x")),
  "42D": always(bankByName),
  "42M": always(lines(4, "35x")),
  "42P": always(lines(4, "35x")),
  "43P": rewritten({ format: "35x", recalled: true }, "11x"),
  "43T": rewritten({ format: "35x", recalled: true }, "11x"),
  "44A": always("140z"),
  "44B": always("140z"),
  "44C": always("<DATE2>"),
  "44D": always(lines(6, "65x")),
  "44E": always("140z"),
  "44F": always("140z"),
  "45A": always(lines(100, "65z")),
  "46A": always(lines(100, "65z")),
  "47A": always(lines(100, "65z")),
  "48": rewritten({ format: lines(4, "35x") }, "3n[/35x]"),
  "49": always("7!x"),
  "49G": always(lines(100, "65z")),
  "49H": always(lines(100, "65z")),
  "50": always(lines(4, "35x")),
  "51A": always(bank),
  "51D": always(bankByName),
  "53A": always(bank),
  "53D": always(bankByName),
  "57A": always(bank),
  "57B": always("[[/<DC>][/34x]$][35x]"),
  "57D": always(bankByName),
  "58A": always(bank),
  "58D": always(bankByName),
  "59": always("[/34x$]35x[$35x]0-3"),
  "71B": always(lines(6, "35x")),
  "71D": always(lines(6, "35z")),
  "72": always(lines(6, "35x")),
  "72Z": always(lines(6, "35z")),
  "73": always(lines(6, "35x")),
  "73A": always(lines(6, "35z")),
  "77B": always(lines(3, "35x")),
  "77J": always(lines(70, "50z")),
  "78": always(lines(12, "65x")),
  "79Z": always(lines(35, "50z")),
};

interface CompiledRow {
  readonly row: FormatRow;
  readonly format: Format;
}

const compiled: ReadonlyMap<string, readonly CompiledRow[]> = new Map(
  Object.entries(rows).map(([tag, formats]): [string, readonly CompiledRow[]] => [
    tag,
    formats.map((row) => ({ row, format: compileFormat(row.format) })),
  ]),
);

export interface FieldFormat extends Period {
  readonly notation: string;
  readonly format: Format;
}

/** The format of a tag in a release, or undefined if the table has none. */
export function formatOf(tag: string, release: Release): FieldFormat | undefined {
  const found = compiled.get(tag)?.find(({ row }) => holdsIn(row, release));
  return found === undefined ? undefined : { ...found.row, notation: found.row.format, format: found.format };
}
