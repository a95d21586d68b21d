/** What of ethers.js the gateway uses: it computes with it, and speaks with no node through it. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../scripts/command.ts";

/** Values, encodings, hashes and signatures; nothing of these waits for a node. */
const computing: readonly string[] = [
  ...["AbiCoder", "Interface", "Result", "Transaction", "TypedDataEncoder", "Wallet"],
  ...["concat", "getCreate2Address", "getCreateAddress", "id", "keccak256", "toBeHex", "zeroPadValue"],
];

const imports = globSync("src/**/*.{ts,tsx,mjs}", { cwd: root }).flatMap((file) => {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(\w*)[^;\n]*?(?:\{([^}]*)\})?\s*(?:from|import\()\s*["']ethers(?:\/[^"']*)?["']/g)].map(
    ([, kind, names]) => ({ file, kind, names }),
  );
});

describe("ethers.js in the gateway", () => {
  it("hands out no nonce, keeps no filter, caches no answer: nothing of it speaks with a node (ethers.js#972, #4104)", () => {
    expect(imports.length, "it is used").to.be.greaterThan(3);
    for (const { file, kind, names } of imports) {
      expect([kind, typeof names], `${file} imports by name`).to.deep.equal(["import", "string"]);
      const used = (names ?? "").split(",").map((name) => name.trim().replace(/^type /, ""));
      expect(computing, file).to.include.members(used.filter((name) => name !== ""));
    }
  });
});
