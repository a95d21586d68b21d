import { AppError, type Fault } from "../shared/errors.ts";
import { limits } from "../shared/limits.ts";
import { appendPointer } from "./pointer.ts";

/** An open object or array while its text is read. */
interface Frame {
  readonly pointer: string;
  /** Key under which it stands in its parent object. */
  readonly name: string | undefined;
  /** Keys seen so far; undefined for an array. */
  readonly keys: Set<string> | undefined;
  /** In an object: the next string is a key. */
  expectsKey: boolean;
  key: string;
  index: number;
}

/**
 * Parses one JSON text more strictly than `JSON.parse`, in time linear in its length: UTF-8 only, no byte order
 * mark, no key twice in one object, no `__proto__` and no `constructor.prototype`, at most `depthMax` levels, and no
 * string that the store cannot hold (NUL, half a surrogate pair). Values come from `JSON.parse` itself; the pass
 * before it looks only at structure, so that it need not know about numbers and literals.
 * Throws `request.malformed_json`; the fault names where, never what.
 */
export function parseStrictJson(bytes: Uint8Array, depthMax: number = limits.jsonDepth): unknown {
  const text = decodeUtf8(bytes);
  inspect(text, depthMax);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("", "The text is not JSON.", cause);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed("", "The text is not UTF-8.", cause);
  }
}

function inspect(text: string, depthMax: number): void {
  const stack: Frame[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text[position];
    const frame = stack.at(-1);
    if (character === '"') {
      const end = endOfString(text, position);
      inspectString(text.slice(position, end), frame);
      position = end;
      continue;
    }
    if (character === "{" || character === "[") {
      if (stack.length >= depthMax) throw malformed(placeOf(frame), `More than ${depthMax} levels are nested.`);
      stack.push(openFrame(character, frame));
    } else if (character === "}" || character === "]") stack.pop();
    else if (character === "," && frame !== undefined) {
      frame.expectsKey = frame.keys !== undefined;
      frame.index += 1;
    }
    position += 1;
  }
}

function openFrame(character: "{" | "[", parent: Frame | undefined): Frame {
  const isObject = character === "{";
  const name = parent?.keys === undefined ? undefined : parent.key;
  const keys = isObject ? new Set<string>() : undefined;
  return { pointer: placeOf(parent), name, keys, expectsKey: isObject, key: "", index: 0 };
}

/** Pointer of the value that is being read inside this frame, or of the whole text. */
function placeOf(frame: Frame | undefined): string {
  if (frame === undefined) return "";
  return appendPointer(frame.pointer, frame.keys === undefined ? frame.index : frame.key);
}

/** Index behind the closing quote, or the end of the text when there is none (which `JSON.parse` refuses later). */
function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text[position] !== '"') position += text[position] === "\\" ? 2 : 1;
  return Math.min(position + 1, text.length);
}

function inspectString(quoted: string, frame: Frame | undefined): void {
  const value = quoted.includes("\\") ? unescaped(quoted, frame) : quoted.slice(1, -1);
  const isKey = frame?.expectsKey === true;
  if (isKey) inspectKey(value, frame);
  if (value.includes("\0") || !value.isWellFormed()) {
    throw malformed(placeOf(frame), "The string contains NUL or half a surrogate pair.");
  }
}

function unescaped(quoted: string, frame: Frame | undefined): string {
  try {
    return String(JSON.parse(quoted));
  } catch (cause) {
    throw malformed(frame?.pointer ?? "", "A string is not JSON.", cause);
  }
}

function inspectKey(key: string, frame: Frame): void {
  const pointer = appendPointer(frame.pointer, key);
  if (key === "__proto__" || (key === "prototype" && frame.name === "constructor")) {
    throw malformed(pointer, "This key is not allowed.");
  }
  if (frame.keys?.has(key)) throw malformed(pointer, "The key stands twice in this object.");
  frame.keys?.add(key);
  frame.key = key;
  frame.expectsKey = false;
}

function malformed(pointer: string, detail: string, cause?: unknown): AppError {
  const faults: Fault[] = [{ pointer, detail }];
  return new AppError("request.malformed_json", {}, { faults, ...(cause === undefined ? {} : { cause }) });
}
