/** Which rule is enforced where, and which tests show it: read from the sources, so that it cannot part from them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ruleId = /\b[UE]\d{2}\b/g;

interface Citation {
  readonly rule: string;
  readonly place: string;
}

/** Rule ids in a comment or body of Solidity, with the function that they belong to: the next one that is declared. */
function citationsOfContract(file: string, text: string): Citation[] {
  const contract = file.replace(/^.*\//, "").replace(/\.sol$/, "");
  const found: Citation[] = [];
  let waiting: string[] = [];
  let current = contract;
  for (const line of text.split("\n")) {
    const declared = /^\s*(?:function|modifier|error|event)\s+(\w+)/.exec(line)?.[1];
    if (declared) current = `${contract}.${declared}`;
    const rules = line.match(ruleId) ?? [];
    const isHeading = /^\s*\/\/\//.test(line);
    if (isHeading) waiting.push(...rules);
    else for (const rule of rules) found.push({ rule, place: current });
    if (declared || /^(?:abstract )?(?:contract|interface|library)\b/.test(line)) {
      found.push(...waiting.map((rule) => ({ rule, place: current })));
      waiting = [];
    }
  }
  return found;
}

function citationsOfSource(file: string, text: string): Citation[] {
  return (text.match(ruleId) ?? []).map((rule) => ({ rule, place: file }));
}

/** Tests whose name cites a rule. */
function citationsOfTest(file: string, text: string): Citation[] {
  const solidity = [...text.matchAll(/function (test\w+|invariant\w+)/g)].map(([, name = ""]) => name);
  const typescript = [...text.matchAll(/\bit\(\s*["'`]([^"'`]+)["'`]/g)].map(([, name = ""]) => name);
  return [...solidity, ...typescript].flatMap((name) => {
    const rules = name.replaceAll("_", " ").match(ruleId) ?? [];
    return rules.map((rule) => ({
      rule,
      place: `${file.replace(/^test\//, "")}: ${name.replace(/^test_?/, "").replaceAll("_", " ")}`,
    }));
  });
}

type Reader = (file: string, text: string) => Citation[];

function collect(root: string, patterns: readonly string[], read: Reader): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const file of patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()) {
    const unix = file.replaceAll("\\", "/");
    for (const { rule, place } of read(unix, readFileSync(join(root, file), "utf8"))) {
      const list = places.get(rule) ?? [];
      if (!list.includes(place)) places.set(rule, [...list, place]);
    }
  }
  return places;
}

function cell(places: readonly string[] | undefined): string {
  return places && places.length > 0 ? places.map((place) => `\`${place}\``).join("<br>") : "–";
}

/** The trace as Markdown. A rule that the code cites and no test names is marked as open. */
export function ruleTrace(root: string): string {
  const contracts = collect(root, ["contracts/**/*.sol"], citationsOfContract);
  const gateway = collect(root, ["src/{domain,features,integrations}/**/*.ts"], citationsOfSource);
  const tests = collect(root, ["test/**/*.t.sol", "test/**/*.test.ts"], citationsOfTest);
  const rules = [...new Set([...contracts.keys(), ...gateway.keys(), ...tests.keys()])].sort();
  const rows = rules.map(
    (rule) => `| ${rule} | ${cell(contracts.get(rule))} | ${cell(gateway.get(rule))} | ${cell(tests.get(rule))} |`,
  );
  const open = rules.filter((rule) => !tests.has(rule));
  return `# Rule trace

Generated from contracts, gateway and tests by \`npm run generate\`; do not edit. Ids are those of the rulebook (U = UCP 600,
E = eUCP); a contract's function is named when the comment before it, or a line in it, cites the rule. A row whose last
column is empty is cited but not yet shown by a test that names it.

${rules.length} rules are cited, ${open.length} of them without a test that names them${open.length > 0 ? `: ${open.join(", ")}` : ""}.

| rule | enforced on the ledger | in the gateway | tests that name it |
|---|---|---|---|
${rows.join("\n")}
`;
}
