import fs from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { prepare } from "./cast.ts";
import {
  type Control,
  crashDemo,
  expectDemoAgreement,
  finishDemo,
  killDeployment,
  playControl,
  tableOf,
} from "./demoRound.ts";
import { readEvidence, readReplies } from "./evidence.ts";
import { killLeftOvers, type Life, startLife } from "./life.ts";
import { playRound, type RoundReport } from "./round.ts";
import { type Crash, drawDeploymentCrash, drawSchedule, drawSweep, seedsOf } from "./schedule.ts";

/** A life is the start of everything, the story so far answered again, and the rest of the story: seconds, even on a busy machine. */
const lifeMs = 120_000;
const roundMs = 15 * 60_000;
/** With the demo's fourteen, 25 in all. */
const trafficKills = 11;

/** The API as a user of the demo sees it. */
async function get<T>(url: string, token: string): Promise<T> {
  const reply = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect(reply.status, await reply.clone().text()).to.equal(200);
  return (await reply.json()) as T;
}

async function tokenOf(dataDir: string, party: string): Promise<string> {
  const { users } = JSON.parse(await readFile(join(dataDir, "demo.json"), "utf8")) as {
    users: { party: string; role: string; secret: string }[];
  };
  const secret = users.find((user) => user.party === party && user.role === "maker")?.secret ?? "";
  const accepted = readReplies(dataDir).find(({ key }) => key === `accept.${party}.maker`);
  return `hansa_${String(accepted?.body["keyId"])}_${secret}`;
}

/** Ids of the story's two deals. */
function dealsOf(dataDir: string): { credit: string; escrow: string } {
  const replies = readReplies(dataDir);
  const bodyOf = (wanted: string) => replies.find(({ key }) => key === wanted)?.body ?? {};
  return { credit: String(bodyOf("credit.draft")["id"]), escrow: String(bodyOf("escrow.propose")["subject"]) };
}

interface Verification {
  readonly agrees: boolean;
  readonly compared: number;
  readonly differences: readonly unknown[];
}

describe("A gateway and a ledger that are killed", function crashSuite() {
  this.timeout(lifeMs);
  let scratch = "";
  let control: Control;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "hansa-crash-"));
    control = await playControl(join(scratch, "control"));
  });
  after(async () => {
    killLeftOvers();
    await rm(scratch, { recursive: true, force: true });
  });

  it("are compared with a run without a crash, which keeps the rules itself", () => {
    expectDemoAgreement(control.evidence, control.evidence);
  });

  for (const seed of seedsOf(process.env)) {
    describe(`along one story (HANSA_CRASH_SEED=${seed})`, () => {
      let dataDir = "";
      const schedule = drawSchedule(seed, "any victim");
      const half = Math.floor(schedule.length / 2);
      const deployment = drawDeploymentCrash(seed);

      /** Beside the story, which leaves half of the machine idle. */
      let traffic: Promise<RoundReport>;
      const round = join(scratch, `traffic-${seed}`);

      async function killTraffic(): Promise<RoundReport> {
        const prepared = await prepare(join(scratch, "control"));
        return playRound({ seed, kills: drawSweep(seed).slice(0, trafficKills), prepared, dataDir: round });
      }

      before(() => {
        dataDir = join(scratch, `story-${seed}`);
        traffic = killTraffic();
        // Told by its own test.
        traffic.catch(() => undefined);
      });
      after(() => traffic.catch(() => undefined));

      function crashes(planned: Crash): void {
        const { victim, place, passage } = planned;
        it(`lose the ${victim} at ${place}, passage ${passage}`, () => crashDemo(dataDir, planned));
      }

      it("lose everything at once in the middle of the deployment", () => killDeployment(dataDir));

      it(`lose the ledger later in the deployment, at ${deployment.place}, passage ${deployment.passage}`, async () => {
        await crashDemo(dataDir, deployment);
      });

      for (const planned of schedule.slice(0, half)) crashes(planned);

      it("are stopped by Ctrl-C in the middle of the story, which ends everything with code 0", async () => {
        const life = startLife({ dataDir, once: false });
        await life.seen(/tx 0x/);
        life.kill("SIGINT", "group");
        expect(await life.ended).to.include({ code: 0, signal: null, errors: "" });
      });

      for (const planned of schedule.slice(half)) crashes(planned);

      it("lose the ledger once more while a start still reads what it missed, and end for it", async () => {
        await crashDemo(dataDir, { place: "ledger.executed", victim: "gateway", passage: 1 });
        await crashDemo(dataDir, { place: "index.read", victim: "ledger", passage: 1 });
      });

      it("finish the story in the end, with the balances of a run without a crash", async () => {
        expect(tableOf(await finishDemo(dataDir))).to.equal(control.table);
      });

      it("did every acknowledged act once, used every nonce once, and tell every event once, as that run did", async () => {
        expectDemoAgreement(await readEvidence(dataDir), control.evidence);
      });

      describe("and are started again", () => {
        let life: Life;
        let url = "";
        let told = 0;

        before(async () => {
          told = readReplies(dataDir).length;
          life = startLife({ dataDir, once: false });
          url = (await life.seen(/Hansa runs on (\S+)/))[1] ?? "";
        });

        it("do not play the demo again", async () => {
          await life.seen(/The demo was played before/);
          expect(readReplies(dataDir)).to.have.length(told);
        });

        it("agree with the ledger on both deals", async () => {
          const { credit, escrow } = dealsOf(dataDir);
          for (const [party, deal] of [
            ["issuer", credit],
            ["importer", escrow],
          ] as const) {
            const token = await tokenOf(dataDir, party);
            const { agrees, compared, differences } = await get<Verification>(`${url}/v1/verifications/${deal}`, token);
            expect({ agrees, differences }, party).to.deep.equal({ agrees: true, differences: [] });
            expect(compared).to.be.greaterThan(5);
          }
        });

        it("refuse a second start on the folder, and go on", async () => {
          const { code, errors } = await startLife({ dataDir, once: true }).ended;
          expect(code, errors).to.equal(1);
          expect(errors).to.match(/^The data folder is in use \(store\.folder_locked\)/);
          expect((await fetch(`${url}/livez`)).status).to.equal(200);
        });

        it("end with code 0 when the gateway alone gets the signal", async () => {
          life.kill("SIGINT", "gateway");
          expect(await life.ended).to.include({ code: 0, signal: null, errors: "" });
        });
      });

      it(`lose processes ${trafficKills} times under many clients, and keep what these were told`, async function toldOfTraffic() {
        this.timeout(roundMs);
        const { killMs, acts, events } = await traffic;
        expect(killMs).to.have.length(trafficKills);
        expect(acts).to.be.greaterThan(trafficKills);
        expect(events).to.be.greaterThan(acts);
        expect(fs.existsSync(round)).to.equal(false);
      });
    });
  }
});
