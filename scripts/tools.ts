/** `npm run tools`: installs the tools that only checks need, from their own lock file, so that `npm start` need not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeHost } from "./bootstrap/host.mjs";
import { countPackages, inspectModules, type Lock } from "./bootstrap/modules.mjs";
import { runNpm } from "./bootstrap/npm.mjs";
import { say } from "./bootstrap/prepare.mjs";
import { root } from "./command.ts";

export async function installTools(): Promise<void> {
  const folder = join(root, "tools");
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as Lock;
  const host = describeHost();
  if (inspectModules(folder, lock, host).kind === "fits") return;
  say("Installing the tools of the checks …");
  await runNpm({ node: process.execPath, folder, say, packages: countPackages(lock, host) });
}

if (import.meta.filename === process.argv[1]) await installTools();
