import { existsSync } from "node:fs";
import { join } from "node:path";
import { binOf, type Command, root } from "./command.ts";

export interface Check {
  readonly name: string;
  /** Absent: what it looks at does not exist yet, and `why` says so. */
  readonly command?: Command;
  readonly why?: string;
}

const has = (path: string): boolean => existsSync(join(root, path));

const typeScript = (file: string): Command => ({ file: join(root, "scripts", file), loader: true });

/** What can be told without running the system. `npm run check` runs these, CI too. */
export function staticChecks(): readonly Check[] {
  return [
    {
      name: "biome",
      command: { file: binOf("@biomejs/biome", "biome"), arguments: ["ci", "--error-on-warnings", "--colors=off"] },
    },
    { name: "types", command: { file: binOf("typescript", "tsc"), arguments: ["--noEmit", "-p", "tsconfig.json"] } },
    {
      name: "direction of imports",
      command: {
        file: binOf("dependency-cruiser", "depcruise"),
        arguments: ["--config", ".dependency-cruiser.mjs", "src"],
      },
    },
    { name: "one clock", command: typeScript("checkClock.ts") },
    { name: "alerts and dashboard", command: typeScript("checkOperations.ts") },
    { name: "nothing unused", command: { file: binOf("knip"), arguments: ["--no-progress"] } },
    {
      name: "solhint",
      command: {
        file: binOf("solhint"),
        arguments: ["--disc", "--noPoster", "--max-warnings", "0", "contracts/**/*.sol"],
      },
    },
    { name: "generated files", command: typeScript("checkGenerated.ts") },
    openApiCheck(),
  ];
}

/** The description that CI lints is the committed one; the check before this one proves that it is today's. */
function openApiCheck(): Check {
  const name = "OpenAPI";
  const description = "docs/api/openapi.json";
  if (!has(description) && !has("src/http")) return { name, why: "there is no API yet" };
  const tools = join(root, "tools");
  const installed = existsSync(join(tools, "node_modules", "@redocly", "cli"));
  if (!installed) return { name, why: 'its tool is not installed; run "npm run tools"' };
  return {
    name,
    command: {
      file: binOf("@redocly/cli", "redocly", tools),
      arguments: ["lint", "--config", join("tools", "redocly.yaml"), description],
      env: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
    },
  };
}
