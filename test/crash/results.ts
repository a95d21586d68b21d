/** A results file: one JSON line per piece of a campaign, committed with the code it speaks of. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createClock } from "../../src/shared/clock.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What every line says beside its own findings. */
export interface Stamp {
  /** Of everything that runs: two lines with the same value speak of the same code. */
  readonly code: string;
  /** Commit that was checked out, with `+` when files differed from it. */
  readonly commit: string;
  /** When it was found, RFC 3339. */
  readonly at: string;
}

/** SHA-256 over the program's own files, shortened. Tests, documents and the portal are no part of it. */
export function codeVersion(): string {
  const hash = createHash("sha256");
  const take = (name: string) => {
    const found = fs.statSync(path.join(root, name));
    if (found.isDirectory()) {
      for (const entry of fs.readdirSync(path.join(root, name)).sort()) take(`${name}/${entry}`);
    } else if (!name.endsWith(".md")) {
      hash
        .update(`${name}\0`)
        .update(fs.readFileSync(path.join(root, name)))
        .update("\0");
    }
  };
  const parts = fs.readdirSync(path.join(root, "src")).sort();
  for (const name of parts) if (name !== "portal") take(`src/${name}`);
  take("contracts");
  take("package-lock.json");
  return hash.digest("hex").slice(0, 16);
}

export function stampNow(code: string): Stamp {
  return { code, commit: commitNow(), at: new Date(createClock().wallMs()).toISOString() };
}

function commitNow(): string {
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "src", "contracts", "package-lock.json");
    return `${git("rev-parse", "--short=12", "HEAD")}${changed === "" ? "" : "+"}`;
  } catch {
    // A copy without its history.
    return "unknown";
  }
}

export interface Results<Line extends Stamp> {
  /** Lines of this code version so far, in order. */
  readonly lines: readonly Line[];
  /** Appends and forces it to the disk, so that an interrupted campaign goes on after its last line. */
  append(line: Line): void;
}

export function openResults<Line extends Stamp>(file: string, code: string): Results<Line> {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  // An interrupted append leaves no newline; that piece is done again.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) fs.truncateSync(file, Buffer.byteLength(whole));
  const lines = whole
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.code === code);
  return {
    lines,
    append(line) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const handle = fs.openSync(file, "a");
      fs.writeSync(handle, `${JSON.stringify(line)}\n`);
      fs.fsyncSync(handle);
      fs.closeSync(handle);
      lines.push(line);
    },
  };
}
