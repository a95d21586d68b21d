import { codes } from "../shared/errors/codes.ts";
import { AppError } from "../shared/errors.ts";

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A fault in a sentence, with what to do. */
export function explain(error: unknown): string {
  if (!(error instanceof AppError)) return `Unexpected fault: ${error instanceof Error ? error.stack : String(error)}`;
  const { title, page } = codes[error.code];
  const facts = Object.entries(error.facts).map(([name, value]) => `${name}: ${String(value)}`);
  return `${title} (${error.code}). ${page}${facts.length > 0 ? ` [${facts.join(", ")}]` : ""}`;
}
