import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { openLaneKey, openMasterKey } from "../src/keyFiles.ts";
import { AppError } from "../src/shared/errors.ts";

describe("the key files", () => {
  let dataDir = "";

  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "hansa-keys-"));
  });
  afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }));

  const open = (masterKeyFile?: string) => openMasterKey({ dataDir, masterKeyFile, create: true });
  const at = (name: string) => path.join(dataDir, name);
  const modeOf = (file: string) => fs.statSync(file).mode & 0o777;

  function refusalOf(work: () => unknown): AppError {
    try {
      work();
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    throw new Error("not refused");
  }

  it("hold a master key that the sandbox makes once, random, for this user only", () => {
    const key = open();
    expect(key).to.have.length(32);
    expect(open()).to.deep.equal(key);
    expect(fs.readFileSync(at("master.key"), "utf8")).to.match(/^[0-9a-f]{64}\n$/);
    if (process.platform !== "win32") expect(modeOf(at("master.key"))).to.equal(0o600);
    fs.rmSync(at("master.key"));
    expect(open(), "another folder, another key").not.to.deep.equal(key);
  });

  it("are made in a folder that is not there yet", () => {
    expect(openMasterKey({ dataDir: at("new/deep"), masterKeyFile: undefined, create: true })).to.have.length(32);
    if (process.platform !== "win32") expect(modeOf(at("new"))).to.equal(0o700);
  });

  it("are never made where a file was named: production brings its own", () => {
    const file = at("elsewhere.key");
    const refusal = refusalOf(() => open(file));
    expect(refusal).to.include({ code: "start.master_key_missing" });
    expect(refusal.facts).to.deep.equal({ file });
    expect(fs.readdirSync(dataDir)).to.deep.equal([]);
    fs.writeFileSync(file, `${"ab".repeat(32)}\n`, { mode: 0o600 });
    expect(open(file)).to.deep.equal(new Uint8Array(32).fill(0xab));
    expect(fs.readdirSync(dataDir)).to.deep.equal(["elsewhere.key"]);
  });

  it("are not made unless told to: the file that is missing is named", () => {
    const masterKey = refusalOf(() => openMasterKey({ dataDir, masterKeyFile: undefined }));
    expect([masterKey.code, masterKey.facts]).to.deep.equal(["start.master_key_missing", { file: at("master.key") }]);
    const laneKey = refusalOf(() => openLaneKey({ dataDir, masterKey: new Uint8Array(32) }));
    expect([laneKey.code, laneKey.facts]).to.deep.equal(["start.lane_key_missing", { file: at("lane.key") }]);
    expect(fs.readdirSync(dataDir)).to.deep.equal([]);
  });

  it("refuse a master key of another form, and leave it as it is", () => {
    const hex = "ab".repeat(32);
    for (const text of ["", "\n", hex.slice(2), `${hex}ab`, hex.toUpperCase(), `0x${hex}`, `${"z".repeat(64)}`]) {
      fs.writeFileSync(at("master.key"), text, { mode: 0o600 });
      const refusal = refusalOf(() => open());
      expect(refusal, JSON.stringify(text)).to.include({ code: "start.master_key_invalid" });
      expect(JSON.stringify(refusal.facts), "without showing it").not.to.include(hex.slice(0, 8));
      expect(fs.readFileSync(at("master.key"), "utf8")).to.equal(text);
    }
  });

  it("refuse a master key that others may read", function exposed() {
    if (process.platform === "win32") return;
    open();
    for (const mode of [0o640, 0o604, 0o660, 0o622, 0o644]) {
      fs.chmodSync(at("master.key"), mode);
      expect(
        refusalOf(() => open()),
        mode.toString(8),
      ).to.include({ code: "start.master_key_invalid" });
    }
    fs.chmodSync(at("master.key"), 0o400);
    expect(open()).to.have.length(32);
  });

  it("hold a lane key that is made once and sealed under the master key", () => {
    const masterKey = open();
    const key = openLaneKey({ dataDir, masterKey, create: true });
    expect(key).to.match(/^0x[0-9a-f]{64}$/);
    expect(openLaneKey({ dataDir, masterKey })).to.equal(key);
    const sealed = fs.readFileSync(at("lane.key"));
    expect(sealed.includes(key.slice(2, 18))).to.equal(false);
    expect(Buffer.from(sealed.toString(), "base64").includes(Buffer.from(key.slice(2, 18), "hex"))).to.equal(false);
    if (process.platform !== "win32") expect(modeOf(at("lane.key"))).to.equal(0o600);
  });

  it("refuse a lane key under another master key, altered or cut, and make no new one in its place", () => {
    const masterKey = open();
    openLaneKey({ dataDir, masterKey, create: true });
    const sealed = fs.readFileSync(at("lane.key"), "utf8");
    const other = new Uint8Array(32).fill(1);
    const refusal = refusalOf(() => openLaneKey({ dataDir, masterKey: other, create: true }));
    expect([refusal.code, refusal.facts]).to.deep.equal(["start.key_does_not_open", { file: at("lane.key") }]);
    const bytes = Buffer.from(sealed, "base64");
    for (const broken of [bytes.subarray(0, 20), bytes.subarray(0, 12 + 4), bytes.fill(0, 30, 31), Buffer.alloc(0)]) {
      fs.writeFileSync(at("lane.key"), broken.toString("base64"));
      const text = fs.readFileSync(at("lane.key"), "utf8");
      expect(refusalOf(() => openLaneKey({ dataDir, masterKey, create: true }))).to.include({
        code: "start.key_does_not_open",
      });
      expect(fs.readFileSync(at("lane.key"), "utf8")).to.equal(text);
    }
  });
});
