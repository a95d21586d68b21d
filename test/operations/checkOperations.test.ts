import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Gauge } from "prom-client";
import { createSampleRegistry, findFaults, type OperationTexts } from "../../scripts/checkOperations.ts";
import { root } from "../../scripts/command.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const texts: OperationTexts = {
  alerts: read("docs/operations/alerts.yml"),
  alertTests: read("test/operations/alerts.test.yml"),
  dashboard: read("docs/operations/dashboard.json"),
  metricsPage: read("docs/operations/README.md"),
  handbook: read("docs/operations.md"),
};
const faultsOf = (changed: Partial<OperationTexts>) => findFaults({ ...texts, ...changed }, createSampleRegistry());

describe("alerts, dashboard and handbook", () => {
  it("fit the metrics of the gateway", async () => {
    expect(await faultsOf({})).to.deep.equal([]);
  });

  it("are refused when an alert or a panel asks for a metric that does not exist", async () => {
    const alerts = texts.alerts.replace("hansa_lag_blocks > 50", "hansa_lag_block > 50");
    const dashboard = texts.dashboard.replaceAll("hansa_rpc_duration_seconds_bucket", "hansa_rpc_seconds_bucket");
    expect(await faultsOf({ alerts, dashboard })).to.deep.equal([
      "an alert asks for hansa_lag_block, which does not exist",
      "the dashboard asks for hansa_rpc_seconds_bucket, which does not exist",
    ]);
  });

  it("are refused when a metric has no help text or is not explained, or one is explained that is gone", async () => {
    const registry = createSampleRegistry();
    new Gauge({ name: "hansa_new", help: "?", registers: [registry] });
    const metricsPage = texts.metricsPage.replace("| `hansa_lag_blocks` |", "| `hansa_lag` |");
    expect(await findFaults({ ...texts, metricsPage }, registry)).to.deep.equal([
      "hansa_new has no help text",
      "hansa_lag_blocks is not in the table of metrics",
      "hansa_new is not in the table of metrics",
      "the table of metrics names hansa_lag",
    ]);
  });

  it("are refused when a rule has no test in which it fires, no severity, or leads nowhere", async () => {
    const alertTests = texts.alertTests.replace(
      "- alertname: HansaDown\n        eval_time: 2m\n        exp_alerts:",
      "- alertname: HansaDown",
    );
    const handbook = texts.handbook.replace("### A lane is jammed", "### A lane stands");
    const alerts = texts.alerts.replace("severity: ticket", "severity: someday");
    const faults = await faultsOf({ alertTests, handbook, alerts });
    expect(faults).to.include("HansaDown has no test in which it fires");
    expect(faults).to.include("HansaLaneJammed leads to no section of docs/operations.md");
    expect(faults).to.include("HansaEventLoopBlocked has no severity");
    expect(faults.length).to.equal(3);
  });
});
