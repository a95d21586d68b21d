import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parseConfig } from "../src/config.ts";
import { openGateway } from "../src/gateway.ts";
import { openLaneKey, openMasterKey } from "../src/keyFiles.ts";
import { silentLogger } from "../src/shared/context.ts";
import { lockFolder } from "../src/store/lock.ts";

const genesisSeconds = Date.UTC(2026, 2, 2, 8) / 1000;

/** Starts the whole system on a folder and stops it again. Resolves with the code of its refusal, if it refused. */
async function startOnce(dataDir: string): Promise<string> {
  const parsed = parseConfig({ HANSA_DATA: dataDir, HANSA_PORT: "0" }, { demo: false });
  if (!parsed.ok) throw new Error(parsed.faults.join());
  const lock = await lockFolder(dataDir);
  try {
    const options = { config: parsed.config, logger: silentLogger, genesisSeconds, onProgress() {} };
    const gateway = await openGateway(options);
    await gateway.close();
    return "started";
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  } finally {
    lock.release();
  }
}

describe("a data folder", function dataFolderSuite() {
  this.timeout(120_000);
  let dataDir = "";

  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-folder-"));
  });
  afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }));

  it("whose contracts stand elsewhere is refused, with its ledger as it was found, and starts with its own key", async () => {
    expect(await startOnce(dataDir)).to.equal("started");
    const journal = path.join(dataDir, "ledger.journal");
    const before = fs.readFileSync(journal);
    const laneKey = path.join(dataDir, "lane.key");
    fs.renameSync(laneKey, `${laneKey}.kept`);
    openLaneKey({ dataDir, masterKey: openMasterKey({ dataDir, masterKeyFile: undefined }), create: true });
    expect(await startOnce(dataDir)).to.equal("start.other_contracts");
    expect(fs.readFileSync(journal).equals(before), "nothing was deployed").to.equal(true);
    fs.renameSync(`${laneKey}.kept`, laneKey);
    expect(await startOnce(dataDir)).to.equal("started");
    expect(fs.readFileSync(journal).equals(before), "nor anything at a later start").to.equal(true);
  });
});
