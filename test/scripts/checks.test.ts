import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { benches, median, registerBench } from "../../scripts/benches.ts";
import { findClockReads } from "../../scripts/checkClock.ts";
import { isStale } from "../../scripts/checkGenerated.ts";
import { generateAll } from "../../scripts/generators.ts";
import { createTally } from "../../scripts/tally.ts";

describe("checks of the repository", () => {
  it("every way to read the machine's clock is found, and none is imagined", () => {
    const source = [
      "const a = Date.now();",
      "const b = new Date();",
      "const c = new Date;",
      "const d = Date();",
      "const e = [1].map(Date.now);",
      "const f = new Date(0);",
      'const g = "Date.now()"; // Date.now()',
      "const h = clock.now();",
      "function i(at: Date): string { return at.toISOString(); }",
      "const j = Date.UTC(2003, 0, 1);",
    ].join("\n");
    expect(findClockReads(source)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it("a generated file that is absent or differs is stale; line ends do not count", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hansa-generated-"));
    try {
      const generators = [{ name: "page", generate: async () => ({ "page.md": "one\ntwo\n" }) }];
      const stale = async () => (await generateAll(folder, generators)).filter(isStale).length;
      expect(await stale()).to.equal(1);
      writeFileSync(join(folder, "page.md"), "one\r\ntwo\r\n");
      expect(await stale()).to.equal(0);
      writeFileSync(join(folder, "page.md"), "one\nthree\n");
      expect(await stale()).to.equal(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("the count is the last line, and one failure fails the whole", async () => {
    const written: string[] = [];
    const tally = createTally((text) => written.push(text));
    await tally.step("good", async () => undefined);
    await tally.step("many", async () => ({ passed: 40, failed: 0 }));
    tally.skip("later", "there is none yet");
    await tally.step("bad", () => Promise.reject(new Error("broken")));
    expect(tally.close()).to.equal(1);
    expect(written.join("").split("\n").slice(-3)).to.deep.equal(["", "41 passed, 1 failed", ""]);
    expect(written.join("")).to.contain("Failed: bad");
  });

  it("nothing that ran is not a success", () => {
    expect(createTally(() => {}).close()).to.equal(1);
  });

  it("a median does not depend on order, and half of the values lie on either side", () => {
    return fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        expect(median([...values].reverse())).to.equal(middle);
        expect(values.filter((value) => value < middle).length).to.be.at.most(values.length / 2);
        expect(values.filter((value) => value > middle).length).to.be.at.most(values.length / 2);
      }),
    );
  });

  it("of no values there is no median", () => {
    expect(() => median([])).to.throw(RangeError);
  });

  it("a benchmark that registers itself is run", () => {
    const figure = { name: "reads", subject: "ours", baseline: "raw", unit: "operations/s" };
    const run = async () => ({ reads: { subject: 1, baseline: 2 } });
    const bench = { name: "example", figures: [figure], rounds: 3, run };
    registerBench(bench);
    expect(benches()).to.include(bench);
  });
});
