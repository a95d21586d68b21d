import { join } from "node:path";
import { root } from "./command.ts";

/** Something that is generated from sources and committed, because people read it. Never edited by hand. */
export interface Generator {
  readonly name: string;
  /** Contents by path below the repository's folder. The same sources give the same bytes. */
  readonly generate: () => Promise<Readonly<Record<string, string>>>;
}

/** `npm run generate` writes them, `npm run check` compares them. Load heavy things inside `generate`. */
export const generators: readonly Generator[] = [
  {
    name: "API description",
    async generate() {
      const { apiDocument } = await import("../src/apiDocument.ts");
      return { "docs/api/openapi.json": `${JSON.stringify(apiDocument(), null, 2)}\n` };
    },
  },
  {
    name: "error codes",
    async generate() {
      const { errorsMarkdown } = await import("../src/http/errorPages.ts");
      return { "docs/errors.md": errorsMarkdown() };
    },
  },
  {
    name: "rule trace",
    async generate() {
      const { ruleTrace } = await import("./ruleTrace.ts");
      return { "docs/rule-trace.md": ruleTrace(root) };
    },
  },
];

export interface GeneratedFile {
  readonly generator: string;
  readonly path: string;
  readonly content: string;
}

/** Runs all generators. @param folder repository's folder, put before each path */
export async function generateAll(folder: string, from: readonly Generator[] = generators): Promise<GeneratedFile[]> {
  const files: GeneratedFile[] = [];
  for (const { name, generate } of from) {
    const contents = Object.entries(await generate());
    files.push(...contents.map(([path, content]) => ({ generator: name, path: join(folder, path), content })));
  }
  return files;
}
