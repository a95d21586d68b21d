/** A caller chooses its key names; a pointer must not carry a megabyte back. */
const pointerLengthMax = 256;

/** One step further down an RFC 6901 JSON pointer; cut off when a caller's key names make it too long. */
export function appendPointer(pointer: string, step: PropertyKey): string {
  if (pointer.length >= pointerLengthMax) return pointer;
  const escaped = String(step).slice(0, pointerLengthMax).replaceAll("~", "~0").replaceAll("/", "~1");
  return `${pointer}/${escaped.toWellFormed()}`.slice(0, pointerLengthMax);
}
