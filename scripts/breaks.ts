/**
 * `npm run breaks [-- --only <n>]`: removes one guard at a time from a copy of the contracts and expects the named
 * test to fail. A guard whose removal nobody notices is a guard that no test shows.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Guard, guards } from "../test/breaks/guards.ts";
import { root } from "./command.ts";

const copied = ["contracts", "test/contracts", "hardhat.config.ts", "package.json", "artifacts", "cache"];

function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "hansa-breaks-"));
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true, force: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function runTest(folder: string, { testFile, test }: Guard): { passed: boolean; output: string } {
  const cli = join(root, "node_modules", "hardhat", "dist", "src", "cli.js");
  const given = ["test", "solidity", testFile, "--grep", `${test}\\(`];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...given], { cwd: folder, encoding: "utf8" });
  return { passed: status === 0, output: `${stdout}${stderr}` };
}

/** What is wrong with this guard's entry or its test, or undefined when the test notices the break. */
function tryGuard(folder: string, guard: Guard): string | undefined {
  const file = join(folder, guard.file);
  const original = readFileSync(file, "utf8");
  if (original.split(guard.text).length !== 2) return "the guard does not stand in the file exactly once";
  writeFileSync(
    file,
    original.replace(guard.text, () => guard.replacement),
  );
  try {
    const { passed, output } = runTest(folder, guard);
    if (passed) return "the test passes without the guard";
    return output.includes(`${guard.test}(`) && output.includes("failing")
      ? undefined
      : `the test did not run:\n${output}`;
  } finally {
    writeFileSync(file, original);
  }
}

const only = process.argv.indexOf("--only");
const chosen = only === -1 ? guards : guards.slice(0, Number(process.argv[only + 1]));
const folder = copyProject();
let failed = 0;
try {
  for (const guard of chosen) {
    const fault = tryGuard(folder, guard);
    if (fault) failed += 1;
    process.stdout.write(`${fault ? "✖" : "✔"} ${guard.name}: ${fault ?? `${guard.test} fails without it`}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
