import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { labels } from "../../tools/labels.mjs";
import { keyOf } from "../../tools/sampled.mjs";
import { strykerFolder } from "./targets.ts";

type Mutant = Parameters<typeof keyOf>[0] & { readonly status?: string };

/** The part of Stryker's instrumenter that finds mutants without running any. */
interface Instrumenter {
  instrument(
    files: readonly { name: string; mutate: boolean; content: string }[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ mutants: readonly Mutant[] }>;
}

const silent = {
  isDebugEnabled: () => false,
  isTraceEnabled: () => false,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Keys of all mutants of some files of `folder`, each led by its file. */
export async function enumerateMutants(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const entry = pathToFileURL(join(strykerFolder, "instrumenter", "dist", "src", "index.js")).href;
  const loaded = (await import(entry)) as { Instrumenter: new (logger: typeof silent) => Instrumenter };
  const instrumenter = new loaded.Instrumenter(silent);
  const keys: string[] = [];
  for (const name of files) {
    const content = readFileSync(join(folder, name), "utf8");
    const options = { plugins: null, excludedMutations: [], ignorers: [labels], noHeader: true };
    const { mutants } = await instrumenter.instrument([{ name, mutate: true, content }], options);
    const live = mutants.filter(({ status }) => status !== "Ignored");
    keys.push(...live.map((mutant) => `${name} ${keyOf(mutant)}`));
  }
  return keys;
}
