import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../scripts/command.ts";
import { findFaults, hasTest } from "./namedTests.ts";

const page = readFileSync(join(root, "docs/assurance/reports.md"), "utf8").replaceAll("\r\n", "\n");

describe("the page of others' reports", () => {
  it("shows of each report a test that is there, or says why it cannot happen or comes later", () => {
    expect(findFaults(page, root)).to.deep.equal([]);
    expect(page.split("\n").filter((line) => line.startsWith("| ")).length, "rows").to.be.greaterThan(45);
  });

  it("is refused when a test that it names was renamed, moved or taken away", () => {
    const renamed = page.replace("“gives contiguous nonces", "“gives contiguous numbers");
    expect(findFaults(renamed, root)).to.deep.equal([
      'test/chain/sending/lane.test.ts has no test "gives contiguous numbers in the order in which the intents were accepted"',
    ]);
    const moved = page.replaceAll("`test/store/durability.test.ts`", "`test/store/durable.test.ts`");
    expect(new Set(findFaults(moved, root))).to.deep.equal(new Set(["there is no test/store/durable.test.ts"]));
    expect(findFaults(page.replace(": “frees no nonce", " “frees no nonce"), root)).to.deep.equal([
      "a test's file is named without a title",
    ]);
  });

  it("is refused when a row shows nothing", () => {
    const silent = page.replace(/^(\| besu#9529 \|.*\|).*\|$/m, "$1 should be well |");
    expect(silent).not.to.equal(page);
    expect(findFaults(silent, root)).to.deep.equal(["nothing is shown of besu#9529"]);
  });

  it("knows a title that is put together by its source or as it is printed, as long as its case is there", () => {
    const source = `for (const [name] of [["one"], ["two"]]) it(\`does \${name} (x#1)\`, work);
      it("is \\"so\\"", work);`;
    expect(hasTest(source, "does two (x#1)")).to.equal(true);
    expect(hasTest(source, `does \${name} (x#1)`)).to.equal(true);
    expect(hasTest(source, 'is "so"')).to.equal(true);
    expect(hasTest(source, "does three (x#1)")).to.equal(false);
    expect(hasTest(source, "does two")).to.equal(false);
  });
});
