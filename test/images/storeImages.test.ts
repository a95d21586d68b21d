import { randomInt } from "node:crypto";
import fs from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { openStoreBatches } from "./batch.ts";
import type { DiskOperation } from "./diskOperation.ts";
import { createDiskState } from "./diskState.ts";
import { createDraw } from "./draw.ts";
import { recordDisk } from "./recordDisk.ts";
import { readTree } from "./storeHistory.ts";

const seed = Number(process.env["HANSA_IMAGES_SEED"] ?? randomInt(1_000_000));

describe(`The store after power cuts that drop unforced writes (HANSA_IMAGES_SEED=${seed})`, function storeSuite() {
  this.timeout(180_000);

  it("has every acknowledged commit whole, and of the others all or nothing: 16 images", async () => {
    const batches = await openStoreBatches();
    try {
      expect((await batches.run(seed, 16)).failures).to.deep.equal([]);
    } finally {
      batches.close();
    }
  });
});

describe("The disk of the images", () => {
  let root = "";

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "hansa-disk-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Does something under the folder, and gives the state of the disk after it. */
  function record(work: (at: (name: string) => string) => void, fileSystem: "journalling" | "strict" = "journalling") {
    const base = readTree(root);
    const operations: DiskOperation[] = [];
    const recording = recordDisk(root, (operation) => operations.push(operation));
    try {
      work((name) => path.join(root, name));
    } finally {
      recording.end();
    }
    const state = createDiskState(base, fileSystem);
    for (const operation of operations) state.advance(operation);
    return (fate: "none" | "all") => state.cut(fate, createDraw(1)).files;
  }

  it("has everything that was done when nothing was lost", () => {
    const cut = record((at) => {
      fs.mkdirSync(at("a"));
      fs.writeFileSync(at("a/one"), "1");
      const handle = fs.openSync(at("two"), "w+");
      fs.writeSync(handle, Buffer.from("abcdef"), 0, 6, 0);
      fs.writeSync(handle, Buffer.from("XY"), 0, 2, 2);
      fs.ftruncateSync(handle, 5);
      fs.closeSync(handle);
      fs.renameSync(at("two"), at("a/three"));
      fs.writeFileSync(at("four"), "4");
      fs.unlinkSync(at("four"));
    });
    expect(cut("all")).to.deep.equal(readTree(root).files);
    expect([...cut("none").keys()]).to.deep.equal([]);
  });

  it("keeps of a file what was forced, and takes nobody's word for it", () => {
    const cut = record((at) => {
      const handle = fs.openSync(at("file"), "w+");
      fs.writeSync(handle, Buffer.from("forced"), 0, 6, 0);
      fs.fsyncSync(handle);
      fs.writeSync(handle, Buffer.from("lost"), 0, 4, 6);
      fs.closeSync(handle);
    });
    expect(cut("none").get("file")?.toString()).to.equal("forced");
    expect(cut("all").get("file")?.toString()).to.equal("forcedlost");
  });

  it("on a strict file system knows a name only when its folder was forced", () => {
    const write = (folderToo: boolean) => (at: (name: string) => string) => {
      const handle = fs.openSync(at("file"), "w+");
      fs.fsyncSync(handle);
      fs.closeSync(handle);
      if (!folderToo) return;
      const folder = fs.openSync(at("."), "r");
      fs.fsyncSync(folder);
      fs.closeSync(folder);
      fs.unlinkSync(at("file"));
    };
    expect([...record(write(false), "strict")("none").keys()]).to.deep.equal([]);
    fs.rmSync(path.join(root, "file"));
    expect([...record(write(true), "strict")("none").keys()]).to.deep.equal(["file"]);
  });
});
