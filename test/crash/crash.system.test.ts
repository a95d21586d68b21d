import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  expectActsOnce,
  expectBlocksToMatch,
  expectEventsToMatch,
  expectNoncesWithoutHoles,
  expectRepliesToHold,
  expectSameOutline,
} from "./agreement.ts";
import { type Evidence, readEvidence, readReplies } from "./evidence.ts";
import { type Ending, killLeftOvers, type Life, startLife } from "./life.ts";
import { type Crash, drawDeploymentCrash, drawSchedule, seedsOf, settingsOf } from "./schedule.ts";

/** A life is the start of everything, the story so far answered again, and the rest of the story: seconds, even on a busy machine. */
const lifeMs = 120_000;

const ledgerLost = /Stopped: the ledger's process ended\.|The ledger's process did not start \(ledger\.start_failed\)/;

interface Folder {
  readonly dataDir: string;
  remove(): Promise<void>;
}

async function makeFolder(): Promise<Folder> {
  const dataDir = await mkdtemp(join(tmpdir(), "hansa-crash-"));
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

/** The table at the demo's end, which names parties and amounts and nothing that differs between runs. */
function tableOf({ output }: Ending): string {
  return /Balances read from the ledger[\s\S]*?All lines agree\./.exec(output)?.[0] ?? "";
}

async function finish(dataDir: string): Promise<Ending> {
  const ending = await startLife({ dataDir, once: true }).ended;
  expect(ending.code, `${ending.output}\n${ending.errors}`).to.equal(0);
  return ending;
}

async function crash(dataDir: string, planned: Crash): Promise<void> {
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
  const folders: Folder[] = [];
  let control: Evidence;
  let table = "";

  async function folder(): Promise<string> {
    const made = await makeFolder();
    folders.push(made);
    return made.dataDir;
  }

  before(async () => {
    const dataDir = await folder();
    table = tableOf(await finish(dataDir));
    control = await readEvidence(dataDir);
  });
  after(async () => {
    killLeftOvers();
    for (const { remove } of folders) await remove();
  });

  it("are compared with a run without a crash, which keeps the rules itself", () => {
    expect(table).to.include("All lines agree.");
    expectRepliesToHold(control, control);
    expectActsOnce(control);
    expectNoncesWithoutHoles(control);
    expectBlocksToMatch(control);
    expectEventsToMatch(control);
  });

  for (const seed of seedsOf(process.env)) {
    describe(`along one story (HANSA_CRASH_SEED=${seed})`, () => {
      let dataDir = "";
      let evidence: Evidence;
      const schedule = drawSchedule(seed, "any victim");
      const half = Math.floor(schedule.length / 2);
      const deployment = drawDeploymentCrash(seed);

      before(async () => {
        dataDir = await folder();
      });

      function crashes(planned: Crash): void {
        const { victim, place, passage } = planned;
        it(`lose the ${victim} at ${place}, passage ${passage}`, () => crash(dataDir, planned));
      }

      it("lose everything at once in the middle of the deployment", async () => {
        const life = startLife({ dataDir, once: true });
        await life.seen(/Deploying Credits/);
        life.kill("SIGKILL", "group");
        expect(await life.ended).to.include({ code: null, signal: "SIGKILL" });
      });

      it(`lose the ledger later in the deployment, at ${deployment.place}, passage ${deployment.passage}`, async () => {
        await crash(dataDir, deployment);
      });

      for (const planned of schedule.slice(0, half)) crashes(planned);

      it("are stopped by Ctrl-C in the middle of the story, which ends everything with code 0", async () => {
        const life = startLife({ dataDir, once: false });
        await life.seen(/tx 0x/);
        life.kill("SIGINT", "group");
        expect(await life.ended).to.include({ code: 0, signal: null, errors: "" });
      });

      for (const planned of schedule.slice(half)) crashes(planned);

      it("finish the story in the end, with the balances of a run without a crash", async () => {
        expect(tableOf(await finish(dataDir))).to.equal(table);
        evidence = await readEvidence(dataDir);
      });

      it("gave the driver no reply that does not hold", () => expectRepliesToHold(evidence, control));
      it("did every acknowledged act once, and no other", () => expectActsOnce(evidence));
      it("used every nonce of the lane once", () => expectNoncesWithoutHoles(evidence));
      it("indexed every block of the ledger once", () => expectBlocksToMatch(evidence));
      it("gave each organisation every event of the ledger once, in order", () => expectEventsToMatch(evidence));
      it("stored what a run without a crash stores", () => expectSameOutline(evidence, control));

      describe("and are started again", () => {
        let life: Life;
        let url = "";

        before(async () => {
          life = startLife({ dataDir, once: false });
          url = (await life.seen(/Hansa runs on (\S+)/))[1] ?? "";
        });

        it("do not play the demo again", async () => {
          await life.seen(/The demo was played before/);
          expect(readReplies(dataDir)).to.have.length(evidence.replies.length);
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
    });
  }
});
