/** The character sets of SWIFT formats: n, a, c, d, x and z. */

const digits = "0123456789";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const letters = upper + upper.toLowerCase();
const x = `${letters}${digits}/-?:().,'+ `;

/** Each set as a look-up by character code below 128; line breaks belong to none. */
function tableOf(characters: string): readonly boolean[] {
  const table = new Array<boolean>(128).fill(false);
  for (const character of characters) table[character.charCodeAt(0)] = true;
  return table;
}

export type CharacterSet = "n" | "a" | "c" | "d" | "x" | "z";

const tables: Readonly<Record<CharacterSet, readonly boolean[]>> = {
  n: tableOf(digits),
  a: tableOf(upper),
  c: tableOf(upper + digits),
  d: tableOf(`${digits},.`),
  x: tableOf(x),
  z: tableOf(`${x}=!"%&*<>;{@#_`),
};

/** Whether the character at `at` belongs to the set; false past the end. */
export function belongsTo(set: CharacterSet, text: string, at: number): boolean {
  return tables[set][text.charCodeAt(at)] ?? false;
}

/** The index of the first character outside the set from `from` on, or the text's length. */
export function runEnd(set: CharacterSet, text: string, from: number): number {
  let at = from;
  while (belongsTo(set, text, at)) at += 1;
  return at;
}
