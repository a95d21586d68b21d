/**
 * Fails when docs/operations/ and the gateway's metrics do not fit: an alert or a panel that asks for a metric that
 * there is not, a metric that no page explains, a rule without a test or without a place in docs/operations.md. Where
 * promtool is installed (Debian's package `prometheus`), it reads the rules, runs their tests and lints the metrics.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Registry } from "prom-client";
import { observeRequests } from "../src/http/observe.ts";
import { createMetrics } from "../src/operations/metrics.ts";
import type { IndexerState, LaneState } from "../src/operations/ports.ts";
import { silentLogger } from "../src/shared/context.ts";
import { root } from "./command.ts";

const rulesFile = "docs/operations/alerts.yml";
const testsFile = "test/operations/alerts.test.yml";
const handbook = "docs/operations.md";

export interface OperationTexts {
  readonly alerts: string;
  readonly alertTests: string;
  /** Grafana's JSON. */
  readonly dashboard: string;
  /** Explains each metric in a table: `| \`hansa_…\` | … |`. */
  readonly metricsPage: string;
  /** Where `runbook_url` leads. */
  readonly handbook: string;
}

/** Every metric of a gateway that runs, each with a value. */
export function createSampleRegistry(): Registry {
  const metrics = createMetrics({ version: "0.0.0" });
  observeRequests(silentLogger, metrics.registry);
  const indexer: IndexerState = {
    ...{ head: 12, indexed: 12, finalized: 12, lagBlocks: 0, lagSeconds: 0 },
    ...{ reorgsTotal: { 1: 2, 2: 0, more: 1 }, retractionsTotal: 4, verifyFailuresTotal: { receipts_root: 1 } },
    ...{ quarantined: undefined, isLeader: true },
  };
  const lane: LaneState = {
    ...{ number: 0, isLeader: true, quarantined: false, nextNonce: 7, countOnLedger: 5, openCount: 2 },
    ...{ headOfLaneAgeMs: 1_500, broadcastTotal: 7, rebroadcastTotal: 1, bumpTotal: 1, cancelTotal: 1 },
    ...{ replacedTotal: 0, deadTotal: 0, supersededTotal: 0, refusedTotal: { underpriced: 1 } },
  };
  metrics.watch({
    indexer: () => indexer,
    lanes: () => [lane],
    endpoints: () => [{ name: "0:127.0.0.1:8545", breaker: "closed", setAside: false, otherChain: false }],
    workers: { indexer: { failure: () => undefined } },
    store: () => ({
      ...{ waiting: 0, syncsTotal: 9, backupAgeSeconds: 60, backupFailuresTotal: 0, maintenanceFailuresTotal: 0 },
    }),
    queue: async () => ({ count: { accepted: 1, broadcast: 3 }, oldestCreatedAtMs: 1_000 }),
    wallMs: () => 3_000,
    disk: async () => ({ freeBytes: 2 ** 33, totalBytes: 2 ** 34 }),
  });
  metrics.onCall({ method: "eth_call", endpoint: "1", seconds: 0.01, outcome: "ok" });
  metrics.onCall({ method: "eth_call", endpoint: "1", seconds: 0.01, outcome: "timeout" });
  metrics.onTransaction({ seconds: 0.01, outcome: "committed" });
  metrics.onCommitted(3);
  metrics.onStage("mined_to_indexed", 0.1);
  return metrics.registry;
}

const metricName = /\b(?:hansa|process|nodejs)_[a-z0-9_]+\b/g;

/** Metrics that a text asks for, without what a query adds to a histogram's name. */
function metricsIn(text: string, known: ReadonlySet<string>): readonly string[] {
  const names = [...text.matchAll(metricName)].map(([name]) => {
    const base = name.replace(/_(bucket|sum|count)$/, "");
    return known.has(name) || !known.has(base) ? name : base;
  });
  return [...new Set(names)];
}

