/** `npm run generate`: writes every generated file that is committed. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { root } from "./command.ts";
import { generateAll } from "./generators.ts";

for (const { path, content } of await generateAll(root)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  process.stdout.write(`wrote ${relative(root, path)}\n`);
}
