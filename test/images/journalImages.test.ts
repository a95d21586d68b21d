import { randomInt } from "node:crypto";
import { expect } from "chai";
import { encodeFrame } from "../../src/chain/ledger/frame.ts";
import { createJournal } from "../../src/chain/ledger/journal.ts";
import { runJournalBatch } from "./batch.ts";
import { createCutFile } from "./cutFile.ts";

const seed = Number(process.env["HANSA_IMAGES_SEED"] ?? randomInt(1_000_000));

describe(`The journal after power cuts that drop unforced writes (HANSA_IMAGES_SEED=${seed})`, function journalSuite() {
  this.timeout(120_000);

  for (const history of [seed, seed + 1, seed + 2]) {
    it(`has every acknowledged block, and of the others all or nothing: 100 images of history ${history}`, async () => {
      const { failures, cuts } = await runJournalBatch(history, 100);
      expect(failures).to.deep.equal([]);
      expect(Object.keys(cuts)).to.include.members(["ledger.journalled", "ledger.executed", "ledger.recorded"]);
    });
  }

  it("is mended when the lost sector holds a part of the last record's header", async () => {
    const filler = encodeFrame([{ type: "void" }]);
    const frames = Array.from({ length: 600 }, () => filler);
    // The header of the frame behind these crosses a sector's border.
    const before = frames.findIndex((_, count) => 512 - ((count * filler.length) % 512) < 17);
    const whole = Buffer.concat(frames.slice(0, before));
    const last = encodeFrame([{ type: "transaction", raw: `0x${"ab".repeat(1_500)}`, timestamp: 1 }]);
    const image = Buffer.concat([whole, last]);
    const border = Math.ceil(whole.length / 512) * 512;
    image.fill(0, border, border + 512);
    const file = createCutFile(image);
    const journal = await createJournal(file);
    let found = 0;
    for await (const { records } of journal.read()) found += records.length;
    expect(found).to.equal(before);
    expect(file.content()).to.deep.equal(whole);
  });
});
