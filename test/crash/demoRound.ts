/** The demo from an empty folder to its end, killed on the way, and compared with a run that nobody killed. */
import fs from "node:fs";
import { expect } from "chai";
import {
  expectActsOnce,
  expectAuditChain,
  expectBlocksToMatch,
  expectDealsInOrder,
  expectEventsToMatch,
  expectNoncesWithoutHoles,
  expectRepliesToHold,
  expectSameOutline,
} from "./agreement.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import { type Ending, startLife } from "./life.ts";
import type { RoundReport } from "./round.ts";
import { type Crash, drawDeploymentCrash, drawSchedule, type Kill, settingsOf } from "./schedule.ts";

const ledgerLost = /Stopped: the ledger's process ended\.|The ledger's process did not start \(ledger\.start_failed\)/;

/** The table at the demo's end, which names parties and amounts and nothing that differs between runs. */
export function tableOf({ output }: Ending): string {
  return /Balances read from the ledger[\s\S]*?All lines agree\./.exec(output)?.[0] ?? "";
}

export async function finishDemo(dataDir: string): Promise<Ending> {
  const ending = await startLife({ dataDir, once: true }).ended;
  expect(ending.code, `${ending.output}\n${ending.errors}`).to.equal(0);
  return ending;
}

/** A life that ends at the planned place. A place that is not passed fails: the demo goes on to its end then. */
export async function crashDemo(dataDir: string, planned: Crash): Promise<void> {
  const { code, signal, output, errors } = await startLife({ dataDir, once: true, settings: settingsOf(planned) })
    .ended;
  const told = `${output}\n${errors}`;
  if (planned.victim === "gateway") {
    expect({ code, signal }, told).to.deep.equal({ code: null, signal: "SIGKILL" });
    return;
  }
  expect({ code, signal }, told).to.deep.equal({ code: 1, signal: null });
  expect(errors).to.match(ledgerLost);
}

const lostInDeployment: Kill = { place: "anywhere", victim: "both", afterMs: 0 };

/** Everything at once, in the middle of the deployment. */
export async function killDeployment(dataDir: string): Promise<void> {
  const life = startLife({ dataDir, once: true });
  await life.seen(/Deploying Credits/);
  life.kill("SIGKILL", "group");
  expect(await life.ended).to.include({ code: null, signal: "SIGKILL" });
}

export interface Control {
  readonly evidence: Evidence;
  readonly table: string;
}

/** A run that nobody kills. */
export async function playControl(dataDir: string): Promise<Control> {
  const table = tableOf(await finishDemo(dataDir));
  expect(table).to.include("All lines agree.");
  return { evidence: await readEvidence(dataDir), table };
}

export function expectDemoAgreement(evidence: Evidence, control: Evidence): void {
  expectRepliesToHold(evidence, control);
  expectActsOnce(evidence);
  expectNoncesWithoutHoles(evidence);
  expectDealsInOrder(evidence);
  expectBlocksToMatch(evidence);
  expectEventsToMatch(evidence);
  expectAuditChain(evidence);
  expectSameOutline(evidence, control);
}

/** Every place with either victim, one after the other in one folder, after two crashes of the deployment. */
export function playDemoRound(seed: number, dataDir: string) {
  const crashes = [drawDeploymentCrash(seed), ...drawSchedule(seed, "either victim")];
  const kills: readonly (Crash | Kill)[] = [lostInDeployment, ...crashes];

  async function play(): Promise<RoundReport> {
    const control = await playControl(`${dataDir}-control`);
    fs.rmSync(`${dataDir}-control`, { recursive: true, force: true });
    const killMs: number[] = [];
    const timed = async (work: () => Promise<void>) => {
      const begun = performance.now();
      await work();
      killMs.push(Math.round(performance.now() - begun));
    };
    await timed(() => killDeployment(dataDir));
    for (const crash of crashes) await timed(() => crashDemo(dataDir, crash));
    expect(tableOf(await finishDemo(dataDir))).to.equal(control.table);
    const evidence = await readEvidence(dataDir);
    expectDemoAgreement(evidence, control.evidence);
    fs.rmSync(dataDir, { recursive: true, force: true });
    const { replies, store, ledger } = evidence;
    const counts = { answered: replies.length, acts: store.orders.length, events: store.events.length };
    return { killMs, lanes: [], resent: 0, resumed: 0, blocks: ledger.blocks.length, ...counts };
  }

  return { kills, play };
}