/** What does not fit, a sentence each. */
export async function findFaults(texts: OperationTexts, registry: Registry): Promise<readonly string[]> {
  const defined = await registry.getMetricsAsJSON();
  const known = new Set(defined.map(({ name }) => name));
  const unexplained = defined.filter(({ help }) => help.trim().length < 10);
  const { alerts, dashboard, metricsPage } = texts;
  const panels = collectStrings(JSON.parse(dashboard), new Set(["expr", "query", "definition"]));
  const explained = new Set([...metricsPage.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? ""));
  const ours = [...known].filter((name) => name.startsWith("hansa_"));
  return [
    ...unexplained.map(({ name }) => `${name} has no help text`),
    ...unknownIn("an alert", expressionsOf(alerts), known),
    ...unknownIn("the dashboard", panels.join("\n"), known),
    ...ours.filter((name) => !explained.has(name)).map((name) => `${name} is not in the table of metrics`),
    ...[...explained].filter((name) => !known.has(name)).map((name) => `the table of metrics names ${name}`),
    ...ruleFaults(texts),
  ];
}

function unknownIn(where: string, text: string, known: ReadonlySet<string>): readonly string[] {
  return metricsIn(text, known)
    .filter((name) => !known.has(name))
    .map((name) => `${where} asks for ${name}, which does not exist`);
}

/** Without comments and annotations, which may speak of anything. */
function expressionsOf(alerts: string): string {
  return alerts
    .split("\n")
    .filter((line) => !/^\s*(#|summary:|runbook_url:|- name:)/.test(line))
    .join("\n");
}

function ruleFaults({ alerts, alertTests, handbook: page }: OperationTexts): readonly string[] {
  const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => anchorOf(title)));
  const fired = new Set([...alertTests.matchAll(/- alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:/g)].map(last));
  return alerts
    .split(/^ +- alert: /m)
    .slice(1)
    .flatMap((rule) => {
      const name = rule.split("\n")[0] ?? "";
      const anchor = /runbook_url: docs\/operations\.md#(\S+)/.exec(rule)?.[1];
      return [
        ...(fired.has(name) ? [] : [`${name} has no test in which it fires`]),
        ...(anchor !== undefined && anchors.has(anchor) ? [] : [`${name} leads to no section of ${handbook}`]),
        ...(/severity: (page|ticket)\n/.test(rule) ? [] : [`${name} has no severity`]),
      ];
    });
}

function last(match: RegExpExecArray): string {
  return match.at(-1) ?? "";
}

/** A heading's anchor as GitHub makes it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}

function collectStrings(value: unknown, fields: ReadonlySet<string>): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    if (typeof inner === "string") return fields.has(field) ? [inner] : [];
    return collectStrings(inner, fields);
  });
}

/** Runs promtool; undefined where it is not installed. */
function promtool(given: readonly string[], input?: string): string | undefined {
  const run = spawnSync("promtool", given, { cwd: root, encoding: "utf8", input: input ?? "" });
  if (run.error) return undefined;
  return run.status === 0 ? "" : `promtool ${given.join(" ")}: ${run.stdout}${run.stderr}`.trim();
}

async function check(): Promise<readonly string[]> {
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const registry = createSampleRegistry();
  const texts = {
    alerts: read(rulesFile),
    alertTests: read(testsFile),
    dashboard: read("docs/operations/dashboard.json"),
    metricsPage: read("docs/operations/README.md"),
    handbook: read(handbook),
  };
  const faults = await findFaults(texts, registry);
  const tools = [
    promtool(["check", "rules", rulesFile]),
    promtool(["test", "rules", testsFile]),
    promtool(["check", "metrics"], await registry.metrics()),
  ];
  if (tools.includes(undefined)) process.stdout.write("promtool is not installed; rules and metrics were only read.\n");
  return [...faults, ...tools.filter((fault) => fault !== undefined && fault !== "")].filter(
    (fault) => fault !== undefined,
  );
}

if (import.meta.filename === process.argv[1]) {
  const faults = await check();
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.exit(faults.length === 0 ? 0 : 1);
}
