/** The same places as in otherPlaces.test.ts, once each, by real processes over a ledger outside. */
import fs from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { killLeftOvers } from "./life.ts";
import { playOutsideRound } from "./outsideRound.ts";
import { seedsOf } from "./schedule.ts";

describe("Real processes over a ledger outside", function outsideSuite() {
  this.timeout(8 * 60_000);
  let scratch = "";

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "hansa-outside-crash-"));
  });
  after(async () => {
    killLeftOvers();
    await rm(scratch, { recursive: true, force: true });
  });

  for (const seed of seedsOf(process.env)) {
    const dataDir = () => join(scratch, `round-${seed}`);
    const { kills } = playOutsideRound(seed, "");
    const places = kills.map(({ place, passage }) => `${place} (passage ${passage})`).join(", ");
    it(`die at ${places}, and the next ones finish what they began (HANSA_CRASH_SEED=${seed})`, async () => {
      const { killMs } = await playOutsideRound(seed, dataDir()).play();
      expect(killMs).to.have.length(3);
      expect(fs.existsSync(dataDir())).to.equal(false);
    });
  }
});
