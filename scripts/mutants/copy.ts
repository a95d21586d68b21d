import { cpSync, existsSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../command.ts";

const copied = [
  "src",
  "test",
  "scripts",
  "contracts",
  "artifacts",
  "types",
  "tools/sampled.mjs",
  "tools/labels.mjs",
  "hardhat.config.ts",
  "package.json",
  "tsconfig.json",
];

/**
 * A copy of the project in a temporary folder. Stryker writes its mutants into it, so that no crash can leave one in
 * the sources, and a campaign of hours judges one state of them whatever is edited meanwhile.
 */
export function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "hansa-mutation-"));
  for (const name of copied) {
    const from = join(root, name);
    if (existsSync(from)) cpSync(from, join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}
