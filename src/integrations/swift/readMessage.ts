/** Reads a message of one type as of its release, and says what today's release would reject. */
import { type Finding, hasErrors } from "./finding.ts";
import { applicationHeaderOf, type SwiftMessage } from "./message.ts";
import { parseMessage } from "./parseMessage.ts";
import { detectRelease, type Release, todaysRelease } from "./release.ts";
import { validateMessage } from "./validateMessage.ts";

export interface ReadOptions {
  /** Reads as of this release instead of the one that the message's dates and fields show. */
  readonly release?: Release;
}

export interface CheckedMessage {
  readonly message: SwiftMessage;
  /** `700`, or null if block 2 cannot be read. */
  readonly type: string | null;
  readonly release: Release;
  /** Errors make the message unusable as of its release; everything else is a warning. Ordered by offset. */
  readonly findings: readonly Finding[];
}

/**
 * Reads and checks any message. What holds in the message's own release is an error if it is broken; what only
 * today's release demands is a warning, because real counterparties send older forms and they must not be dropped.
 * Never throws.
 */
export function readMessage(text: string, options: ReadOptions = {}): CheckedMessage {
  const { message, findings: form } = parseMessage(text);
  const type = applicationHeaderOf(message)?.type ?? null;
  const release = options.release ?? detectRelease(message, type ?? "");
  const own = validateMessage(message, release);
  const known = new Set(own.map((finding) => `${finding.code} ${finding.offset}`));
  const today = release === todaysRelease ? [] : validateMessage(message, todaysRelease);
  const stricter = today
    .filter((finding) => !known.has(`${finding.code} ${finding.offset}`))
    .map((finding): Finding => ({ ...finding, severity: "warning" }));
  const findings = [...form, ...own, ...stricter].sort((one, other) => one.offset - other.offset);
  return { message, type, release, findings };
}

/** Reads a message that must be of `type`, and its meaning if it has no errors. */
export function readTyped<T>(
  text: string,
  reader: { readonly type: string; readonly options: ReadOptions; readonly meaning: (message: SwiftMessage) => T },
): Omit<CheckedMessage, "type"> & { readonly meaning: T | null } {
  const { message, type, release, findings } = readMessage(text, reader.options);
  if (type !== null && type !== reader.type) {
    const other = `This is an MT${type}, not an MT${reader.type}`;
    const place = { field: null, occurrence: 1, offset: 0, line: 1 };
    const finding: Finding = { code: "type_unexpected", severity: "error", ...place, message: other };
    return { message, release, findings: [finding, ...findings], meaning: null };
  }
  return { message, release, findings, meaning: hasErrors(findings) ? null : reader.meaning(message) };
}
