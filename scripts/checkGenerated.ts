/** Fails when a generated file differs from what its generator makes of today's sources. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./command.ts";
import { type GeneratedFile, generateAll } from "./generators.ts";

/** Line ends do not count: git may turn them on Windows. */
export function isStale({ path, content }: GeneratedFile): boolean {
  if (!existsSync(path)) return true;
  return readFileSync(path, "utf8").replaceAll("\r\n", "\n") !== content.replaceAll("\r\n", "\n");
}

if (import.meta.filename === process.argv[1]) {
  const stale = (await generateAll(root)).filter(isStale);
  for (const { path, generator } of stale) {
    process.stdout.write(`${relative(root, path)} is stale (${generator}); run "npm run generate".\n`);
  }
  process.exit(stale.length === 0 ? 0 : 1);
}
